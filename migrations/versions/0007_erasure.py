"""Erasure that survives, the opposition list, retention.

The ledger of permissions stays closed to the application's role. Two functions of the owner are the only ways in:
one reduces the evidence of somebody whose erasure is written down, one empties events whose time as evidence is over.
Both check that themselves, so that neither can be used to rewrite what still counts.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP = "ici_app"
PERSONAL = ("erasure", "erasure_step", "member_activity", "remnant")
RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member())"

PROOF = ("text_sha256", "version", "locale", "channel", "screen_id", "app_version", "method", "recipient")
"""What still proves a permission when its member is gone (GDPR 7(1)): the words, where, and the act."""


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handles", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("residues", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cause IN ('member', 'inactivity', 'restored')", name=op.f("ck_erasure_cause")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_erasure")),
    )
    op.create_index(
        "ix_erasure_open", "erasure", ["requested_at"], postgresql_where=sa.text("completed_at IS NULL"), unique=False
    )
    op.create_table(
        "erasure_step",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "step", name=op.f("pk_erasure_step")),
    )
    op.create_table(
        "suppression",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address_hash", name=op.f("pk_suppression")),
    )
    op.create_index(op.f("ix_suppression_renewed_at"), "suppression", ["renewed_at"], unique=False)
    op.create_table(
        "member_activity",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("last_act_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_activity")),
    )
    op.create_index("ix_member_activity_last_act_at", "member_activity", ["last_act_at"], unique=False)
    op.create_table(
        "remnant",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "brand_id", "purpose", name=op.f("pk_remnant")),
    )
    op.create_index("ix_remnant_since", "remnant", ["since"], unique=False)
    op.create_table(
        "retention_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job", "ran_at", name=op.f("pk_retention_run")),
    )
    for table in PERSONAL:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
    for table in (*PERSONAL, "suppression", "retention_run"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    # From when on a job that has never run is late.
    op.execute("INSERT INTO retention_run (job, ran_at, touched, complete) VALUES ('migration', now(), 0, true)")
    _ways_into_the_ledger()


def _ways_into_the_ledger() -> None:
    proof = ", ".join(f"'{name}'" for name in PROOF)
    op.execute(
        f"""
        CREATE FUNCTION ici_reduce_evidence_of_erased(member uuid) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE touched integer;
        BEGIN
            UPDATE permission_event AS event
               SET claimed_at = NULL,
                   evidence = (SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(event.evidence)
                                WHERE key IN ({proof}))
             WHERE member_id = member
               AND EXISTS (SELECT FROM erasure WHERE erasure.member_id = member)
               AND (claimed_at IS NOT NULL OR evidence - ARRAY[{proof}] <> '{{}}');
            GET DIAGNOSTICS touched = ROW_COUNT;
            RETURN touched;
        END $$
        """
    )
    # An event has no effect any more once the next one on its cell is there, or once its member is erased; of the
    # living the event stays without its payload, for the projection; of the erased nothing stays.
    op.execute(
        """
        CREATE FUNCTION ici_forget_permission_payload(before timestamptz, most integer)
        RETURNS TABLE (forgotten_member uuid, forgotten_event uuid)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF before > clock_timestamp() - interval '1825 days' THEN
                RAISE EXCEPTION 'permissions are evidence for five years';
            END IF;
            RETURN QUERY
            WITH over AS (
                SELECT event.member_id, event.id
                  FROM permission_event AS event
                  JOIN permission_event AS next
                    ON next.member_id = event.member_id AND next.previous_event_id = event.id
                 WHERE next.recorded_at < before AND (event.evidence <> '{}' OR event.claimed_at IS NOT NULL)
                 LIMIT most
            )
            UPDATE permission_event AS event SET evidence = '{}', claimed_at = NULL
              FROM over WHERE event.member_id = over.member_id AND event.id = over.id
            RETURNING event.member_id, event.id;
            RETURN QUERY
            WITH over AS (
                SELECT event.member_id, event.id
                  FROM permission_event AS event JOIN erasure ON erasure.member_id = event.member_id
                 WHERE erasure.completed_at < before
                 LIMIT most
            )
            DELETE FROM permission_event AS event
             USING over WHERE event.member_id = over.member_id AND event.id = over.id
            RETURNING event.member_id, event.id;
        END $$
        """
    )
    for function in ("ici_reduce_evidence_of_erased(uuid)", "ici_forget_permission_payload(timestamptz, integer)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP}")


def downgrade() -> None:
    raise NotImplementedError("Whoever was erased must stay erased: these tables are never taken away.")
