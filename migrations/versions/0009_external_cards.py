"""Cards of other programmes, kept in the wallet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APP = "ici_app"

RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member())"


def upgrade() -> None:
    op.create_table(
        "external_card",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("symbology", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("balance_points", sa.BigInteger(), nullable=True),
        sa.Column("groups", postgresql.ARRAY(sa.TEXT()), server_default="{}", nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("imported_as", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(balance_minor IS NULL) = (currency IS NULL)", name=op.f("ck_external_card_currency")),
        sa.CheckConstraint(
            "balance_minor IS NULL OR balance_points IS NULL", name=op.f("ck_external_card_one_balance")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_external_card_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_external_card")),
        sa.UniqueConstraint("member_id", "identity", name=op.f("uq_external_card_member_id_identity")),
    )
    op.create_index("ix_external_card_added_at", "external_card", ["member_id", "added_at", "id"])
    op.execute("ALTER TABLE external_card ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE external_card FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY readers ON external_card USING ({RULE}) WITH CHECK ({RULE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON external_card TO {APP}")


def downgrade() -> None:
    op.drop_table("external_card")
