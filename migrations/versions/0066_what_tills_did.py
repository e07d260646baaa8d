"""What tills did under names of their own, who stands at them, what a terminal may do and says of itself."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.sql import policies
from app.sql.db import Reader

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

APP = "ici_app"
AT = sa.DateTime(timezone=True)
CARRY_CASHIERS = ("sale", "redemption", "gesture")

ADMIT = """
CREATE OR REPLACE FUNCTION ici_admit(
    kind text, proof bytea, member uuid, sign_in uuid, at timestamptz, roles text[],
    of_route text, of_key text, printed bytea, until timestamptz,
    OUT who uuid, OUT acts_as text, OUT signed_in uuid, OUT works_for uuid, OUT stands_in uuid,
    OUT unseen int, OUT speaks text,
    OUT is_first boolean, OUT known_print bytea, OUT known_status int, OUT known_headers jsonb, OUT known_body bytea
) LANGUAGE plpgsql AS $$
BEGIN
    IF kind = 'member' THEN
        PERFORM set_config('ici.member_id', member::text, true), set_config('ici.brand_id', '', true),
            set_config('ici.principal_id', member::text, true);
        SELECT s.member_id, 'member', s.id,
            CASE WHEN s.seen_generation < s.generation THEN s.generation END, m.language
        INTO who, acts_as, signed_in, unseen, speaks
        FROM member_session AS s JOIN member AS m ON m.member_id = s.member_id
        WHERE s.member_id = member AND s.id = sign_in AND s.revoked_at IS NULL AND s.expires_at > at;
    ELSIF kind = 'terminal' THEN
{terminal}    ELSE
        SELECT u.id, CASE WHEN s.second_factor IS NULL AND u.role = ANY (b.second_factor_roles)
                THEN 'newcomer' ELSE u.role END, s.id, u.brand_id INTO who, acts_as, signed_in, works_for
        FROM console_session AS s JOIN console_user AS u ON u.id = s.user_id JOIN brand AS b ON b.id = u.brand_id
        WHERE s.token_hash = proof AND s.revoked_at IS NULL AND s.expires_at > at AND u.disabled_at IS NULL;
    END IF;
    IF who IS NULL OR acts_as <> ALL (roles) THEN
        RETURN;
    END IF;
    IF kind <> 'member' THEN
        PERFORM set_config('ici.member_id', '', true), set_config('ici.brand_id', works_for::text, true),
            set_config('ici.principal_id', who::text, true);
    END IF;
    IF of_key IS NOT NULL THEN
        is_first := ici_claim_key(who, of_route, of_key, printed, at, until);
        IF NOT is_first THEN
            SELECT k.fingerprint, k.status, k.headers, k.body
            INTO known_print, known_status, known_headers, known_body
            FROM idempotency_key AS k
            WHERE k.principal_id = who AND k.route = of_route AND k.key = of_key;
        END IF;
    END IF;
END
$$
"""
BEFORE = """        SELECT t.id, 'terminal', t.id, t.brand_id, t.store_id
        INTO who, acts_as, signed_in, works_for, stands_in FROM terminal AS t
        WHERE t.key_hash = proof AND t.revoked_at IS NULL;
"""
NOW = """        SELECT t.id, 'terminal', t.id, t.brand_id, t.store_id
        INTO who, acts_as, signed_in, works_for, stands_in FROM terminal AS t
        WHERE t.key_hash = proof AND t.next_key_used_at IS NULL AND t.revoked_at IS NULL;
        IF who IS NULL THEN
            SELECT t.id, 'terminal', t.id, t.brand_id, t.store_id
            INTO who, acts_as, signed_in, works_for, stands_in FROM terminal AS t
            WHERE t.next_key_hash = proof AND t.revoked_at IS NULL;
            UPDATE terminal AS t SET next_key_used_at = at WHERE t.id = who AND t.next_key_used_at IS NULL;
        END IF;
