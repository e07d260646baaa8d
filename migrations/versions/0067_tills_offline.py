"""What tills may do without a network, what they knew, what was set aside for them, and which codes have ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.sql import policies
from app.sql.db import Reader

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

APP = "ici_app"
TABLES = (
    *("offline_policy_version", "offline_period", "offer_lease", "member_reserve", "code_ending"),
    *("code_ending_version", "code_ending_change"),
)

NOTE = """
CREATE FUNCTION note_code_ending(brand uuid, shown text, is_over boolean) RETURNS void LANGUAGE sql AS $$
 INSERT INTO code_ending_change (brand_id, digest, is_ended)
 VALUES (brand, substring(sha256(convert_to(shown, 'UTF8')) FROM 1 FOR 6), is_over)
 ON CONFLICT (changed_by, brand_id, digest) DO UPDATE SET is_ended = excluded.is_ended
$$
"""

COUNT = """
CREATE FUNCTION count_code_endings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 IF EXISTS (SELECT FROM code_ending_change WHERE changed_by = NEW.changed_by) THEN
  WITH numbered AS (
   INSERT INTO code_ending_version AS known (brand_id, version)
   SELECT brand_id, count(*) FROM code_ending_change WHERE changed_by = NEW.changed_by
   GROUP BY brand_id ORDER BY brand_id
   ON CONFLICT (brand_id) DO UPDATE SET version = known.version + excluded.version
   RETURNING brand_id, version
  ), changed AS (
   SELECT brand_id, digest, is_ended, row_number() OVER (PARTITION BY brand_id ORDER BY digest DESC) - 1 AS before_last
   FROM code_ending_change WHERE changed_by = NEW.changed_by
  )
  INSERT INTO code_ending (brand_id, digest, version, is_ended, changed_at)
  SELECT brand_id, digest, version - before_last, is_ended, now() FROM changed JOIN numbered USING (brand_id)
  ON CONFLICT (brand_id, digest) DO UPDATE
  SET version = excluded.version, is_ended = excluded.is_ended, changed_at = excluded.changed_at;
  DELETE FROM code_ending_change WHERE changed_by = NEW.changed_by;
 END IF;
 RETURN NULL;
END $$
"""
"""It runs at the commit, for the first of the rows of a transaction on behalf of all: the versions' rows, in the order
of the brands, make the commits of a brand follow each other."""

OF_CODE = """
CREATE FUNCTION note_ended_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 IF TG_OP = 'DELETE' THEN
  PERFORM note_code_ending(OLD.brand_id, OLD.code, true);
 ELSE
  PERFORM note_code_ending(NEW.brand_id, NEW.code, NEW.revoked_at IS NOT NULL OR EXISTS (
   SELECT FROM card WHERE member_id = NEW.member_id AND id = NEW.target_id AND status <> 'active'));
 END IF;
 RETURN NULL;
END $$
"""

OF_CARD = """
CREATE FUNCTION note_ended_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 PERFORM note_code_ending(NEW.brand_id, code, revoked_at IS NOT NULL OR NEW.status <> 'active')
 FROM pass_code WHERE member_id = NEW.member_id AND target_id = NEW.id;
 PERFORM note_code_ending(NEW.brand_id, value, NEW.status <> 'active')
 FROM card_number WHERE member_id = NEW.member_id AND card_id = NEW.id AND kind = 'brand_number';
 RETURN NULL;
