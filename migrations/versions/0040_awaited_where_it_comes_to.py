"""What is awaited of a lot is kept by the ledger that its points would come to: two kinds of entries carry it there. Of
wallets that were merged before, what is awaited is gathered by the job that looks for what was left behind."""

from alembic import op

revision = "0040"
down_revision = "0039"
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
    ("return_awaited", "awaited", "issued"),
    ("awaited_taken", "available", "awaited"),
    ("exchanged", "available", "available"),
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
CARRIED = (
    ("awaited_merged_out", "moved", "awaited"),
    ("awaited_merged_in", "awaited", "moved"),
)


def upgrade() -> None:
    _flows((*FLOWS, *CARRIED))
    op.execute(
        "UPDATE member_merge SET gathered_at = NULL FROM points_balance AS b"
        " WHERE b.member_id = member_merge.source_id AND b.awaited > 0 AND split_at IS NULL"
    )


def _flows(flows: tuple[tuple[str, str, str], ...]) -> None:
    allowed = ", ".join(f"('{kind}', '{giver}', '{taker}')" for kind, giver, taker in flows)
    op.execute("ALTER TABLE points_entry DROP CONSTRAINT ck_points_entry_flow")
    op.execute(
        "ALTER TABLE points_entry ADD CONSTRAINT ck_points_entry_flow"
        f" CHECK ((kind, from_account, to_account) IN ({allowed}))"
    )


def downgrade() -> None:
    _flows(FLOWS)
