"""What moments in a store brought: a visit that begins or lasts, a shelf, a tag that was read."""

import sqlalchemy as sa
from alembic import op

from app.sql import policies
from app.sql.db import Reader

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.create_table(
        "trigger",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("permission_event_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("fence_id", "zone_id", "tag_id")),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("nothing", sa.Text(), nullable=True),
        sa.Column("is_unseen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("decision_id IS NOT NULL OR nothing IS NOT NULL", name=op.f("ck_trigger_outcome")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_trigger_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_trigger_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_trigger")),
    )
    op.create_index("ix_trigger_day", "trigger", ["day"])
    fine = sa.text("occurred_at IS NOT NULL")
    op.create_index("ix_trigger_occurred_at", "trigger", ["occurred_at"], postgresql_where=fine)
    policies.protect_table(op.execute, "trigger", Reader.MEMBER)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON trigger TO {APP}")


def downgrade() -> None:
    op.drop_table("trigger")
