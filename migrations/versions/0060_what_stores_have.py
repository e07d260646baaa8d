"""What a store has and at what price, how long one waits in it, what happens in it; places around anybody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("brand_article", "store_article", "service_time", "store_event")


def upgrade() -> None:
    op.create_table(
        "brand_article",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name=op.f("ck_brand_article_gtin")),
        sa.CheckConstraint("key = COALESCE(gtin, 'sku:' || sku)", name=op.f("ck_brand_article_key")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_article_brand_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_brand_article")),
        sa.UniqueConstraint("brand_id", "key", name=op.f("uq_brand_article_brand_id_key")),
    )
    op.create_index("ix_brand_article_gtin", "brand_article", ["gtin", "brand_id"], unique=False)
    op.create_index("ix_brand_article_sku", "brand_article", ["brand_id", "sku"], unique=False)
    op.create_index(
        "ix_brand_article_category",
        "brand_article",
        ["brand_id", "category"],
        unique=False,
        postgresql_ops={"category": "text_pattern_ops"},
    )
    op.create_table(
        "store_article",
        sa.Column("store_number", sa.BigInteger(), nullable=False),
        sa.Column("article_number", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("price_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("is_stocked", sa.Boolean(), nullable=True),
        sa.Column("stock_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_store_article_price")),
        sa.CheckConstraint(
            "num_nulls(price_minor, currency, price_at) IN (0, 3)", name=op.f("ck_store_article_whole_price")
        ),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_store_article_stock")),
        sa.CheckConstraint("num_nulls(is_stocked, stock_at) IN (0, 2)", name=op.f("ck_store_article_whole_stock")),
        sa.PrimaryKeyConstraint("store_number", "article_number", name=op.f("pk_store_article")),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "service_time",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_service_time_minutes")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_service_time_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_id", "kind", name=op.f("pk_service_time")),
    )
    op.create_table(
        "store_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("zone_code", sa.Text(), nullable=True),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("starts_local", sa.DateTime(timezone=False), nullable=False),
        sa.Column("ends_local", sa.DateTime(timezone=False), nullable=False),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_local < ends_local", name=op.f("ck_store_event_window")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_store_event_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_event")),
    )
    op.create_index("ix_store_event_brand_id", "store_event", ["brand_id", "created_at", "id"], unique=False)
    op.create_index("ix_store_event_stores", "store_event", ["store_ids"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_place_around",
        "place",
        ["location"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("store_number > 0"),
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    op.drop_index("ix_place_around", table_name="place")
    for table in reversed(TABLES):
        op.drop_table(table)
