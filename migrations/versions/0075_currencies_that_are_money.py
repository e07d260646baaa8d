"""A currency may be money, or stamps; gift cards."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

APP = "ici_app"

RULES = {
    "kind": "kind IN ('points', 'stamps', 'money')",
    "worth_of_money": "kind <> 'money' OR (worth_points IS NOT NULL AND worth_points = 1 AND worth_minor = 1)",
    "worth_of_stamps": "kind <> 'stamps' OR worth_points IS NULL",
    "usable_from": "usable_from IS NULL OR (usable_from > 0 AND kind = 'money')",
}
TABLES = ("gift_card", "gift_card_entry", "gift_card_policy")


def upgrade() -> None:
    op.add_column("points_currency", sa.Column("kind", sa.Text(), server_default="points", nullable=False))
    op.add_column("points_currency", sa.Column("usable_from", sa.BigInteger(), nullable=True))
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_points_currency_{name}"), "points_currency", rule)
    _cards()
    _entries()
    op.create_table(
        "gift_card_policy",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("least_minor", sa.BigInteger(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 < least_minor AND least_minor <= most_minor", name=op.f("ck_gift_card_policy_amounts")),
        sa.CheckConstraint("valid_months > 0", name=op.f("ck_gift_card_policy_valid_months")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_gift_card_policy_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_gift_card_policy_set_by")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_gift_card_policy")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {APP}")


def _cards() -> None:
    op.create_table(
        "gift_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.Column("cashier_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'blocked', 'cancelled')", name=op.f("ck_gift_card_state")),
        sa.CheckConstraint(
            "amount_minor > 0 AND balance_minor BETWEEN 0 AND amount_minor", name=op.f("ck_gift_card_balance")
        ),
        sa.CheckConstraint("state <> 'cancelled' OR balance_minor = 0", name=op.f("ck_gift_card_cancelled")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_gift_card_brand_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gift_card_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_gift_card_terminal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card")),
        sa.UniqueConstraint("brand_id", "name", name=op.f("uq_gift_card_brand_id_name")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_gift_card_code_hash")),
    )
    op.create_index("ix_gift_card_issued", "gift_card", ["brand_id", "issued_at", "id"])


def _entries() -> None:
    op.create_table(
        "gift_card_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "move IN ('issued', 'paid', 'given_back', 'cancelled')", name=op.f("ck_gift_card_entry_move")
        ),
        sa.CheckConstraint("(move = 'given_back') = (about_id IS NOT NULL)", name=op.f("ck_gift_card_entry_about")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gift_card_entry_amount")),
        sa.ForeignKeyConstraint(["card_id"], ["gift_card.id"], name=op.f("fk_gift_card_entry_card_id")),
        sa.ForeignKeyConstraint(["about_id"], ["gift_card_entry.id"], name=op.f("fk_gift_card_entry_about_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_gift_card_entry_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_gift_card_entry_terminal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_entry")),
        sa.UniqueConstraint("card_id", "move", "source", name=op.f("uq_gift_card_entry_card_id_move_source")),
    )
    op.create_index("ix_gift_card_entry_about", "gift_card_entry", ["about_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in RULES:
        op.drop_constraint(op.f(f"ck_points_currency_{name}"), "points_currency")
    for column in ("usable_from", "kind"):
        op.drop_column("points_currency", column)
