"""Rights of the person: requests with clocks, and reads that were logged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APP = "ici_app"

# personal table -> who may see its rows, besides the system (the same words as in the models)
READERS = {"rights_request": ("member", "brand"), "personal_read": ("member", "brand")}
ADD_ONLY = ("personal_read",)


def upgrade() -> None:
    op.create_table(
        "rights_request",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('access', 'portability', 'rectification', 'restriction', 'objection', 'erasure', 'review')",
            name=op.f("ck_rights_request_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_progress', 'extended', 'answered', 'refused')",
            name=op.f("ck_rights_request_state"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state IN ('answered', 'refused'))", name=op.f("ck_rights_request_closed")
        ),
        sa.CheckConstraint(
            "(extended_at IS NULL) = (extension_reason IS NULL)", name=op.f("ck_rights_request_extension")
        ),
        sa.CheckConstraint("state <> 'refused' OR refusal_reason IS NOT NULL", name=op.f("ck_rights_request_refusal")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_rights_request_brand_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_rights_request")),
    )
    op.create_index("ix_rights_request_mine", "rights_request", ["member_id", "received_at", "id"])
    op.create_index("ix_rights_request_brand", "rights_request", ["brand_id", "received_at", "id"])
    op.create_index(
        "ix_rights_request_open", "rights_request", ["due_at"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "personal_read",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("data_classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_personal_read_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_personal_read_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_personal_read_store_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_personal_read")),
    )
    op.create_index("ix_personal_read_mine", "personal_read", ["member_id", "read_at", "id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON rights_request, personal_read TO {APP}")
    for table in ADD_ONLY:
        op.execute(f"REVOKE UPDATE, TRUNCATE ON {table} FROM {APP}")
    for table, readers in READERS.items():
        rule = " OR ".join(["(SELECT ici_is_system())"] + [f"{r}_id = (SELECT ici_{r}())" for r in readers])
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")


def downgrade() -> None:
    op.drop_table("personal_read")
    op.drop_table("rights_request")
