"""Staff choose their own passwords by links, have second factors, and what is done to their access leaves a trace."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

APP = "ici_app"
AT = sa.DateTime(timezone=True)
CHANGED_ALSO = ("password_ticket", "authenticator_app", "recovery_code", "passkey")
TABLES = (*CHANGED_ALSO, "spent_challenge", "staff_event")

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
        SELECT t.id, 'terminal', t.id, t.brand_id, t.store_id INTO who, acts_as, signed_in, works_for, stands_in
        FROM terminal AS t
        WHERE t.key_hash = proof AND t.revoked_at IS NULL;
    ELSE
        SELECT u.id, {role}, s.id, u.brand_id INTO who, acts_as, signed_in, works_for
        FROM console_session AS s JOIN console_user AS u ON u.id = s.user_id{of_brand}
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
NOW = {
    "role": "CASE WHEN s.second_factor IS NULL AND u.role = ANY (b.second_factor_roles)"
    " THEN 'newcomer' ELSE u.role END",
    "of_brand": " JOIN brand AS b ON b.id = u.brand_id",
}
BEFORE = {"role": "u.role", "of_brand": ""}


def upgrade() -> None:
    op.add_column("brand", sa.Column("second_factor_roles", ARRAY(sa.TEXT()), server_default="{}", nullable=False))
    op.create_check_constraint(
        op.f("ck_brand_second_factor_roles"),
        "brand",
        "second_factor_roles <@ ARRAY['merchandiser', 'approver', 'auditor', 'admin']",
    )
    op.add_column("console_user", sa.Column("language", sa.Text(), server_default="fr", nullable=False))
    op.create_check_constraint(op.f("ck_console_user_language"), "console_user", "language IN ('fr', 'en')")
    op.execute("UPDATE console_user AS u SET language = b.language FROM brand AS b WHERE b.id = u.brand_id")
    op.add_column("console_session", sa.Column("second_factor", sa.Text()))
    _make_tables()
    for table in CHANGED_ALSO:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON spent_challenge, staff_event TO {APP}")
    _replace(NOW)


def _make_tables() -> None:
    op.create_table(
        "password_ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("used_at", AT),
        _user("password_ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_ticket")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_password_ticket_secret_hash")),
    )
    op.create_index("ix_password_ticket_user_id", "password_ticket", ["user_id"])
    op.create_index("ix_password_ticket_expires_at", "password_ticket", ["expires_at"])
    op.create_table(
        "authenticator_app",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("confirmed_at", AT),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _user("authenticator_app"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_authenticator_app")),
    )
    op.create_index(
        "uq_authenticator_app_confirmed",
        "authenticator_app",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("confirmed_at IS NOT NULL"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("used_at", AT),
        _user("recovery_code"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("last_used_at", AT),
        _user("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "spent_challenge",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenge")),
    )
    op.create_index("ix_spent_challenge_expires_at", "spent_challenge", ["expires_at"])
    op.create_table(
        "staff_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("by_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_staff_event_brand_id")),
        sa.ForeignKeyConstraint(["user_id"], ["console_user.id"], name=op.f("fk_staff_event_user_id")),
        sa.ForeignKeyConstraint(["by_id"], ["console_user.id"], name=op.f("fk_staff_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_event")),
    )
    op.create_index("ix_staff_event_brand_id", "staff_event", ["brand_id", "happened_at", "id"])


def _user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["console_user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )


def downgrade() -> None:
    _replace(BEFORE)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("console_session", "second_factor")
    op.drop_column("console_user", "language")
    op.drop_column("brand", "second_factor_roles")


def _replace(parts: dict[str, str]) -> None:
    op.execute(ADMIT.format_map(parts))
