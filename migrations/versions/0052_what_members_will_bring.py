"""How the members of a brand buy, as a few numbers, fitted anew in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.create_table(
        "value_model",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("r", "alpha", "a", "b", "p", "q", "v")),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_value_model_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_value_model")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON value_model TO {APP}")


def downgrade() -> None:
    op.drop_table("value_model")
