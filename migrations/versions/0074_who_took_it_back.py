"""Who of a till's staff took something back: a use of a coupon, units of a sale, a whole sale, a recorded scan."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0068"
branch_labels = None
depends_on = None

COLUMNS = (
    ("redemption", "undone_by_id"),
    ("sale", "cancelled_by_id"),
    ("sale_return", "cashier_id"),
    ("till_scan", "reversed_by_id"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Uuid()))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
