"""A pass is known by its type and serial, a matrix code by its bytes, and what a file said by its digests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("external_card", sa.Column("encoding", sa.Text()))
    op.add_column("external_card", sa.Column("pass_identity", sa.LargeBinary()))
    op.add_column("external_card", sa.Column("brought", postgresql.JSONB(astext_type=sa.Text())))
    op.create_unique_constraint(
        op.f("uq_external_card_member_id_pass_identity"), "external_card", ["member_id", "pass_identity"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_external_card_member_id_pass_identity"), "external_card")
    op.drop_column("external_card", "brought")
    op.drop_column("external_card", "pass_identity")
    op.drop_column("external_card", "encoding")
