"""A currency may be money, or stamps."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

RULES = {
    "kind": "kind IN ('points', 'stamps', 'money')",
    "worth_of_money": "kind <> 'money' OR (worth_points IS NOT NULL AND worth_points = 1 AND worth_minor = 1)",
    "usable_from": "usable_from IS NULL OR (usable_from > 0 AND kind = 'money')",
}


def upgrade() -> None:
    op.add_column("points_currency", sa.Column("kind", sa.Text(), server_default="points", nullable=False))
    op.add_column("points_currency", sa.Column("usable_from", sa.BigInteger(), nullable=True))
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_points_currency_{name}"), "points_currency", rule)


def downgrade() -> None:
    for name in RULES:
        op.drop_constraint(op.f(f"ck_points_currency_{name}"), "points_currency")
    for column in ("usable_from", "kind"):
        op.drop_column("points_currency", column)
