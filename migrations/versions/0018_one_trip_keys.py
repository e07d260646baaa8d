"""An idempotency key is claimed in one trip: the wait for a twin is bounded inside, and for nothing else."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

APP = "ici_app"
CLAIM = """
CREATE FUNCTION ici_claim_key(
    whose uuid, of_route text, of_key text, printed bytea, at timestamptz, until timestamptz
) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
BEGIN
    INSERT INTO idempotency_key (principal_id, route, key, fingerprint, created_at, expires_at)
    VALUES (whose, of_route, of_key, printed, at, until)
    ON CONFLICT (principal_id, route, key) DO UPDATE SET
        fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at,
        status = NULL, headers = NULL, body = NULL
    WHERE idempotency_key.expires_at <= at;
    RETURN FOUND;
END
$$
"""


def upgrade() -> None:
    op.execute(CLAIM)
    op.execute("REVOKE ALL ON FUNCTION ici_claim_key FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ici_claim_key TO {APP}")


def downgrade() -> None:
    op.execute("DROP FUNCTION ici_claim_key")
