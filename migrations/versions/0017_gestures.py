"""Gestures: who may give, what a store may give, what was given."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("gesture_budget", "gesture_giver", "gesture")
RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member()) OR brand_id = (SELECT ici_brand())"


def upgrade() -> None:
    op.create_table(
        "gesture_budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("points_left", sa.BigInteger(), nullable=False),
        sa.Column("coupons", sa.Integer(), nullable=False),
        sa.Column("coupons_left", sa.Integer(), nullable=False),
        sa.Column("most_points", sa.Integer(), nullable=False),
        sa.Column("most_points_of_manager", sa.Integer(), nullable=False),
        sa.Column("per_member", sa.Integer(), nullable=False),
        sa.Column("per_giver_a_day", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(points > 0) <= (currency_id IS NOT NULL)", name=op.f("ck_gesture_budget_currency")),
        sa.CheckConstraint("coupons_left BETWEEN 0 AND coupons", name=op.f("ck_gesture_budget_coupons_left")),
        sa.CheckConstraint(
            "most_points > 0 AND most_points_of_manager > 0 AND per_member > 0 AND per_giver_a_day > 0",
            name=op.f("ck_gesture_budget_limits"),
        ),
        sa.CheckConstraint("points_left BETWEEN 0 AND points", name=op.f("ck_gesture_budget_points_left")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_gesture_budget_days")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_gesture_budget_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["console_user.id"], name=op.f("fk_gesture_budget_created_by")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_gesture_budget_currency_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gesture_budget_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gesture_budget")),
    )
    op.create_index("ix_gesture_budget_brand_id", "gesture_budget", ["brand_id", "created_at", "id"], unique=False)
    op.create_index("ix_gesture_budget_store", "gesture_budget", ["store_id", "starts_on"], unique=False)
    op.create_table(
        "gesture_giver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manager", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("badge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("own_member_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_gesture_giver_brand_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gesture_giver_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gesture_giver")),
        sa.UniqueConstraint("badge_hash", name=op.f("uq_gesture_giver_badge_hash")),
    )
    op.create_index("ix_gesture_giver_brand_id", "gesture_giver", ["brand_id", "created_at", "id"], unique=False)
    op.create_table(
        "gesture",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("currency_id", sa.Uuid(), nullable=True),
        sa.Column("coupon_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'coupon') = (coupon_id IS NOT NULL)", name=op.f("ck_gesture_coupon")),
        sa.CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name=op.f("ck_gesture_points")),
        sa.CheckConstraint("kind IN ('points', 'coupon')", name=op.f("ck_gesture_kind")),
        sa.CheckConstraint("points > 0", name=op.f("ck_gesture_amount")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_gesture_brand_id")),
        sa.ForeignKeyConstraint(["budget_id"], ["gesture_budget.id"], name=op.f("fk_gesture_budget_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_gesture_currency_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["gesture_giver.id"], name=op.f("fk_gesture_giver_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_gesture_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gesture_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_gesture_terminal_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_gesture")),
    )
    op.create_index("ix_gesture_brand_id", "gesture", ["brand_id", "given_at", "id"], unique=False)
    op.create_index("ix_gesture_budget_id", "gesture", ["budget_id", "member_id"], unique=False)
    op.create_index("ix_gesture_giver_id", "gesture", ["giver_id", "given_at"], unique=False)
    op.create_index("ix_gesture_mine", "gesture", ["member_id", "given_at", "id"], unique=False)
    op.execute("ALTER TABLE gesture ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE gesture FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY readers ON gesture USING ({RULE}) WITH CHECK ({RULE})")
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
