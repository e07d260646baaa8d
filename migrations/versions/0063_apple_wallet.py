"""Phones that hold a pass in Apple Wallet, who of them is to be woken, and what they complained of."""

import sqlalchemy as sa
from alembic import op

from app.sql import policies
from app.sql.db import Reader

revision = "0063"
down_revision = ("0065", "0068")
branch_labels = None
depends_on = None

APP = "ici_app"
NUMBERS = "apple_registration_number"
TABLES = ("apple_registration", "apple_push", "apple_phone_log")


def upgrade() -> None:
    op.execute(f"CREATE SEQUENCE {NUMBERS}")
    op.create_table(
        "apple_registration",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("pass_type", sa.Text(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("push_token", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_apple_registration_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_apple_registration")),
        sa.UniqueConstraint(
            "member_id", "pass_id", "device_hash", name=op.f("uq_apple_registration_member_id_pass_id_device_hash")
        ),
    )
    op.create_index("ix_apple_registration_device", "apple_registration", ["device_hash", "pass_type"], unique=False)
    op.create_table(
        "apple_push",
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("pass_type", sa.Text(), nullable=False),
        sa.Column("first_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("device_hash", "pass_type", name=op.f("pk_apple_push")),
    )
    op.create_index("ix_apple_push_due", "apple_push", ["pass_type", "due_at"], unique=False)
    op.create_index(
        "ix_apple_push_refused",
        "apple_push",
        ["pass_type"],
        unique=False,
        postgresql_where=sa.text("refused IS NOT NULL"),
    )
    op.create_table(
        "apple_phone_log",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_apple_phone_log_count")),
        sa.PrimaryKeyConstraint("day", "digest", name=op.f("pk_apple_phone_log")),
    )
    policies.protect_table(op.execute, "apple_registration", Reader.MEMBER)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    op.execute(f"GRANT USAGE ON SEQUENCE {NUMBERS} TO {APP}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute(f"DROP SEQUENCE {NUMBERS}")
