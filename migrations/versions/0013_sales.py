"""Sales at tills; how offers work in a sale; coupons and points that a sale keeps.

Offers of before keep their meaning: all articles, no minimum, beside other common offers, for members.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APP = "ici_app"
SALES = ("sale_return", "sale_number", "sale")
RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member()) OR brand_id = (SELECT ici_brand())"
JSONB = postgresql.JSONB(astext_type=sa.Text())
CHECKS = {
    "minimum": "minimum_minor >= 0",
    "stacking": "stacking IN ('exclusive', 'common', 'always')",
    "base": "base IN ('initial', 'discounted')",
    "rank": "rank BETWEEN 0 AND 100",
    "audience": "audience IN ('members', 'everybody')",
    "prior_price": "prior_price_minor > 0",
}


def _offer_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("products", JSONB, server_default="{}", nullable=False),
        sa.Column("minimum_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stacking", sa.Text(), server_default="common", nullable=False),
        sa.Column("base", sa.Text(), server_default="discounted", nullable=False),
        sa.Column("rank", sa.SmallInteger(), server_default="50", nullable=False),
        sa.Column("audience", sa.Text(), server_default="members", nullable=False),
        sa.Column("prior_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("capped_at_till", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("personalised_by_algorithm", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    ]


def upgrade() -> None:
    for column in _offer_columns():
        op.add_column("offer_version", column)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_offer_version_{name}"), "offer_version", rule)
    # Offers as they are shown are stored as texts; the label is new in them.
    label = ',"personalised_by_algorithm": false}'
    op.execute(
        f"UPDATE live_offer SET card_fr = left(card_fr, -1) || '{label}', card_en = left(card_en, -1) || '{label}'"
    )
    op.add_column("coupon", sa.Column("held_for", sa.Uuid(), nullable=True))
    op.add_column("coupon", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("redemption", sa.Column("sale_id", sa.Uuid(), nullable=True))
    op.add_column("points_currency", sa.Column("worth_points", sa.Integer(), nullable=True))
    op.add_column("points_currency", sa.Column("worth_minor", sa.Integer(), nullable=True))
    worth = "(worth_points > 0 AND worth_minor > 0) OR num_nonnulls(worth_points, worth_minor) = 0"
    op.create_check_constraint(op.f("ck_points_currency_worth"), "points_currency", worth)
    _tables()
    for table in SALES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON capped_category, {', '.join(SALES)} TO {APP}")


def _tables() -> None:
    op.create_table(
        "capped_category",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.CheckConstraint("goods IN ('food', 'everyday')", name=op.f("ck_capped_category_goods")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_capped_category_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "path", name=op.f("pk_capped_category")),
    )
    _sale()
    op.create_table(
        "sale_number",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sale_number_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "sale_id"],
            ["sale.member_id", "sale.id"],
            name=op.f("fk_sale_number_member_id_sale_id"),
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_sale_number_store_id")),
        sa.PrimaryKeyConstraint("store_id", "terminal", "receipt", name=op.f("pk_sale_number")),
    )
    op.create_index("ix_sale_number_sale", "sale_number", ["member_id", "sale_id"], unique=False)
    op.create_table(
        "sale_return",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("refund_minor", sa.BigInteger(), nullable=False),
        sa.Column("points_given_back", sa.BigInteger(), nullable=False),
        sa.Column("outcome", JSONB, nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('return', 'cancellation', 'reopening')", name=op.f("ck_sale_return_kind")),
        sa.CheckConstraint("refund_minor >= 0", name=op.f("ck_sale_return_refund")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sale_return_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "sale_id"],
            ["sale.member_id", "sale.id"],
            name=op.f("fk_sale_return_member_id_sale_id"),
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_sale_return")),
        sa.UniqueConstraint(
            "member_id", "sale_id", "reference", name=op.f("uq_sale_return_member_id_sale_id_reference")
        ),
    )


def _sale() -> None:
    op.create_table(
        "sale",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("asked", JSONB, nullable=False),
        sa.Column("trace", JSONB, nullable=False),
        sa.Column("payable_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing", sa.Integer(), server_default="0", nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=True),
        sa.Column("points_currency_id", sa.Uuid(), nullable=True),
        sa.Column("points_spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("spend_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("payable_minor >= 0", name=op.f("ck_sale_payable")),
        sa.CheckConstraint("points_spent >= 0", name=op.f("ck_sale_points_spent")),
        sa.CheckConstraint(
            "state IN ('open', 'closed', 'partially_returned', 'returned', 'cancelled')", name=op.f("ck_sale_state")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sale_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_sale_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["points_currency_id"], ["points_currency.id"], name=op.f("fk_sale_points_currency_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_sale_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_sale_terminal_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_sale")),
    )
    op.create_index("ix_sale_brand_id", "sale", ["brand_id", "id"], unique=False)


def downgrade() -> None:
    for table in (*SALES, "capped_category"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_points_currency_worth"), "points_currency")
    for table, names in {
        "points_currency": ("worth_minor", "worth_points"),
        "redemption": ("sale_id",),
        "coupon": ("held_until", "held_for"),
        "offer_version": tuple(column.name for column in _offer_columns()),
    }.items():
        for name in names:
            op.drop_column(table, name)
