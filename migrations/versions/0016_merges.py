"""Two members become one, and two again: who is part of whom, what came, and the ways of points between ledgers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APP = "ici_app"
MEMBER = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member())"
BRAND = f"{MEMBER} OR brand_id = (SELECT ici_brand())"
FLOWS = (
    ("earned", "issued", "available"),
    ("pending_added", "issued", "pending"),
    ("pending_activated", "pending", "available"),
    ("pending_cancelled", "pending", "issued"),
    ("spent", "available", "spent"),
    ("held", "available", "held"),
    ("hold_released", "held", "available"),
    ("hold_captured", "held", "spent"),
    ("refunded", "spent", "available"),
    ("returned", "available", "issued"),
    ("returned_owed", "owed", "issued"),
    ("expired", "available", "expired"),
    ("admin_credit", "adjusted", "available"),
    ("admin_debit", "available", "adjusted"),
    ("admin_debit_owed", "owed", "adjusted"),
    ("debt_repaid", "available", "owed"),
)
MERGES = (
    ("merged_out", "available", "moved"),
    ("pending_merged_out", "pending", "moved"),
    ("merged_in", "moved", "available"),
    ("pending_merged_in", "moved", "pending"),
    ("merged_back", "moved", "available"),
    ("pending_merged_back", "moved", "pending"),
    ("debt_merged_out", "moved", "owed"),
    ("debt_merged_in", "owed", "moved"),
)


def upgrade() -> None:
    op.create_table(
        "member_merge",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("stayed", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(cause = 'brand') = (reason IS NOT NULL)", name=op.f("ck_member_merge_reason")),
        sa.CheckConstraint("cause IN ('member', 'card', 'brand')", name=op.f("ck_member_merge_cause")),
        sa.CheckConstraint("member_id <> source_id", name=op.f("ck_member_merge_two")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_member_merge_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_member_merge_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_member_merge")),
    )
    op.create_index("ix_member_merge_mine", "member_merge", ["member_id", "merged_at", "id"])
    op.create_index("ix_member_merge_brand", "member_merge", ["brand_id", "merged_at", "id"])
    op.create_index(
        "ix_member_merge_fresh", "member_merge", ["merged_at"], postgresql_where=sa.text("gathered_at IS NULL")
    )
    op.create_table(
        "merged_member",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_merged_member_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_merged_member")),
    )
    op.create_index("ix_merged_member_principal_id", "merged_member", ["principal_id"])
    op.create_table(
        "merge_move",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_merge_move_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_merge_move")),
    )
    op.create_index("ix_merge_move_merge", "merge_move", ["member_id", "merge_id", "kind"])
    for table, rule in (("member_merge", BRAND), ("merged_member", MEMBER), ("merge_move", MEMBER)):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    op.execute(f"REVOKE UPDATE ON merge_move FROM {APP}")  # a record, which goes with its member and not before
    _flows((*FLOWS, *MERGES))


def _flows(flows: tuple[tuple[str, str, str], ...]) -> None:
    allowed = ", ".join(f"('{kind}', '{giver}', '{taker}')" for kind, giver, taker in flows)
    op.execute("ALTER TABLE points_entry DROP CONSTRAINT ck_points_entry_flow")
    op.execute(
        "ALTER TABLE points_entry ADD CONSTRAINT ck_points_entry_flow"
        f" CHECK ((kind, from_account, to_account) IN ({allowed}))"
    )


def downgrade() -> None:
    _flows(FLOWS)
    for table in ("merge_move", "merged_member", "member_merge"):
        op.drop_table(table)
