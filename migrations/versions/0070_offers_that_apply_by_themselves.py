"""Offers that apply by themselves, and who of a till claimed a coupon for a member."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offer_version", sa.Column("applies", sa.Text(), server_default="coupon", nullable=False))
    op.create_check_constraint(op.f("ck_offer_version_applies"), "offer_version", "applies IN ('coupon', 'automatic')")
    op.create_index("ix_live_offer_automatic", "live_offer", ["brand_id"], postgresql_where=sa.text("traits & 4 > 0"))
    op.add_column("coupon", sa.Column("claimed_at_terminal_id", sa.Uuid(), nullable=True))
    op.add_column("coupon", sa.Column("cashier_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("coupon", "cashier_id")
    op.drop_column("coupon", "claimed_at_terminal_id")
    op.drop_index("ix_live_offer_automatic", table_name="live_offer")
    op.drop_constraint(op.f("ck_offer_version_applies"), "offer_version", type_="check")
    op.drop_column("offer_version", "applies")
