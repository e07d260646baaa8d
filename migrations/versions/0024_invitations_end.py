"""Invitations into households are found by their end, to be forgotten."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_household_invitation_expires_at", "household_invitation", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_household_invitation_expires_at", "household_invitation")