END $$
"""

TRIGGERS = (
    (
        "pass_code_ended",
        "AFTER UPDATE OF revoked_at ON pass_code DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at) EXECUTE FUNCTION note_ended_code()",
    ),
    (
        "pass_code_deleted",
        "AFTER DELETE ON pass_code DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " WHEN (OLD.kind = 'card') EXECUTE FUNCTION note_ended_code()",
    ),
    (
        "card_ended",
        "AFTER UPDATE OF status ON card DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION note_ended_card()",
    ),
    (
        "code_endings_counted",
        "AFTER INSERT ON code_ending_change DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION count_code_endings()",
    ),
)

ENDED_BEFORE = """
INSERT INTO code_ending (brand_id, digest, version, is_ended, changed_at)
SELECT brand_id, short, row_number() OVER (PARTITION BY brand_id ORDER BY short), true, now()
FROM (
 SELECT DISTINCT code.brand_id, substring(sha256(convert_to(code.code, 'UTF8')) FROM 1 FOR 6) AS short
 FROM pass_code AS code
 LEFT JOIN card ON card.member_id = code.member_id AND card.id = code.target_id
 WHERE code.revoked_at IS NOT NULL OR card.status <> 'active'
) AS ended
"""
COUNTED_BEFORE = """
INSERT INTO code_ending_version (brand_id, version) SELECT brand_id, max(version) FROM code_ending GROUP BY brand_id
"""


def upgrade() -> None:
    op.create_table(
        "offline_policy_version",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_offline_policy_version_version")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_offline_policy_version_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_offline_policy_version_set_by")),
        sa.PrimaryKeyConstraint("brand_id", "store_id", "version", name=op.f("pk_offline_policy_version")),
    )
    op.create_table(
        "offline_period",
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("policy", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points_used", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("minor_used", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("coupons_used", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("least(points_used, minor_used, coupons_used) >= 0", name=op.f("ck_offline_period_used")),
        sa.PrimaryKeyConstraint("terminal_id", "number", name=op.f("pk_offline_period")),
    )
    op.create_index("ix_offline_period_read_at", "offline_period", ["read_at"], unique=False)
    _create_leases()
    _create_endings()
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    for function in (NOTE, OF_CODE, OF_CARD, COUNT):
        op.execute(function)
    op.execute("SELECT set_config('ici.system', 'on', true)")
    op.execute(ENDED_BEFORE)
    op.execute(COUNTED_BEFORE)
    op.execute("SELECT set_config('ici.system', '', true)")
    for name, fired in TRIGGERS:
        op.execute(f"CREATE CONSTRAINT TRIGGER {name} {fired}")


def _create_leases() -> None:
    op.create_table(
        "offer_lease",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("offer_version", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("of_total", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("units > 0", name=op.f("ck_offer_lease_units")),
        sa.CheckConstraint("used BETWEEN 0 AND units", name=op.f("ck_offer_lease_used")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_lease_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_lease")),
    )
    op.create_table(
        "member_reserve",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("coupon_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('points', 'coupon')", name=op.f("ck_member_reserve_kind")),
        sa.CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name=op.f("ck_member_reserve_points")),
        sa.CheckConstraint("(kind = 'coupon') = (coupon_id IS NOT NULL)", name=op.f("ck_member_reserve_coupon")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_member_reserve_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_member_reserve_brand_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_member_reserve_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_member_reserve_terminal_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_member_reserve_currency_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_member_reserve")),
    )
    for table in ("offer_lease", "member_reserve"):
        op.create_index(f"ix_{table}_terminal", table, ["terminal_id", "made_at"], unique=False)
        op.create_index(
            f"ix_{table}_open", table, ["ends_at"], unique=False, postgresql_where=sa.text("settled_at IS NULL")
        )
    policies.protect_table(op.execute, "member_reserve", Reader.MEMBER, Reader.BRAND)


def _create_endings() -> None:
    op.create_table(
        "code_ending",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("brand_id", "digest", name=op.f("pk_code_ending")),
    )
    op.create_index(
        "ix_code_ending_version",
        "code_ending",
        ["brand_id", "version"],
        unique=False,
        postgresql_include=["digest", "is_ended"],
    )
    op.create_table(
        "code_ending_version",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("forgotten", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_code_ending_version")),
    )
    op.create_table(
        "code_ending_change",
        sa.Column(
            "changed_by",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("changed_by", "brand_id", "digest", name=op.f("pk_code_ending_change")),
    )


def downgrade() -> None:
    for name, fired in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {fired.split(' ON ')[1].split()[0]}")
    op.execute("DROP FUNCTION count_code_endings()")
    op.execute("DROP FUNCTION note_ended_card()")
    op.execute("DROP FUNCTION note_ended_code()")
    op.execute("DROP FUNCTION note_code_ending(uuid, text, boolean)")
    for table in reversed(TABLES):
        op.drop_table(table)
