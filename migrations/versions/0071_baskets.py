"""What is weighed, packaging that is given back, and how a purchase was paid."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

UNITS = "quantity > 0 AND returned_quantity BETWEEN 0 AND {most}"
MEASURE = (
    "quantity_thousandths IS NULL"
    " OR quantity_thousandths > 0 AND quantity = 1 AND unit IS NOT NULL AND unit_price_minor IS NOT NULL"
)
LOOSER = (("sale", "payable", "payable_minor >= 0"), ("sale_return", "refund", "refund_minor >= 0"))


def upgrade() -> None:
    op.add_column("purchase", sa.Column("deposit_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("purchase", sa.Column("tenders", postgresql.JSONB(), nullable=True))
    op.add_column("purchase_line", sa.Column("quantity_thousandths", sa.Integer(), nullable=True))
    op.add_column("purchase_line", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("purchase_line", sa.Column("unit_price_minor", sa.BigInteger(), nullable=True))
    _hold_units("coalesce(quantity_thousandths, quantity)")
    op.create_check_constraint(op.f("ck_purchase_line_measure"), "purchase_line", MEASURE)
    op.create_check_constraint(op.f("ck_purchase_line_unit"), "purchase_line", "unit IN ('kg', 'l', 'm')")
    for table, name, _ in LOOSER:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")


def downgrade() -> None:
    for table, name, rule in LOOSER:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    for name in ("measure", "unit"):
        op.drop_constraint(op.f(f"ck_purchase_line_{name}"), "purchase_line", type_="check")
    _hold_units("quantity")
    for name in ("quantity_thousandths", "unit", "unit_price_minor"):
        op.drop_column("purchase_line", name)
    for name in ("deposit_minor", "tenders"):
        op.drop_column("purchase", name)


def _hold_units(most: str) -> None:
    op.drop_constraint(op.f("ck_purchase_line_quantity"), "purchase_line", type_="check")
    op.create_check_constraint(op.f("ck_purchase_line_quantity"), "purchase_line", UNITS.format(most=most))
