"""Coupons that a member may give to another."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("coupon_gift", "gift_code", "gift_received")
RULE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member())"


def upgrade() -> None:
    op.add_column(
        "offer_version", sa.Column("transferable", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    _states("'active', 'redeemed', 'given'")
    op.create_table(
        "coupon_gift",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_coupon_gift_settled")),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'withdrawn')", name=op.f("ck_coupon_gift_state")),
        sa.ForeignKeyConstraint(
            ["member_id", "coupon_id"],
            ["coupon.member_id", "coupon.id"],
            name=op.f("fk_coupon_gift_member_id_coupon_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_coupon_gift")),
    )
    op.create_index(
        "uq_coupon_gift_waiting",
        "coupon_gift",
        ["member_id", "coupon_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_coupon_gift_mine", "coupon_gift", ["member_id", "made_at", "id"])
    op.create_table(
        "gift_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("gift_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id", "gift_id"],
            ["coupon_gift.member_id", "coupon_gift.id"],
            name=op.f("fk_gift_code_member_id_gift_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_gift_code")),
    )
    op.create_index("ix_gift_code_gift", "gift_code", ["member_id", "gift_id"])
    op.create_table(
        "gift_received",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id", "coupon_id"],
            ["coupon.member_id", "coupon.id"],
            name=op.f("fk_gift_received_member_id_coupon_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_gift_received")),
    )
    op.create_index("ix_gift_received_mine", "gift_received", ["member_id", "received_at", "id"])
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({RULE}) WITH CHECK ({RULE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {APP}")


def _states(states: str) -> None:
    op.execute("ALTER TABLE coupon DROP CONSTRAINT ck_coupon_status")
    op.execute(f"ALTER TABLE coupon ADD CONSTRAINT ck_coupon_status CHECK (status IN ({states}))")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM coupon WHERE status = 'given'")
    _states("'active', 'redeemed'")
    op.drop_column("offer_version", "transferable")
