"""Purchases: what was bought line by line, what came back, and the receipts by whose numbers they are known again.

Returns are written once: the application's role may not change them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("purchase", "purchase_line", "purchase_return", "return_line", "receipt_number")
WRITTEN_ONCE = ("purchase_return", "return_line")
RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member()) OR brand_id = (SELECT ici_brand())"


def upgrade() -> None:
    _purchase()
    _line()
    _returns()
    _number()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {APP}")
    op.execute(f"REVOKE UPDATE ON {', '.join(WRITTEN_ONCE)} FROM {APP}")


def _purchase() -> None:
    op.create_table(
        "purchase",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("promotion_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('store', 'web', 'app', 'phone')", name=op.f("ck_purchase_channel")),
        sa.CheckConstraint("(channel = 'store') = (store_id IS NOT NULL)", name=op.f("ck_purchase_store")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_purchase_currency")),
        sa.CheckConstraint("promotion_minor BETWEEN 0 AND gross_minor", name=op.f("ck_purchase_promotion")),
        sa.CheckConstraint("net_minor = gross_minor - promotion_minor", name=op.f("ck_purchase_net")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_purchase_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_purchase_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_purchase_store_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_purchase")),
    )
    op.create_index("ix_purchase_bought", "purchase", ["member_id", "bought_at", "id"])
    op.create_index("ix_purchase_brand_id", "purchase", ["brand_id", "id"])
    op.create_index(
        "ix_purchase_to_award",
        "purchase",
        ["brand_id", "member_id", "bought_at", "id"],
        postgresql_where=sa.text("awarded_at IS NULL"),
    )


def _line() -> None:
    op.create_table(
        "purchase_line",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("returned_quantity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("promotion_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_bp", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_purchase_line_position")),
        sa.CheckConstraint(
            "quantity > 0 AND returned_quantity BETWEEN 0 AND quantity", name=op.f("ck_purchase_line_quantity")
        ),
        sa.CheckConstraint("promotion_minor BETWEEN 0 AND gross_minor", name=op.f("ck_purchase_line_promotion")),
        sa.CheckConstraint("net_minor = gross_minor - promotion_minor", name=op.f("ck_purchase_line_net")),
        sa.CheckConstraint("tax_bp BETWEEN 0 AND 10000", name=op.f("ck_purchase_line_tax_bp")),
        _belongs_to("purchase_line", "purchase_id", "purchase"),
        sa.PrimaryKeyConstraint("member_id", "purchase_id", "position", name=op.f("pk_purchase_line")),
    )


def _returns() -> None:
    op.create_table(
        "purchase_return",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_purchase_return_amount")),
        _belongs_to("purchase_return", "purchase_id", "purchase"),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_purchase_return")),
        sa.UniqueConstraint(
            "member_id", "purchase_id", "source", name=op.f("uq_purchase_return_member_id_purchase_id_source")
        ),
    )
    op.create_table(
        "return_line",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("returned_before", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND returned_before >= 0", name=op.f("ck_return_line_quantity")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_return_line_amount")),
        _belongs_to("return_line", "return_id", "purchase_return"),
        sa.PrimaryKeyConstraint("member_id", "return_id", "position", name=op.f("pk_return_line")),
    )


def _belongs_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["member_id", column],
        [f"{other}.member_id", f"{other}.id"],
        name=op.f(f"fk_{table}_member_id_{column}"),
        ondelete="CASCADE",
        onupdate="CASCADE",
    )


def _number() -> None:
    op.create_table(
        "receipt_number",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_receipt_number_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_receipt_number_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "place", "terminal", "receipt", name=op.f("pk_receipt_number")),
    )
    op.create_index("ix_receipt_number_member_id", "receipt_number", ["member_id", "purchase_id"])
    op.create_index("ix_receipt_number_bought_at", "receipt_number", ["bought_at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
