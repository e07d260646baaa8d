"""Offers may fire now and then, be for some members, be used so often in a period, and stand in for others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

KEY = """
    ALTER TABLE offer_place DROP CONSTRAINT pk_offer_place,
        ADD CONSTRAINT pk_offer_place PRIMARY KEY (store_number, offer_number) INCLUDE ({columns})
"""


def upgrade() -> None:
    for column in (
        sa.Column("schedule", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("for_whom", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("use_limits", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("is_fallback", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("margin_minor", sa.BigInteger(), nullable=True),
    ):
        op.add_column("offer_version", column)
    op.create_check_constraint(op.f("ck_offer_version_margin"), "offer_version", "margin_minor >= 0")
    op.add_column("offer_place", sa.Column("firings", postgresql.TSTZMULTIRANGE(), nullable=True))
    # "Near me" reads the index only.
    op.execute(KEY.format(columns="starts_at, ends_at, firings"))


def downgrade() -> None:
    op.execute(KEY.format(columns="starts_at, ends_at"))
    op.drop_column("offer_place", "firings")
    for name in ("margin_minor", "is_fallback", "use_limits", "for_whom", "schedule"):
        op.drop_column("offer_version", name)
