"""A version that begins looks at what everybody earned before it, once."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programme_version", sa.Column("climbed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("programme_version", "climbed_at")
