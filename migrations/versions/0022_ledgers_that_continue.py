"""A balance says whether the ledger of somebody who became part of the member goes on in it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "points_balance", sa.Column("continues", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute(
        "UPDATE points_balance b SET continues = true FROM merged_member m, points_balance s"
        " WHERE m.principal_id = b.member_id AND s.member_id = m.member_id AND s.currency_id = b.currency_id"
    )


def downgrade() -> None:
    op.drop_column("points_balance", "continues")
