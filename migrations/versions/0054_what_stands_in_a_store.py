"""Zones of stores, tags that lead to them, beacons with the clocks of those whose id changes, and how a fleet is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = (
    *("zone", "tag", "beacon", "beacon_clock", "ephemeral_id", "unknown_eid"),
    *("beacon_hearing", "beacon_beside", "beacon_day"),
)


def upgrade() -> None:
    _make_zones()
    _make_beacons()
    _make_clocks()
    _make_counts()
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def _key(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), **options)


def _make_zones() -> None:
    op.create_table(
        "zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("code", "kind", "name_fr", "name_en")),
        sa.Column("products", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('department', 'shelf', 'till', 'window')", name=op.f("ck_zone_kind")),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_zone_status")),
        _key("zone", "brand_id", "brand.id"),
        _key("zone", "store_id", "store.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("number", name=op.f("uq_zone_number")),
        sa.UniqueConstraint("store_id", "code", name=op.f("uq_zone_store_id_code")),
    )
    op.create_index("ix_zone_brand_id", "zone", ["brand_id", "created_at", "id"])
    op.create_table(
        "tag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("zone_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("carrier", "code", "label")),
        sa.Column("products", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("carrier IN ('poster', 'shelf', 'product')", name=op.f("ck_tag_carrier")),
        sa.CheckConstraint("zone_id IS NULL OR store_id IS NOT NULL", name=op.f("ck_tag_zone_of_a_store")),
        sa.CheckConstraint(
            "zone_id IS NOT NULL OR store_id IS NOT NULL OR products <> '{}'", name=op.f("ck_tag_leads_somewhere")
        ),
        _key("tag", "brand_id", "brand.id"),
        _key("tag", "store_id", "store.id", ondelete="CASCADE"),
        _key("tag", "zone_id", "zone.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("code", name=op.f("uq_tag_code")),
    )
    op.create_index("ix_tag_brand_id", "tag", ["brand_id", "created_at", "id"])
    op.create_index("ix_tag_store_id", "tag", ["store_id"])
    op.create_index("ix_tag_zone_id", "tag", ["zone_id"])


def _make_beacons() -> None:
    op.create_table(
        "beacon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("identifier", sa.LargeBinary(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("stability", sa.Text(), server_default="stable", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'ibeacon' THEN length(identifier) = 20 WHEN 'altbeacon' THEN length(identifier) = 20"
            " WHEN 'eddystone_uid' THEN length(identifier) = 16 ELSE kind = 'eddystone_eid' AND identifier IS NULL END",
            name=op.f("ck_beacon_identifier"),
        ),
        sa.CheckConstraint(
            "kind <> 'ibeacon' OR (substr(identifier, 17, 2) <> '\\x0000' AND substr(identifier, 19, 2) <> '\\x0000')",
            name=op.f("ck_beacon_never_zero"),
        ),
        sa.CheckConstraint("status IN ('active', 'inactive', 'decommissioned')", name=op.f("ck_beacon_status")),
        sa.CheckConstraint("stability IN ('stable', 'portable', 'mobile', 'roving')", name=op.f("ck_beacon_stability")),
        _key("beacon", "brand_id", "brand.id"),
        _key("beacon", "store_id", "store.id", ondelete="CASCADE"),
        _key("beacon", "zone_id", "zone.id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beacon")),
        sa.UniqueConstraint("number", name=op.f("uq_beacon_number")),
        sa.UniqueConstraint("kind", "identifier", name=op.f("uq_beacon_kind_identifier")),
    )
    op.create_index("ix_beacon_brand_id", "beacon", ["brand_id", "created_at", "id"])
    op.create_index("ix_beacon_store_id", "beacon", ["store_id"])
    op.create_index("ix_beacon_zone_id", "beacon", ["zone_id"])


def _make_clocks() -> None:
    op.create_table(
        "beacon_clock",
        sa.Column("beacon_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("exponent", sa.SmallInteger(), nullable=False),
        sa.Column("clock_s", sa.Float(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drift_ppm", sa.Float(), server_default="0", nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("exponent BETWEEN 0 AND 15", name=op.f("ck_beacon_clock_exponent")),
        _key("beacon_clock", "beacon_id", "beacon.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("beacon_id", name=op.f("pk_beacon_clock")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_beacon_clock_key_hash")),
    )
    op.create_index("ix_beacon_clock_known_until", "beacon_clock", ["known_until"])
    op.create_table(
        "ephemeral_id",
        sa.Column("eid", sa.LargeBinary(), nullable=False),
        sa.Column("beacon_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slack_s", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _key("ephemeral_id", "beacon_id", "beacon.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("eid", name=op.f("pk_ephemeral_id")),
    )
    op.create_index("ix_ephemeral_id_expires_at", "ephemeral_id", ["expires_at"])
    op.create_index("ix_ephemeral_id_beacon_id", "ephemeral_id", ["beacon_id"])
    op.create_table(
        "unknown_eid",
        sa.Column("eid", sa.LargeBinary(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eid", name=op.f("pk_unknown_eid")),
    )
    op.create_index("ix_unknown_eid_heard_at", "unknown_eid", ["heard_at"])


def _make_counts() -> None:
    op.create_table(
        "beacon_hearing",
        sa.Column("beacon_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("battery_mv", sa.Integer(), nullable=True),
        _key("beacon_hearing", "beacon_id", "beacon.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("beacon_id", "day", "part", name=op.f("pk_beacon_hearing")),
    )
    op.create_table(
        "beacon_beside",
        sa.Column("beacon_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        _key("beacon_beside", "beacon_id", "beacon.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("beacon_id", "day", "store_id", "part", name=op.f("pk_beacon_beside")),
    )
    op.create_table(
        "beacon_day",
        sa.Column("beacon_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("phones", sa.Integer(), nullable=False),
        sa.Column("battery_mv", sa.Integer(), nullable=True),
        sa.Column("beside_own", sa.Integer(), server_default="0", nullable=False),
        sa.Column("elsewhere", sa.Integer(), server_default="0", nullable=False),
        sa.Column("elsewhere_store_id", sa.Uuid(), nullable=True),
        _key("beacon_day", "beacon_id", "beacon.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("beacon_id", "day", name=op.f("pk_beacon_day")),
    )
    for table in ("beacon_hearing", "beacon_beside", "beacon_day"):
        op.create_index(op.f(f"ix_{table}_day"), table, ["day"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
