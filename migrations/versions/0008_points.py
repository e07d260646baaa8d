"""The ledger of points: written once and for good, and what it comes to.

The application's role may only add to entries, lots and allocations. A member who is erased loses them all by one
function of the owner, which checks that the erasure is written down.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APP = "ici_app"
LEDGER = ("points_entry", "points_lot", "points_allocation")
DERIVED = ("points_balance", "points_lot_state", "points_hold")
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
)
RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member()) OR brand_id = (SELECT ici_brand())"


def upgrade() -> None:
    _tables()
    for table in (*LEDGER, *DERIVED):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON points_currency, {', '.join(DERIVED)} TO {APP}")
    op.execute(f"REVOKE ALL ON {', '.join(LEDGER)} FROM {APP}")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(LEDGER)} TO {APP}")
    _way_out()


def _way_out() -> None:
    """Erasure takes one table after the other, those that refer to others first."""
    cases = " ".join(f"WHEN '{table}' THEN DELETE FROM {table} WHERE member_id = member;" for table in LEDGER)
    op.execute(
        f"""
        CREATE FUNCTION ici_forget_points_of_erased(member uuid, ledger text) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE touched integer;
        BEGIN
            IF NOT EXISTS (SELECT FROM erasure WHERE erasure.member_id = member) THEN
                RETURN 0;
            END IF;
            CASE ledger {cases} END CASE;
            GET DIAGNOSTICS touched = ROW_COUNT;
            RETURN touched;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION ici_forget_points_of_erased(uuid, text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ici_forget_points_of_erased(uuid, text) TO {APP}")


def _tables() -> None:
    flows = ", ".join(f"('{kind}', '{giver}', '{taker}')" for kind, giver, taker in FLOWS)
    op.create_table(
        "points_currency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("waits", sa.Text(), server_default="immediate", nullable=False),
        sa.Column("lasts", sa.Text(), server_default="unlimited", nullable=False),
        sa.Column("may_go_negative", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,39}$'", name=op.f("ck_points_currency_code_shape")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_points_currency_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_currency")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_points_currency_brand_id_code")),
    )
    op.create_table(
        "points_balance",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("available", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("debt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("available = 0 OR debt = 0", name=op.f("ck_points_balance_debt_first")),
        sa.CheckConstraint(
            "available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0", name=op.f("ck_points_balance_not_negative")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_points_balance_brand_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_points_balance_currency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_points_balance_member_id")),
        sa.PrimaryKeyConstraint("member_id", "currency_id", name=op.f("pk_points_balance")),
    )
    op.create_index(
        "ix_points_balance_currency", "points_balance", ["currency_id", "opened_at", "member_id"], unique=False
    )
    op.create_index(
        "ix_points_balance_due",
        "points_balance",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_table(
        "points_entry",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            f"(kind, from_account, to_account) IN ({flows})",
            name=op.f("ck_points_entry_flow"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_points_entry_amount")),
        sa.CheckConstraint("occurred_at <= recorded_at", name=op.f("ck_points_entry_occurred_at")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_points_entry_sequence")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_points_entry_brand_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_points_entry_currency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_points_entry_member_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_points_entry")),
        sa.UniqueConstraint(
            "member_id", "currency_id", "kind", "source", name=op.f("uq_points_entry_member_id_currency_id_kind_source")
        ),
        sa.UniqueConstraint(
            "member_id", "currency_id", "sequence", name=op.f("uq_points_entry_member_id_currency_id_sequence")
        ),
    )
    op.create_index(
        "ix_points_entry_about",
        "points_entry",
        ["member_id", "about_id"],
        unique=False,
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )
    op.create_index(
        "ix_points_entry_occurred", "points_entry", ["member_id", "currency_id", "occurred_at", "id"], unique=False
    )
    op.create_table(
        "points_hold",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'captured', 'released')", name=op.f("ck_points_hold_state")),
        sa.ForeignKeyConstraint(
            ["member_id", "entry_id"],
            ["points_entry.member_id", "points_entry.id"],
            name=op.f("fk_points_hold_member_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name=op.f("pk_points_hold")),
    )
    op.create_index(
        "ix_points_hold_open",
        "points_hold",
        ["member_id", "currency_id", "ends_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "points_lot",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lasts", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_points_lot_amount")),
        sa.ForeignKeyConstraint(
            ["member_id", "entry_id"],
            ["points_entry.member_id", "points_entry.id"],
            name=op.f("fk_points_lot_member_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name=op.f("pk_points_lot")),
    )
    op.create_table(
        "points_allocation",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_points_allocation_amount")),
        sa.ForeignKeyConstraint(
            ["member_id", "entry_id"],
            ["points_entry.member_id", "points_entry.id"],
            name=op.f("fk_points_allocation_member_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "lot_id"],
            ["points_lot.member_id", "points_lot.entry_id"],
            name=op.f("fk_points_allocation_member_id_lot_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "entry_id", "lot_id", name=op.f("pk_points_allocation")),
    )
    op.create_index("ix_points_allocation_lot", "points_allocation", ["member_id", "lot_id"], unique=False)
    op.create_table(
        "points_lot_state",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("activates_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'cancelled' OR remaining = 0", name=op.f("ck_points_lot_state_cancelled")),
        sa.CheckConstraint("state IN ('pending', 'active', 'cancelled')", name=op.f("ck_points_lot_state_state")),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_points_lot_state_remaining")),
        sa.ForeignKeyConstraint(
            ["member_id", "lot_id"],
            ["points_lot.member_id", "points_lot.entry_id"],
            name=op.f("fk_points_lot_state_member_id_lot_id"),
        ),
        sa.PrimaryKeyConstraint("member_id", "lot_id", name=op.f("pk_points_lot_state")),
    )
    op.create_index(
        "ix_points_lot_state_liability",
        "points_lot_state",
        ["currency_id", "expires_at"],
        unique=False,
        postgresql_include=["remaining", "state"],
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        "ix_points_lot_state_live",
        "points_lot_state",
        ["member_id", "currency_id", "expires_at", "earned_at", "lot_id"],
        unique=False,
        postgresql_where=sa.text("remaining > 0 AND state = 'active'"),
    )
    op.create_index(
        "ix_points_lot_state_mine",
        "points_lot_state",
        ["member_id", "currency_id", "earned_at", "lot_id"],
        unique=False,
    )
    op.create_index(
        "ix_points_lot_state_waiting",
        "points_lot_state",
        ["member_id", "currency_id", "activates_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION ici_forget_points_of_erased(uuid, text)")
    for table in ("points_allocation", *DERIVED, "points_lot", "points_entry", "points_currency"):
        op.drop_table(table)
