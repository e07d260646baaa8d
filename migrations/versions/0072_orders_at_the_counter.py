"""Reward orders have a short code, and the store where they are ready."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reward_order", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("reward_order", sa.Column("store_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_reward_order_code",
        "reward_order",
        ["brand_id", "code"],
        unique=True,
        postgresql_where=sa.text("state IN ('ordered', 'ready')"),
    )


def downgrade() -> None:
    op.drop_index("uq_reward_order_code", table_name="reward_order")
    op.drop_column("reward_order", "store_id")
    op.drop_column("reward_order", "code")
