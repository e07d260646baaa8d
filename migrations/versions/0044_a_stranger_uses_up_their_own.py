"""Guesses belong to the request that asked for the code; quotas count what leaves and what is tried.

The new columns may be empty, and have a default: servers of the release before write these tables meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.add_column("one_time_code", sa.Column("code_id", sa.Uuid(), nullable=True))
    op.add_column("one_time_code", sa.Column("client_hash", sa.LargeBinary(), nullable=True))
    op.add_column("one_time_code", sa.Column("digits", sa.Integer(), server_default="6", nullable=False))
    op.add_column("sign_in_failure", sa.Column("client_hash", sa.LargeBinary(), nullable=True))
    op.create_table(
        "quota_use",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_quota_use")),
    )
    op.create_index(op.f("ix_quota_use_address_hash"), "quota_use", ["address_hash"], unique=False)
    op.create_index(op.f("ix_quota_use_whole_at"), "quota_use", ["whole_at"], unique=False)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON quota_use TO {APP}")


def downgrade() -> None:
    op.drop_table("quota_use")
    op.drop_column("sign_in_failure", "client_hash")
    op.drop_column("one_time_code", "digits")
    op.drop_column("one_time_code", "client_hash")
    op.drop_column("one_time_code", "code_id")
