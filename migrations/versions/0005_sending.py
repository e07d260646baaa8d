"""Messages that wait to leave, and the sinks that hear of withdrawals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APP = "ici_app"

# personal table -> who may see its rows, besides the system (the same words as in the models)
READERS = {
    "message": ("member",),
    "stop_link": ("member",),
    "sink_notice": ("member", "brand"),
}


def upgrade() -> None:
    _messages()
    _sinks()
    for table, readers in READERS.items():
        rule = " OR ".join(["(SELECT ici_is_system())"] + [f"{r}_id = (SELECT ici_{r}())" for r in readers])
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")
    for table in (*READERS, "sink"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("used", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'held', 'leaving', 'sent', 'cancelled', 'failed')", name=op.f("ck_message_status")
        ),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message_sent_at")),
        sa.CheckConstraint(
            "status NOT IN ('cancelled', 'failed') OR reason IS NOT NULL", name=op.f("ck_message_reason")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_message_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_message_brand_id")),
        sa.ForeignKeyConstraint(["touchpoint"], ["touchpoint.code"], name=op.f("fk_message_touchpoint")),
        sa.ForeignKeyConstraint(["purpose"], ["purpose.code"], name=op.f("fk_message_purpose")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_message_store_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "event_id"],
            ["permission_event.member_id", "permission_event.id"],
            name=op.f("fk_message_verdict"),
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint("member_id", "brand_id", "key", name=op.f("uq_message_member_id_brand_id_key")),
    )
    op.create_index(
        "ix_message_due",
        "message",
        ["due_at"],
        postgresql_where=sa.text("status IN ('queued', 'held', 'leaving')"),
    )
    op.create_index("ix_message_event", "message", ["member_id", "event_id"])
    op.create_table(
        "stop_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_stop_link_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_stop_link_brand_id")),
        sa.ForeignKeyConstraint(["touchpoint"], ["touchpoint.code"], name=op.f("fk_stop_link_touchpoint")),
        sa.ForeignKeyConstraint(["purpose"], ["purpose.code"], name=op.f("fk_stop_link_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_link")),
        sa.UniqueConstraint(
            "member_id",
            "brand_id",
            "touchpoint",
            "purpose",
            name=op.f("uq_stop_link_member_id_brand_id_touchpoint_purpose"),
        ),
    )


def _sinks() -> None:
    op.create_table(
        "sink",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("bound_s", sa.Integer(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{1,39}$'", name=op.f("ck_sink_code_shape")),
        sa.CheckConstraint("kind IN ('webhook')", name=op.f("ck_sink_kind")),
        sa.CheckConstraint("enabled_at IS NULL OR contract_id IS NOT NULL", name=op.f("ck_sink_contract")),
        sa.CheckConstraint("bound_s > 0", name=op.f("ck_sink_bound_s")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sink_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sink")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_sink_brand_id_code")),
    )
    op.create_table(
        "sink_notice",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("sink_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('withdrawal', 'objection', 'restriction', 'rectification', 'erasure')",
            name=op.f("ck_sink_notice_kind"),
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_sink_notice_brand_id")),
        sa.ForeignKeyConstraint(["sink_id"], ["sink.id"], name=op.f("fk_sink_notice_sink_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_sink_notice")),
        sa.UniqueConstraint(
            "member_id", "sink_id", "kind", "about", name=op.f("uq_sink_notice_member_id_sink_id_kind_about")
        ),
    )
    op.create_index(
        "ix_sink_notice_due", "sink_notice", ["due_at"], postgresql_where=sa.text("acknowledged_at IS NULL")
    )
    op.create_index("ix_sink_notice_sink_id", "sink_notice", ["sink_id", "created_at"])


def downgrade() -> None:
    for table in ("sink_notice", "sink", "stop_link", "message"):
        op.drop_table(table)
