"""Coupons on paper: codes that are somebody's once they were typed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.create_table(
        "printed_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(coupon_id IS NULL) = (taken_at IS NULL)", name=op.f("ck_printed_code_taken")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_printed_code_brand_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_printed_code_offer_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_printed_code")),
    )
    op.create_index("ix_printed_code_batch", "printed_code", ["offer_id", "batch"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON printed_code TO {APP}")


def downgrade() -> None:
    op.drop_table("printed_code")
