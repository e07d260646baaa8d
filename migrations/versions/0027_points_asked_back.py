"""Points that were asked back in vain are remembered, and taken when what was spent comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FLOWS = (
    ("earned", "issued", "available"),
    ("pending_added", "issued", "pending"),
    ("pending_activated", "pending", "available"),
    ("pending_cancelled", "pending", "issued"),
    ("spent", "available", "spent"),
    ("held", "available", "held"),
    ("hold_released", "held", "available"),
    ("hold_captured", "held", "spent"),
    ("refunded", "spent", "available"),
    ("returned", "available", "issued"),
    ("returned_owed", "owed", "issued"),
    ("expired", "available", "expired"),
    ("admin_credit", "adjusted", "available"),
    ("admin_debit", "available", "adjusted"),
    ("admin_debit_owed", "owed", "adjusted"),
    ("debt_repaid", "available", "owed"),
    ("merged_out", "available", "moved"),
    ("pending_merged_out", "pending", "moved"),
    ("merged_in", "moved", "available"),
    ("pending_merged_in", "moved", "pending"),
    ("merged_back", "moved", "available"),
    ("pending_merged_back", "moved", "pending"),
    ("debt_merged_out", "moved", "owed"),
    ("debt_merged_in", "owed", "moved"),
)
ASKED_BACK = (
    ("return_awaited", "awaited", "issued"),
    ("awaited_taken", "available", "awaited"),
    ("exchanged", "available", "available"),
)


def upgrade() -> None:
    op.add_column("points_balance", sa.Column("awaited", sa.BigInteger(), server_default="0", nullable=False))
    _not_negative("least(available, pending, held, debt, awaited) >= 0")
    _flows((*FLOWS, *ASKED_BACK))


def _flows(flows: tuple[tuple[str, str, str], ...]) -> None:
    allowed = ", ".join(f"('{kind}', '{giver}', '{taker}')" for kind, giver, taker in flows)
    op.execute("ALTER TABLE points_entry DROP CONSTRAINT ck_points_entry_flow")
    op.execute(
        "ALTER TABLE points_entry ADD CONSTRAINT ck_points_entry_flow"
        f" CHECK ((kind, from_account, to_account) IN ({allowed}))"
    )


def _not_negative(rule: str) -> None:
    name = op.f("ck_points_balance_not_negative")
    op.drop_constraint(name, "points_balance", type_="check")
    op.create_check_constraint(name, "points_balance", rule)


def downgrade() -> None:
    _flows(FLOWS)
    _not_negative("available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0")
    op.drop_column("points_balance", "awaited")
