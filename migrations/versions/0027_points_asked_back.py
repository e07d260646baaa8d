"""Points that were asked back in vain are remembered, and taken when what was spent comes back. Points that pay are a
tender of a purchase, and not a promotion: what sales kept of it tells the two apart, also of before. A purchase whose
sale was opened again stays as it is: its sale tells of the last one."""

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


PAID = """
WITH paid AS (
    SELECT s.member_id, s.purchase_id, line.key::int AS position, line.value::bigint AS amount
    FROM sale AS s, jsonb_array_elements(s.trace -> 'steps') AS step, jsonb_each_text(step -> 'lines') AS line
    WHERE s.purchase_id IS NOT NULL AND step ->> 'kind' = 'payment'
)
"""
TRACES = """
UPDATE sale AS s SET trace = s.trace || (
    SELECT jsonb_build_object(
        'promotion_minor', (s.trace ->> 'promotion_minor')::bigint {sign} sum(coalesce(paid.amount, 0)),
        'lines', jsonb_agg(line || jsonb_build_object(
            'promotion_minor', (line ->> 'promotion_minor')::bigint {sign} coalesce(paid.amount, 0)) ORDER BY place)
    )
    FROM jsonb_array_elements(s.trace -> 'lines') WITH ORDINALITY AS lines (line, place)
    LEFT JOIN (
        SELECT one.key, one.value::bigint AS amount
        FROM jsonb_array_elements(s.trace -> 'steps') AS step, jsonb_each_text(step -> 'lines') AS one
        WHERE step ->> 'kind' = 'payment'
    ) AS paid ON paid.key = line ->> 'position'
)
WHERE s.trace -> 'steps' @> '[{{"kind": "payment"}}]'
"""
TABLES = ("purchase", "purchase_line")


CONTINUES = """
UPDATE points_balance AS b SET continues = true FROM merged_member AS m, points_balance AS s
WHERE m.principal_id = b.member_id AND s.member_id = m.member_id AND s.currency_id = b.currency_id AND NOT b.continues
"""
"""Said once before by a migration that saw no rows: to row-level security an owner is nobody."""


def upgrade() -> None:
    op.execute("SELECT set_config('ici.system', 'on', true)")
    op.execute(CONTINUES)
    op.add_column("points_balance", sa.Column("awaited", sa.BigInteger(), server_default="0", nullable=False))
    _not_negative("least(available, pending, held, debt, awaited) >= 0")
    _flows((*FLOWS, *ASKED_BACK))
    for table in TABLES:
        op.add_column(table, sa.Column("points_minor", sa.BigInteger(), server_default="0", nullable=False))
        op.drop_constraint(op.f(f"ck_{table}_net"), table, type_="check")
    op.execute(
        f"{PAID} UPDATE purchase_line AS l SET points_minor = amount, promotion_minor = promotion_minor - amount"
        " FROM paid WHERE (l.member_id, l.purchase_id, l.position) = (paid.member_id, paid.purchase_id, paid.position)"
    )
    op.execute(
        f"{PAID} UPDATE purchase AS p SET points_minor = amount, promotion_minor = promotion_minor - amount"
        " FROM (SELECT member_id, purchase_id, sum(amount) AS amount FROM paid GROUP BY 1, 2) AS paid"
        " WHERE (p.member_id, p.id) = (paid.member_id, paid.purchase_id)"
    )
    op.execute(TRACES.format(sign="-"))
    for table in TABLES:
        name = op.f(f"ck_{table}_points")
        op.create_check_constraint(name, table, "points_minor BETWEEN 0 AND gross_minor - promotion_minor")
        _net(table, "net_minor = gross_minor - promotion_minor - points_minor")
    op.execute("SELECT set_config('ici.system', '', true)")


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


def _net(table: str, rule: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_net"), table, rule)


def downgrade() -> None:
    op.execute("SELECT set_config('ici.system', 'on', true)")
    op.execute(TRACES.format(sign="+"))
    for table in TABLES:
        for rule in ("net", "points"):
            op.drop_constraint(op.f(f"ck_{table}_{rule}"), table, type_="check")
        op.execute(f"UPDATE {table} SET promotion_minor = promotion_minor + points_minor WHERE points_minor > 0")
        op.drop_column(table, "points_minor")
        _net(table, "net_minor = gross_minor - promotion_minor")
    _flows(FLOWS)
    _not_negative("available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0")
    op.drop_column("points_balance", "awaited")
    op.execute("SELECT set_config('ici.system', '', true)")
