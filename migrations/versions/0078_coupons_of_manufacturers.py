"""Issuers of manufacturers' coupons, what they owe, and the files that bill it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

APP = "ici_app"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "coupon_issuer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("billing_address", sa.Text(), nullable=False),
        sa.Column("billing_reference", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_coupon_issuer_revision")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_coupon_issuer_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_coupon_issuer_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_issuer")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_coupon_issuer_brand_id_code")),
    )
    op.create_table(
        "issuer_series",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_issuer_series_brand_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["coupon_issuer.id"], name=op.f("fk_issuer_series_issuer_id")),
        sa.PrimaryKeyConstraint("brand_id", "prefix", name=op.f("pk_issuer_series")),
    )
    op.create_index(op.f("ix_issuer_series_issuer_id"), "issuer_series", ["issuer_id"])
    _create_entries()
    _create_files()
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON coupon_issuer TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON issuer_series TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (unique_number, clearing_id) ON issuer_entry TO {APP}")
    op.execute(f"GRANT SELECT, INSERT ON clearing_file TO {APP}")


def _create_entries() -> None:
    op.create_table(
        "issuer_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("use_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unique_number", sa.Text(), nullable=True),
        sa.Column("face_minor", sa.BigInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("store_name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.Column("clearing_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('use', 'correction')", name=op.f("ck_issuer_entry_kind")),
        sa.CheckConstraint(
            "kind = 'use' AND amount_minor > 0 OR kind = 'correction' AND amount_minor < 0",
            name=op.f("ck_issuer_entry_amount"),
        ),
        sa.CheckConstraint("kind = 'use' OR unique_number IS NULL", name=op.f("ck_issuer_entry_unique_number")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_issuer_entry_brand_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["coupon_issuer.id"], name=op.f("fk_issuer_entry_issuer_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_issuer_entry_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_entry")),
        sa.UniqueConstraint("brand_id", "unique_number", name=op.f("uq_issuer_entry_brand_id_unique_number")),
    )
    op.create_index("ix_issuer_entry_sale", "issuer_entry", ["brand_id", "sale_id"])
    op.create_index(
        "ix_issuer_entry_open", "issuer_entry", ["issuer_id", "day"], postgresql_where=sa.text("clearing_id IS NULL")
    )
    op.create_index("ix_issuer_entry_clearing_id", "issuer_entry", ["clearing_id"])


def _create_files() -> None:
    op.create_table(
        "clearing_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("uses_minor", sa.BigInteger(), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("corrections_minor", sa.BigInteger(), nullable=False),
        sa.Column("parties", JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_clearing_file_number")),
        sa.CheckConstraint("uses_minor >= 0 AND corrections_minor <= 0", name=op.f("ck_clearing_file_amounts")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_clearing_file_brand_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["coupon_issuer.id"], name=op.f("fk_clearing_file_issuer_id")),
        sa.ForeignKeyConstraint(["made_by"], ["console_user.id"], name=op.f("fk_clearing_file_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing_file")),
        sa.UniqueConstraint("brand_id", "number", name=op.f("uq_clearing_file_brand_id_number")),
        sa.UniqueConstraint("issuer_id", "month", name=op.f("uq_clearing_file_issuer_id_month")),
    )


def downgrade() -> None:
    for table in ("clearing_file", "issuer_entry", "issuer_series", "coupon_issuer"):
        op.drop_table(table)
