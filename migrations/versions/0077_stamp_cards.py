"""A currency of stamps is shown as cells of a card, which gives a reward when it is full."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

APP = "ici_app"

NOTE = """
CREATE FUNCTION note_pass_stamp_card() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO brand_pass_change (brand_id) VALUES (NEW.brand_id);
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER note_pass_stamp_card AFTER INSERT OR UPDATE OF size ON stamp_card
FOR EACH ROW EXECUTE FUNCTION note_pass_stamp_card()
"""


def upgrade() -> None:
    op.create_table(
        "stamp_card",
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("size BETWEEN 2 AND 100", name=op.f("ck_stamp_card_size")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_stamp_card_brand_id_brand")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["console_user.id"], name=op.f("fk_stamp_card_changed_by_console_user")
        ),
        sa.ForeignKeyConstraint(
            ["currency_id"], ["points_currency.id"], name=op.f("fk_stamp_card_currency_id_points_currency")
        ),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("fk_stamp_card_reward_id_reward")),
        sa.PrimaryKeyConstraint("currency_id", name=op.f("pk_stamp_card")),
    )
    op.create_index(op.f("ix_stamp_card_brand_id"), "stamp_card", ["brand_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON stamp_card TO {APP}")
    op.execute(NOTE)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.drop_table("stamp_card")
    op.execute("DROP FUNCTION note_pass_stamp_card()")
