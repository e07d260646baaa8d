"""What offers may cost in money: budgets, and what is left of them in slots."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("money_budget", "money_slot")


def upgrade() -> None:
    op.create_table(
        "money_budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("each_store", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_money_budget_amount")),
        sa.CheckConstraint(
            "period IN ('day', 'week', 'month', 'quarter', 'year', 'life')", name=op.f("ck_money_budget_period")
        ),
        sa.CheckConstraint("NOT each_store OR store_id IS NULL", name=op.f("ck_money_budget_store")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_money_budget_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["console_user.id"], name=op.f("fk_money_budget_created_by")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_money_budget_offer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_money_budget_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_budget")),
    )
    op.create_index("ix_money_budget_brand_id", "money_budget", ["brand_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_money_budget_standing",
        "money_budget",
        ["brand_id", "offer_id", "store_id", "each_store", "period"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "money_slot",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_for", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("left_minor >= 0 OR slot = 0", name=op.f("ck_money_slot_left")),
        sa.CheckConstraint("left_minor <= 0 OR slot > 0", name=op.f("ck_money_slot_group")),
        sa.CheckConstraint("(held_for IS NULL) = (held_until IS NULL)", name=op.f("ck_money_slot_held")),
        sa.PrimaryKeyConstraint("budget_id", "since", "store_id", "slot", name=op.f("pk_money_slot")),
    )
    op.create_index(
        "ix_money_slot_held_for",
        "money_slot",
        ["held_for"],
        unique=False,
        postgresql_where=sa.text("held_for IS NOT NULL"),
    )
    op.add_column("live_offer", sa.Column("spent_until", sa.DateTime(timezone=True), nullable=True))
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    op.drop_column("live_offer", "spent_until")
    for table in reversed(TABLES):
        op.drop_table(table)
