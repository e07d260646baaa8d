"""Addresses that a brand brings: nobody has proved them yet."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("member_identifier", "verified_at", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM member_identifier WHERE verified_at IS NULL")
    op.alter_column("member_identifier", "verified_at", nullable=False)
