"""Phones that report by OwnTracks: their credentials, and what each was told to watch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.sql import policies
from app.sql.db import Reader

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLE = "owntracks_access"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("given", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("answered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("platform IN ('ios', 'android')", name=op.f("ck_owntracks_access_platform")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_owntracks_access_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "session_id"],
            ["member_session.member_id", "member_session.id"],
            name=op.f("fk_owntracks_access_member_id_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "installation_id", name=op.f("pk_owntracks_access")),
    )
    policies.protect_table(op.execute, TABLE, Reader.MEMBER)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {APP}")


def downgrade() -> None:
    op.drop_table(TABLE)
