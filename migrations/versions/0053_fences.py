"""Fences: shapes on the ground with their versions, found by a stored box within a brand."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.create_table(
        "fence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("live_version", sa.Integer(), nullable=True),
        sa.Column("draft_version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'active', 'ended')", name=op.f("ck_fence_status")),
        sa.CheckConstraint("(status = 'active') = (live_version IS NOT NULL)", name=op.f("ck_fence_live")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_fence_brand_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_fence_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fence")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_fence_brand_id_code")),
        sa.UniqueConstraint("number", name=op.f("uq_fence_number")),
    )
    op.create_index("ix_fence_brand_id", "fence", ["brand_id", "created_at", "id"])
    op.create_index("ix_fence_store_id", "fence", ["store_id"], postgresql_where=sa.text("live_version IS NOT NULL"))
    _versions()
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON fence, fence_version TO {APP}")


def _versions() -> None:
    op.create_table(
        "fence_version",
        sa.Column("fence_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("fence_number", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("is_circle", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("lon", "lat", "radius_m")),
        *(
            sa.Column(name, Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=False)
            for name in ("shape", "box")
        ),
        sa.Column("geojson", sa.Text(), nullable=False),
        sa.Column("noticed", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_live", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_fence_version_version")),
        sa.CheckConstraint("radius_m > 0", name=op.f("ck_fence_version_radius")),
        sa.CheckConstraint("NOT is_live OR in_force_at IS NOT NULL", name=op.f("ck_fence_version_in_force")),
        sa.ForeignKeyConstraint(["fence_id"], ["fence.id"], name=op.f("fk_fence_version_fence_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["console_user.id"], name=op.f("fk_fence_version_made_by")),
        sa.PrimaryKeyConstraint("fence_id", "version", name=op.f("pk_fence_version")),
    )
    op.create_index(
        "ix_fence_version_box",
        "fence_version",
        ["brand_id", "box"],
        postgresql_using="gist",
        postgresql_where=sa.text("is_live"),
    )


def downgrade() -> None:
    op.drop_table("fence_version")
    op.drop_table("fence")
