"""Visits and the minutes that they are made of, how many people came, and after how long somebody stays."""

import sqlalchemy as sa
from alembic import op

from app.sql import policies
from app.sql.db import Reader

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

APP = "ici_app"
PERSONAL = ("visit", "sighting")


def upgrade() -> None:
    _visits()
    _sightings()
    _of_brands()
    for table in PERSONAL:
        policies.protect_table(op.execute, table, Reader.MEMBER)
    for table in (*PERSONAL, "footfall", "dwell_time"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def _visits() -> None:
    op.create_table(
        "visit",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("member_id", "id", "brand_id", "store_id")),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("permission_event_id", sa.Uuid(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("fence_id", sa.Uuid(), nullable=True),
        sa.Column("fence_version", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("entered_at", "seen_at", "lasts_until", "dwelled_at", "exited_at")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 3", name=op.f("ck_visit_confidence")),
        sa.CheckConstraint("evidence IN ('fix', 'beacon', 'declared', 'tag')", name=op.f("ck_visit_evidence")),
        sa.CheckConstraint("exited_at >= entered_at AND seen_at >= entered_at", name=op.f("ck_visit_order")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_visit_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_visit_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_visit_store_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_visit")),
    )
    is_open = sa.text("entered_at IS NOT NULL AND exited_at IS NULL")
    op.create_index("uq_visit_open", "visit", ["member_id", "store_id"], unique=True, postgresql_where=is_open)
    op.create_index(
        "ix_visit_lasts_until", "visit", ["lasts_until"], postgresql_where=sa.text("entered_at IS NOT NULL")
    )
    op.create_index("ix_visit_store_id", "visit", ["store_id", "day"])


def _sightings() -> None:
    key = ("member_id", "minute", "store_id", "zone_id", "fence_id", "touchpoint", "kind")
    op.create_table(
        "sighting",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("store_id", "zone_id", "fence_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("touchpoint", "kind")),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("fence_version", sa.Integer(), nullable=True),
        sa.Column("permission_event_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("confidence", "lasts_minutes")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 3", name=op.f("ck_sighting_confidence")),
        sa.CheckConstraint("lasts_minutes >= 0", name=op.f("ck_sighting_lasts_minutes")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_sighting_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_sighting")),
    )
    op.create_index("ix_sighting_minute", "sighting", ["minute"])


def _of_brands() -> None:
    op.create_table(
        "footfall",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('visited', 'crossed')", name=op.f("ck_footfall_kind")),
        sa.CheckConstraint("people >= 10", name=op.f("ck_footfall_people")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_footfall_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "day", "kind", "place_id", name=op.f("pk_footfall")),
    )
    op.create_table(
        "dwell_time",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 720", name=op.f("ck_dwell_time_minutes")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_dwell_time_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "store_id", name=op.f("pk_dwell_time")),
    )


def downgrade() -> None:
    for table in ("dwell_time", "footfall", "sighting", "visit"):
        op.drop_table(table)