"""
"""The old key of a terminal holds until a request came with the new one. No key of a row changes then, so nobody who
points at the terminal waits."""


def _terminal_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("profile", sa.Text(), server_default="till", nullable=False),
        sa.Column("next_key_hash", sa.LargeBinary()),
        sa.Column("next_key_used_at", AT),
        sa.Column("hardware", sa.Text()),
        sa.Column("software", sa.Text()),
        sa.Column("reported_at", AT),
        sa.Column("clock_drift_s", sa.Integer()),
        sa.Column("queue_length", sa.Integer()),
        sa.Column("oldest_queued_at", AT),
        sa.Column("battery_percent", sa.Integer()),
        sa.Column("last_scans", JSONB()),
    )


def upgrade() -> None:
    for column in _terminal_columns():
        op.add_column("terminal", column)
    op.create_unique_constraint(op.f("uq_terminal_next_key_hash"), "terminal", ["next_key_hash"])
    _make_cashiers()
    _make_scans()
    for table in CARRY_CASHIERS:
        op.add_column(table, sa.Column("cashier_id", sa.Uuid()))
    op.execute(ADMIT.replace("{terminal}", NOW))


def _make_cashiers() -> None:
    op.create_table(
        "cashier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("dismissed_at", AT),
        sa.CheckConstraint("number ~ '^[0-9]{1,8}$'", name=op.f("ck_cashier_number")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_cashier_brand_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_cashier_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cashier")),
    )
    op.create_index("ix_cashier_brand_id", "cashier", ["brand_id", "created_at", "id"])
    op.create_index(
        "uq_cashier_number",
        "cashier",
        ["store_id", "number"],
        unique=True,
        postgresql_where=sa.text("dismissed_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON cashier TO {APP}")


def _make_scans() -> None:
    op.create_table(
        "till_scan",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("cashier_id", sa.Uuid()),
        sa.Column("cashier_number", sa.Text()),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("device_seq", sa.BigInteger()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("local_result", sa.Text()),
        sa.Column("snapshot_version", sa.BigInteger()),
        sa.Column("occurred_at", AT, nullable=False),
        sa.Column("received_at", AT, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("covered_by", sa.Text()),
        *(
            sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            for name in ("points", "value_minor", "loss_points", "loss_minor")
        ),
        sa.Column("currency", sa.Text()),
        sa.Column("reversed_at", AT),
        sa.Column("settlement", sa.Text()),
        sa.Column("settled_at", AT),
        sa.Column("settled_by_id", sa.Uuid()),
        sa.Column("settled_words", sa.Text()),
        sa.CheckConstraint(
            "action IN ('identify', 'redeem', 'earn', 'burn', 'sale')", name=op.f("ck_till_scan_action")
        ),
        sa.CheckConstraint("decided IN ('online', 'offline')", name=op.f("ck_till_scan_decided")),
        sa.CheckConstraint("local_result IN ('ok', 'refused')", name=op.f("ck_till_scan_local_result")),
        sa.CheckConstraint(
            "result IN ('ok', 'needs_input', 'refused', 'accepted_with_conflict')", name=op.f("ck_till_scan_result")
        ),
        sa.CheckConstraint(
            "settlement IN ('loss_accepted', 'taken_back', 'corrected')", name=op.f("ck_till_scan_settlement")
        ),
        sa.CheckConstraint("(settlement IS NULL) = (settled_at IS NULL)", name=op.f("ck_till_scan_settled")),
        *(
            sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=op.f(f"fk_till_scan_{to}_id"))
            for to in ("terminal", "brand", "store")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "scan_id", name=op.f("pk_till_scan")),
        sa.UniqueConstraint("id", name=op.f("uq_till_scan_id")),
    )
    op.create_index("ix_till_scan_scan_id", "till_scan", ["scan_id"])
    op.create_index("ix_till_scan_made", "till_scan", ["terminal_id", "decided", "received_at"])
    op.create_index(
        "ix_till_scan_open",
        "till_scan",
        ["brand_id", "received_at", "id"],
        postgresql_where=sa.text("result = 'accepted_with_conflict' AND settled_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON till_scan TO {APP}")
    op.create_table(
        "till_scan_effect",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("target_id", sa.Uuid()),
        sa.Column("currency_id", sa.Uuid()),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("acted_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_till_scan_effect_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_till_scan_effect_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_till_scan_effect")),
    )
    op.create_index("ix_till_scan_effect_brand_id", "till_scan_effect", ["brand_id", "id"])
    policies.protect_table(op.execute, "till_scan_effect", Reader.MEMBER, Reader.BRAND)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON till_scan_effect TO {APP}")


def downgrade() -> None:
    op.execute(ADMIT.replace("{terminal}", BEFORE))
    for table in CARRY_CASHIERS:
        op.drop_column(table, "cashier_id")
    for table in ("till_scan_effect", "till_scan", "cashier"):
        op.drop_table(table)
    op.drop_constraint(op.f("uq_terminal_next_key_hash"), "terminal", type_="unique")
    for column in reversed(_terminal_columns()):
        op.drop_column("terminal", column.name)
