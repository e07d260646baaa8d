"""Google Wallet: what it was told of each pass, its classes, what rang, what it said, what is to be ended there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.sql import policies
from app.sql.db import Reader

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = (
    *("google_issuer", "google_class", "google_standing", "google_copy", "google_ring", "google_farewell"),
    "google_nonce",
)

SAY_FAREWELL = """
CREATE FUNCTION say_farewell_at_google() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 INSERT INTO google_farewell (object_id, kind, class_id, due_at)
 SELECT issuer || '.' || serial, kind, class_id, now() FROM gone WHERE class_id IS NOT NULL
 ON CONFLICT (object_id) DO NOTHING;
 RETURN NULL;
END $$
"""
"""Whatever ends a copy here (an erasure, the end of a pass), Google is told to end its own."""


def upgrade() -> None:
    _make_classes()
    _make_copies()
    for table in ("google_copy", "google_ring"):
        policies.protect_table(op.execute, table, Reader.MEMBER)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    op.execute(SAY_FAREWELL)
    op.execute(
        "CREATE TRIGGER google_copy_gone AFTER DELETE ON google_copy REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION say_farewell_at_google()"
    )


def _make_classes() -> None:
    op.create_table(
        "google_issuer",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.CheckConstraint("issuer ~ '^[0-9]{5,25}$'", name=op.f("ck_google_issuer_issuer")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_google_issuer_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_google_issuer")),
    )
    op.create_table(
        "google_class",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("told_digest", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('card', 'coupon')", name=op.f("ck_google_class_kind")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_google_class_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_google_class")),
    )
    op.create_index(op.f("ix_google_class_brand_id"), "google_class", ["brand_id"])
    op.create_table(
        "google_standing",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_google_standing")),
    )
    op.create_table(
        "google_farewell",
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_google_farewell")),
    )
    op.create_index(op.f("ix_google_farewell_due_at"), "google_farewell", ["due_at"])
    op.create_table(
        "google_nonce",
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_google_nonce")),
    )
    op.create_index(op.f("ix_google_nonce_good_until"), "google_nonce", ["good_until"])


def _make_copies() -> None:
    op.create_table(
        "google_copy",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "serial", "issuer")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("saved_at", "removed_at", "said_until")),
        sa.Column("wanted_revision", sa.BigInteger(), nullable=False),
        sa.Column("told_revision", sa.BigInteger(), nullable=True),
        sa.Column("class_id", sa.Text(), nullable=True),
        sa.Column("told_digest", sa.LargeBinary(), nullable=True),
        sa.Column("told_ringing", sa.LargeBinary(), nullable=True),
        sa.Column("told_fields", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubtful", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("due_at", "leased_until")),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("card_pass_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("link_due_at", "linked_at")),
        sa.CheckConstraint("kind IN ('card', 'coupon')", name=op.f("ck_google_copy_kind")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_google_copy_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_google_copy_brand_id")),
        sa.PrimaryKeyConstraint("member_id", "pass_id", name=op.f("pk_google_copy")),
    )
    op.create_index("ix_google_copy_serial", "google_copy", ["serial"])
    op.create_index("ix_google_copy_due_at", "google_copy", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index(
        "ix_google_copy_to_link",
        "google_copy",
        ["link_due_at"],
        postgresql_where=sa.text("link_due_at IS NOT NULL AND told_revision IS NOT NULL"),
    )
    op.create_table(
        "google_ring",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_google_ring_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "pass_id", "about", name=op.f("pk_google_ring")),
    )
    op.create_index("ix_google_ring_rang_at", "google_ring", ["rang_at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION say_farewell_at_google()")
