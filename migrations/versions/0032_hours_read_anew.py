"""Opening hours are read anew: what was published of them by the older reading is out of date.

The job that publishes hours does so where they soon end; it then finds every place that has hours. What stores say
stays as it is: `ici check-stores` names what may have been meant otherwise.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

PUBLISH_AGAIN = "UPDATE place SET open_known_until = now() WHERE open_known_until > now()"


def upgrade() -> None:
    op.execute(PUBLISH_AGAIN)


def downgrade() -> None:
    op.execute(PUBLISH_AGAIN)
