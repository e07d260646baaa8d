"""A brand names lists of articles, which offers, rules and shelves name."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.create_table(
        "product_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("articles >= 0", name=op.f("ck_product_list_articles")),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9_-]{0,39}$'", name=op.f("ck_product_list_code_shape")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_product_list_brand_id_brand")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["console_user.id"], name=op.f("fk_product_list_created_by_console_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_list")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_product_list_brand_id_code")),
    )
    op.create_index("ix_product_list_listed", "product_list", ["brand_id", "created_at", "id"])
    op.create_table(
        "product_list_article",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("gtin", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("gtin BETWEEN 0 AND 99999999999999", name=op.f("ck_product_list_article_gtin")),
        sa.CheckConstraint("until >= since", name=op.f("ck_product_list_article_until")),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["product_list.id"],
            name=op.f("fk_product_list_article_list_id_product_list"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brand_id", "gtin", "list_id", "since", name=op.f("pk_product_list_article")),
    )
    op.create_index(
        "ix_product_list_article_now",
        "product_list_article",
        ["list_id", "gtin"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    for table in ("product_list", "product_list_article"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    for table in ("product_list_article", "product_list"):
        op.drop_table(table)
