"""Birthdays, for a treat only; uses that count towards limits; for which areas and stores staff plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app.sql.db import Reader
from app.sql.policies import protect_table

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

APP = "ici_app"
AT = sa.DateTime(timezone=True)
TABLES = ("birthday", "offer_use", "staff_places")


def upgrade() -> None:
    op.create_table(
        "birthday",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("said_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_birthday")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_birthday_member_id_member"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name=op.f("ck_birthday_day_of_a_month")),
    )
    op.add_column("coupon", sa.Column("installation_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_coupon_installation",
        "coupon",
        ["offer_id", "installation_id"],
        postgresql_where=sa.text("installation_id IS NOT NULL"),
    )
    op.create_table(
        "offer_use",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("limited_by", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id", "limited_by", "subject_id", "ordinal", name=op.f("pk_offer_use")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_use_offer_id_offer")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_offer_use_brand_id_brand")),
        sa.ForeignKeyConstraint(
            ["member_id", "redemption_id"],
            ["redemption.member_id", "redemption.id"],
            name=op.f("fk_offer_use_member_id_redemption_id_redemption"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "limited_by IN ('member', 'household', 'installation')", name=op.f("ck_offer_use_limited_by")
        ),
    )
    op.create_index("ix_offer_use_redemption", "offer_use", ["member_id", "redemption_id"])
    op.create_table(
        "staff_places",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("areas", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("stores", ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_places")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["console_user.id"], name=op.f("fk_staff_places_user_id_console_user"), ondelete="CASCADE"
        ),
    )
    protect_table(op.execute, "birthday", Reader.MEMBER)
    protect_table(op.execute, "offer_use", Reader.MEMBER, Reader.BRAND)
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    op.drop_table("staff_places")
    op.drop_table("offer_use")
    op.drop_index("ix_coupon_installation", "coupon")
    op.drop_column("coupon", "installation_id")
    op.drop_table("birthday")
