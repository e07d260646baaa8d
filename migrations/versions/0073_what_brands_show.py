"""What brands say of themselves, version by version, and the pictures that they send for it, for offers and rewards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = ("brand_profile", "brand_picture")
PICTURED = ("offer_version", "reward")


def upgrade() -> None:
    op.create_table(
        "brand_profile",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_brand_profile_version")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_profile_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_brand_profile_set_by")),
        sa.PrimaryKeyConstraint("brand_id", "version", name=op.f("pk_brand_profile")),
    )
    op.create_table(
        "brand_picture",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("outline", JSONB(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_brand_picture_sha256")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_picture_brand_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["console_user.id"], name=op.f("fk_brand_picture_sent_by")),
        sa.PrimaryKeyConstraint("brand_id", "sha256", name=op.f("pk_brand_picture")),
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP}")
    for table in PICTURED:
        op.add_column(table, sa.Column("picture", JSONB(), nullable=True))
    # Passes whose design says nothing else show what the profile says.
    op.execute(
        "CREATE TRIGGER brand_profile_insert_on_passes AFTER INSERT ON brand_profile REFERENCING NEW TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION note_new_look()"
    )


def downgrade() -> None:
    for table in PICTURED:
        op.drop_column(table, "picture")
    for table in TABLES:
        op.drop_table(table)
