"""Households: who sees whom, and which cards."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APP = "ici_app"

RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member()) OR principal_id = (SELECT ici_principal())"
TABLES = ("household_tie", "household_invitation", "household_share")


def upgrade() -> None:
    op.create_table(
        "household_tie",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        _member("member_id", "household_tie"),
        _member("principal_id", "household_tie"),
        sa.PrimaryKeyConstraint("member_id", "principal_id", name=op.f("pk_household_tie")),
    )
    op.create_index("ix_household_tie_principal_id", "household_tie", ["principal_id"])
    op.create_table(
        "household_invitation",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        _member("member_id", "household_invitation"),
        _member("principal_id", "household_invitation"),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_household_invitation")),
    )
    op.create_index("ix_household_invitation_principal_id", "household_invitation", ["principal_id"])
    op.create_table(
        "household_share",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id", "card_id"],
            ["external_card.member_id", "external_card.id"],
            name="fk_household_share_card",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "principal_id"],
            ["household_tie.member_id", "household_tie.principal_id"],
            name="fk_household_share_tie",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "card_id", "principal_id", name=op.f("pk_household_share")),
    )
    op.create_index("ix_household_share_principal_id", "household_share", ["principal_id"])
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def _member(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["member.member_id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
