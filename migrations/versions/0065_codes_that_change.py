"""Codes that change: their salts, what was shown of them, what a brand lets spend; how a scanned code was shown."""

import sqlalchemy as sa
from alembic import op

from app.sql import policies
from app.sql.db import Reader

revision = "0065"
down_revision = "0060"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("code_secret", "code_showing", "code_policy")


def upgrade() -> None:
    op.create_unique_constraint(op.f("uq_pass_code_member_id_code"), "pass_code", ["member_id", "code"])
    op.add_column("scan", sa.Column("standing", sa.Text(), server_default="plain", nullable=False))
    op.create_table(
        "code_secret",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_revision", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_code_secret_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "code"],
            ["pass_code.member_id", "pass_code.code"],
            name=op.f("fk_code_secret_member_id_code"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "code", name=op.f("pk_code_secret")),
    )
    op.create_index("ix_code_secret_code", "code_secret", ["code"], unique=True)
    op.create_table(
        "code_showing",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_for", sa.Text(), nullable=True),
        sa.CheckConstraint("form IN ('voucher', 'window', 'revision', 'totp')", name=op.f("ck_code_showing_form")),
        sa.CheckConstraint(
            "standing IN ('fresh', 'old_copy', 'reused', 'stale', 'forged')", name=op.f("ck_code_showing_standing")
        ),
        sa.CheckConstraint("used_at IS NULL OR standing = 'fresh'", name=op.f("ck_code_showing_used")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_code_showing_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "code"],
            ["pass_code.member_id", "pass_code.code"],
            name=op.f("fk_code_showing_member_id_code"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_code_showing_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_code_showing_terminal_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_code_showing")),
    )
    op.create_index(
        "uq_code_showing_used",
        "code_showing",
        ["member_id", "code", "form", "counter"],
        unique=True,
        postgresql_where=sa.text("used_at IS NOT NULL"),
    )
    op.create_index("ix_code_showing_code", "code_showing", ["member_id", "code", "shown_at"], unique=False)
    op.create_index(
        "ix_code_showing_alarm",
        "code_showing",
        ["brand_id", "shown_at", "id"],
        unique=False,
        postgresql_where=sa.text("standing <> 'fresh'"),
    )
    op.create_table(
        "code_policy",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("plain_codes_spend", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_code_policy_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_code_policy_set_by")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_code_policy")),
    )
    for table in ("code_secret", "code_showing"):
        policies.protect_table(op.execute, table, Reader.MEMBER, Reader.BRAND)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("scan", "standing")
    op.drop_constraint(op.f("uq_pass_code_member_id_code"), "pass_code", type_="unique")
