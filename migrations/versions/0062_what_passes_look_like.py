"""What passes look like, version by version, and the pictures that they show."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0062"
down_revision = "0060"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("pass_design", "picture")


def upgrade() -> None:
    op.create_table(
        "pass_design",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("uploaded", JSONB(), nullable=False),
        sa.Column("cut", JSONB(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_pass_design_version")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_pass_design_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_pass_design_set_by")),
        sa.PrimaryKeyConstraint("brand_id", "version", name=op.f("pk_pass_design")),
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_picture_sha256")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_picture_size")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    # It is packed already, and packing it again would cost at each reading.
    op.execute("ALTER TABLE picture ALTER COLUMN png SET STORAGE EXTERNAL")
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP}")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
