"""Cards by other numbers, cards that are lost, and cards that were printed before anybody held them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP = "ici_app"

RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member()) OR brand_id = (SELECT ici_brand())"


def upgrade() -> None:
    op.add_column("pass_code", sa.Column("revoked_reason", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_pass_code_revoked_reason"), "pass_code", "revoked_reason IN ('lost')")
    op.create_table(
        "card_number",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('brand_number', 'nfc', 'transit')", name=op.f("ck_card_number_kind")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_card_number_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_card_number_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("brand_id", "kind", "value", name=op.f("pk_card_number")),
        sa.UniqueConstraint("id", name=op.f("uq_card_number_id")),
    )
    op.create_index("ix_card_number_member_id", "card_number", ["member_id", "card_id"])
    op.create_table(
        "printed_card",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(principal_id IS NULL) = (registered_at IS NULL)", name=op.f("ck_printed_card_registered")),
        sa.CheckConstraint("position > 0", name=op.f("ck_printed_card_position")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_printed_card_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_printed_card_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "card_id", name=op.f("pk_printed_card")),
        sa.UniqueConstraint("brand_id", "batch", "position", name=op.f("uq_printed_card_brand_id_batch_position")),
    )
    op.create_index("ix_printed_card_code", "printed_card", ["code"])
    for table in ("card_number", "printed_card"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    op.drop_table("printed_card")
    op.drop_table("card_number")
    op.drop_column("pass_code", "revoked_reason")
