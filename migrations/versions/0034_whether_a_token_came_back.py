"""A sign-in remembers the newest generation of which a token came back: until then its answer may have been lost."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None

APP = "ici_app"
ADMIT = """
CREATE FUNCTION ici_admit(
    kind text, proof bytea, member uuid, sign_in uuid, at timestamptz, roles text[],
    of_route text, of_key text, printed bytea, until timestamptz,
    OUT who uuid, OUT acts_as text, OUT signed_in uuid, OUT works_for uuid, OUT stands_in uuid, {unseen}
    OUT is_first boolean, OUT known_print bytea, OUT known_status int, OUT known_headers jsonb, OUT known_body bytea
) LANGUAGE plpgsql AS $$
BEGIN
    IF kind = 'member' THEN
        PERFORM set_config('ici.member_id', member::text, true), set_config('ici.brand_id', '', true),
            set_config('ici.principal_id', member::text, true);
        SELECT s.member_id, 'member', s.id {and_unseen}
        FROM member_session AS s
        WHERE s.member_id = member AND s.id = sign_in AND s.revoked_at IS NULL AND s.expires_at > at;
    ELSIF kind = 'terminal' THEN
        SELECT t.id, 'terminal', t.id, t.brand_id, t.store_id INTO who, acts_as, signed_in, works_for, stands_in
        FROM terminal AS t
        WHERE t.key_hash = proof AND t.revoked_at IS NULL;
    ELSE
        SELECT u.id, u.role, s.id, u.brand_id INTO who, acts_as, signed_in, works_for
        FROM console_session AS s JOIN console_user AS u ON u.id = s.user_id
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
    "unseen": "OUT unseen int,",
    "and_unseen": """,
            CASE WHEN s.seen_generation < s.generation THEN s.generation END INTO who, acts_as, signed_in, unseen""",
}
BEFORE = {"unseen": "", "and_unseen": "INTO who, acts_as, signed_in"}
SEE = """
CREATE FUNCTION ici_see_sign_in(member uuid, sign_in uuid, seen int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('ici.member_id', member::text, true);
    UPDATE member_session AS s SET seen_generation = seen
    WHERE s.member_id = member AND s.id = (
        SELECT o.id FROM member_session AS o
        WHERE o.member_id = member AND o.id = sign_in AND o.generation = seen AND o.seen_generation < seen
        FOR UPDATE SKIP LOCKED
    );
END
$$
"""


def upgrade() -> None:
    op.add_column("member_session", sa.Column("seen_generation", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE member_session SET seen_generation = generation")
    op.execute("DROP FUNCTION ici_admit")
    op.execute(ADMIT.format_map(NOW))
    op.execute(SEE)
    for function in ("ici_admit", "ici_see_sign_in"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP}")


def downgrade() -> None:
    op.execute("DROP FUNCTION ici_see_sign_in")
    op.execute("DROP FUNCTION ici_admit")
    op.execute(ADMIT.format_map(BEFORE))
    op.execute("REVOKE ALL ON FUNCTION ici_admit FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ici_admit TO {APP}")
    op.drop_column("member_session", "seen_generation")
