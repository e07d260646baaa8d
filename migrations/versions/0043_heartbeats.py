"""Jobs leave a sign that they ran; the functions of the owner do only what its own jobs ask of them."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0040"
branch_labels = None
depends_on = None

APP = "ici_app"
MAKE = """
CREATE OR REPLACE FUNCTION ici_make_decision_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'decision_' || to_char(month, 'YYYYMM');
    first timestamptz := date_trunc('month', month)::timestamp AT TIME ZONE 'UTC';
    next timestamptz := (date_trunc('month', month) + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    {only_near}
    IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF decision FOR VALUES FROM (%L) TO (%L)',
                   name, ici_uuid7_floor(first), ici_uuid7_floor(next));
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    RETURN true;
END $$
"""
DROP = """
CREATE OR REPLACE FUNCTION ici_drop_decision_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := 'decision_' || to_char(month, 'YYYYMM');
BEGIN
    {only_over}
    IF to_regclass(name) IS NULL THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN true;
END $$
"""
ONLY_NEAR = """
    IF month IS NULL OR month < clock_timestamp() - interval '14 months'
        OR month > clock_timestamp() + interval '14 months' THEN
        RAISE EXCEPTION 'decisions are kept by the month, and made at most a year ahead';
    END IF;
"""
"""Whoever has the application's role could else fill the database with parts."""
ONLY_OVER = """
    IF month IS NULL OR date_trunc('month', month)::timestamp + interval '7 months'
        > clock_timestamp() AT TIME ZONE 'UTC' THEN
        RAISE EXCEPTION 'decisions can be explained for six months';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_inherits WHERE inhparent = 'decision'::regclass AND inhrelid = to_regclass(name)
    ) THEN
        RETURN false;
    END IF;
"""


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_heartbeat")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeat TO {APP}")
    # From when on a job that has never run is late.
    op.execute("INSERT INTO heartbeat (job, beat_at) VALUES ('', now())")
    _replace(ONLY_NEAR, ONLY_OVER)


def downgrade() -> None:
    _replace("", "")
    op.drop_table("heartbeat")


def _replace(only_near: str, only_over: str) -> None:
    op.execute(MAKE.format(only_near=only_near))
    op.execute(DROP.format(only_over=only_over))
