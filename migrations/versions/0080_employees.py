"""A brand says which of its card holders work for it."""

import sqlalchemy as sa
from alembic import op

from app.sql import policies
from app.sql.db import Reader

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.create_table(
        "employment",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_employment_brand_id_brand")),
        sa.ForeignKeyConstraint(["marked_by"], ["console_user.id"], name=op.f("fk_employment_marked_by_console_user")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_employment_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "brand_id", name=op.f("pk_employment")),
    )
    op.create_index("ix_employment_brand_id", "employment", ["brand_id"])
    op.create_index("ix_employment_last_day", "employment", ["last_day"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON employment TO {APP}")
    policies.protect_table(op.execute, "employment", Reader.MEMBER, Reader.BRAND)


def downgrade() -> None:
    op.drop_table("employment")
