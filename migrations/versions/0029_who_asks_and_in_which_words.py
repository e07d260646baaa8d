"""A parent who acts for a child has a receipt of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipt", sa.Column("child_id", sa.Uuid(), nullable=True))
    op.create_index("ix_receipt_of_parent", "receipt", ["event_id"], postgresql_where=sa.text("child_id IS NOT NULL"))


def downgrade() -> None:
    op.execute(
        "DELETE FROM leaf_salt USING receipt WHERE receipt.child_id IS NOT NULL"
        " AND leaf_salt.member_id = receipt.member_id AND leaf_salt.event_id = receipt.event_id"
    )
    op.execute("DELETE FROM receipt WHERE child_id IS NOT NULL")
    op.drop_index("ix_receipt_of_parent", table_name="receipt")
    op.drop_column("receipt", "child_id")
