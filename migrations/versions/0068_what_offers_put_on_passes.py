"""Where passes show themselves, and triggers that note what coupons, offers, permissions and a new look change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.sql import policies
from app.sql.db import Reader

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

APP = "ici_app"

WATCHED = "changed.purpose = 'in_store_offers' AND changed.touchpoint IN ('geofence', 'beacon')"
ON_PASSES = f"({WATCHED} OR changed.purpose = 'personalised_offers' AND changed.touchpoint = 'push')"

NOTE = (
    "INSERT INTO pass_change (member_id, brand_id) SELECT DISTINCT held.member_id, held.brand_id"
    " FROM {rows} JOIN issued_pass AS held ON held.member_id = changed.member_id{brand}"
    " WHERE {which} AND held.ended_at IS NULL ON CONFLICT DO NOTHING"
)
ASK = (
    "UPDATE places_on_pass AS kept SET asks = kept.asks + 1, due_at = 'epoch'"
    " FROM (SELECT DISTINCT {whose} FROM {rows} WHERE {which}) AS asked WHERE {same}"
)
OF_MEMBER = (
    "changed JOIN before USING (member_id)",
    "(changed.restricted_at, changed.minor_until) IS DISTINCT FROM (before.restricted_at, before.minor_until)",
)
OF_COUPON = (
    "changed JOIN before USING (member_id, id)",
    "(changed.status, changed.held_for, changed.expires_at)"
    " IS DISTINCT FROM (before.status, before.held_for, before.expires_at)",
)
SAME_BRAND = " AND held.brand_id = changed.brand_id"

FUNCTIONS = {
    "note_pass_permission": (
        NOTE.format(rows="changed", brand=SAME_BRAND, which=ON_PASSES),
        ASK.format(
            whose="member_id, brand_id",
            rows="changed",
            which=WATCHED,
            same="kept.member_id = asked.member_id AND kept.brand_id = asked.brand_id",
        ),
    ),
    "note_pass_member": (
        NOTE.format(rows=OF_MEMBER[0], brand="", which=OF_MEMBER[1]),
        ASK.format(whose="member_id", rows=OF_MEMBER[0], which=OF_MEMBER[1], same="kept.member_id = asked.member_id"),
    ),
    "note_pass_coupon": (NOTE.format(rows=OF_COUPON[0], brand=SAME_BRAND, which=OF_COUPON[1]),),
    "note_offer_stop": (
        "INSERT INTO brand_pass_change (brand_id) SELECT DISTINCT changed.brand_id FROM changed JOIN before USING (id)"
        " WHERE changed.status <> before.status"
        " AND (changed.status IN ('paused', 'ended') OR before.status = 'paused')",
    ),
    "note_new_look": ("INSERT INTO brand_pass_change (brand_id, anew) SELECT DISTINCT brand_id, true FROM changed",),
    "ask_for_places": (
        "INSERT INTO places_on_pass (member_id, pass_id, brand_id, due_at)"
        " SELECT member_id, id, brand_id, 'epoch' FROM changed WHERE kind = 'card' ON CONFLICT DO NOTHING",
    ),
}

NEW, OLD, BOTH = "NEW TABLE AS changed", "OLD TABLE AS changed", "NEW TABLE AS changed OLD TABLE AS before"
TRIGGERS = (
    ("permission_state", "INSERT", NEW, "note_pass_permission"),
    ("permission_state", "UPDATE", NEW, "note_pass_permission"),
    ("permission_state", "DELETE", OLD, "note_pass_permission"),
    ("member", "UPDATE", BOTH, "note_pass_member"),
    ("coupon", "INSERT", NEW, "note_pass_change"),
    ("coupon", "UPDATE", BOTH, "note_pass_coupon"),
    ("coupon", "DELETE", OLD, "note_pass_change"),
    ("offer", "UPDATE", BOTH, "note_offer_stop"),
    ("pass_design", "INSERT", NEW, "note_new_look"),
    ("pass_design", "UPDATE", NEW, "note_new_look"),
    ("issued_pass", "INSERT", NEW, "ask_for_places"),
)


def upgrade() -> None:
    op.create_table(
        "places_on_pass",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("places", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("beacon", postgresql.JSONB(), nullable=True),
        sa.Column("revision", sa.Text(), server_default="", nullable=False),
        sa.Column("asks", sa.Integer(), server_default="1", nullable=False),
        sa.Column("answered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id", "pass_id"],
            ["issued_pass.member_id", "issued_pass.id"],
            name=op.f("fk_places_on_pass_member_id_pass_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "pass_id", name=op.f("pk_places_on_pass")),
    )
    op.create_index(
        "ix_places_on_pass_due", "places_on_pass", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index("ix_places_on_pass_brand", "places_on_pass", ["member_id", "brand_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON places_on_pass TO {APP}")
    policies.protect_table(op.execute, "places_on_pass", Reader.MEMBER)
    for name, statements in FUNCTIONS.items():
        body = " ".join(f"{statement};" for statement in statements)
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    for table, act, rows, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {table}_{act.lower()}_on_passes AFTER {act} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for table, act, _, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER {table}_{act.lower()}_on_passes ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("places_on_pass")
