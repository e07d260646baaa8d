"""Who is admitted is answered in the language of their wallet, where the request leaves it to us."""

from alembic import op

revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None

APP = "ici_app"
ADMIT = """
CREATE FUNCTION ici_admit(
    kind text, proof bytea, member uuid, sign_in uuid, at timestamptz, roles text[],
    of_route text, of_key text, printed bytea, until timestamptz,
    OUT who uuid, OUT acts_as text, OUT signed_in uuid, OUT works_for uuid, OUT stands_in uuid,
    OUT unseen int, {speaks}
    OUT is_first boolean, OUT known_print bytea, OUT known_status int, OUT known_headers jsonb, OUT known_body bytea
) LANGUAGE plpgsql AS $$
BEGIN
    IF kind = 'member' THEN
        PERFORM set_config('ici.member_id', member::text, true), set_config('ici.brand_id', '', true),
            set_config('ici.principal_id', member::text, true);
        SELECT s.member_id, 'member', s.id,
            CASE WHEN s.seen_generation < s.generation THEN s.generation END{language}
        INTO who, acts_as, signed_in, unseen{into}
        FROM member_session AS s{of_member}
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
    "speaks": "OUT speaks text,",
    "language": ", m.language",
    "into": ", speaks",
    "of_member": " JOIN member AS m ON m.member_id = s.member_id",
}
BEFORE = dict.fromkeys(NOW, "")


def upgrade() -> None:
    _replace(NOW)


def downgrade() -> None:
    _replace(BEFORE)


def _replace(parts: dict[str, str]) -> None:
    op.execute("DROP FUNCTION ici_admit")
    op.execute(ADMIT.format_map(parts))
    op.execute("REVOKE ALL ON FUNCTION ici_admit FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ici_admit TO {APP}")
