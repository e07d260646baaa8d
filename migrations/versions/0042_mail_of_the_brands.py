"""Brands write in their own name and words, and can be edited; a code remembers that its address took no message."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

APP = "ici_app"
OF_BRANDS = ("mail_address", "reply_to", "colour", "sms_sender", "web_domain")


def upgrade() -> None:
    op.add_column("one_time_code", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    for column in OF_BRANDS:
        op.add_column("brand", sa.Column(column, sa.Text(), nullable=True))
    op.add_column("brand", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "brand_letter",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("sms", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_brand_letter_language")),
        sa.CheckConstraint("(subject IS NULL) = (text IS NULL)", name=op.f("ck_brand_letter_subject")),
        sa.CheckConstraint("html IS NULL OR text IS NOT NULL", name=op.f("ck_brand_letter_plain")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_letter_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "kind", "language", name=op.f("pk_brand_letter")),
    )
    op.execute(f"GRANT SELECT, INSERT, DELETE ON brand_letter TO {APP}")


def downgrade() -> None:
    op.drop_table("brand_letter")
    for column in ("version", *OF_BRANDS):
        op.drop_column("brand", column)
    op.drop_column("one_time_code", "refused_at")
