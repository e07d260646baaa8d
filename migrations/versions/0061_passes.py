"""Passes that members hold in the wallets of their phones, and triggers that note what changes of what they say."""

import sqlalchemy as sa
from alembic import op

from app.sql import policies
from app.sql.db import Reader

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

APP = "ici_app"
READERS = (Reader.MEMBER, Reader.BRAND)

OF_MEMBERS = (
    "INSERT INTO pass_change (member_id, brand_id)"
    " SELECT DISTINCT changed.member_id, changed.brand_id FROM {rows} WHERE {differ}EXISTS"
    " (SELECT FROM issued_pass AS held WHERE held.member_id = changed.member_id"
    " AND held.brand_id = changed.brand_id AND held.ended_at IS NULL)"
    " ON CONFLICT DO NOTHING"
)
"""A row for each transaction that changed something: it meets no other's, so nobody who writes waits."""

OF_BRANDS = "INSERT INTO brand_pass_change (brand_id) SELECT DISTINCT {brand} FROM {rows}{where}"


def _differing(keys: str, columns: str) -> str:
    """What a note of an update is made of: rows of which one of these columns is not as it was."""
    names = columns.split()
    now, before = (", ".join(f"{rows}.{name}" for name in names) for rows in ("changed", "before"))
    return OF_MEMBERS.format(
        rows=f"changed JOIN before USING ({keys})", differ=f"({now}) IS DISTINCT FROM ({before}) AND "
    )


FUNCTIONS = {
    "note_pass_change": OF_MEMBERS.format(rows="changed", differ=""),
    "note_pass_balance": _differing("member_id, currency_id", "available sequence").replace(
        "changed.brand_id", "before.brand_id"
    ),
    "note_pass_tier": _differing("member_id, brand_id", "tier check_at"),
    "note_pass_card": _differing("member_id, id", "code display_name status"),
    "note_brand_name": (
        "INSERT INTO brand_pass_change (brand_id, anew) SELECT id, changed.colour IS DISTINCT FROM before.colour"
        " OR changed.time_zone <> before.time_zone FROM changed JOIN before USING (id) WHERE"
        " (changed.name, changed.colour, changed.time_zone) IS DISTINCT FROM"
        " (before.name, before.colour, before.time_zone)"
    ),
    "note_currency_name": OF_BRANDS.format(
        brand="changed.brand_id",
        rows="changed JOIN before USING (id)",
        where=" WHERE (changed.name_fr, changed.name_en) IS DISTINCT FROM (before.name_fr, before.name_en)",
    ),
    "note_programme": OF_BRANDS.format(brand="brand_id", rows="changed", where=" WHERE approved_at IS NOT NULL"),
}

NEW, OLD, BOTH = "NEW TABLE AS changed", "OLD TABLE AS changed", "NEW TABLE AS changed OLD TABLE AS before"
TRIGGERS = (
    ("points_balance", "INSERT", NEW, "note_pass_change"),
    ("points_balance", "UPDATE", BOTH, "note_pass_balance"),
    ("member_tier", "INSERT", NEW, "note_pass_change"),
    ("member_tier", "UPDATE", BOTH, "note_pass_tier"),
    ("member_tier", "DELETE", OLD, "note_pass_change"),
    ("card", "UPDATE", BOTH, "note_pass_card"),
    ("card", "INSERT", NEW, "note_pass_change"),
    ("card", "DELETE", OLD, "note_pass_change"),
    ("brand", "UPDATE", BOTH, "note_brand_name"),
    ("points_currency", "UPDATE", BOTH, "note_currency_name"),
    ("programme_version", "INSERT", NEW, "note_programme"),
    ("programme_version", "UPDATE", NEW, "note_programme"),
)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE pass_revision AS bigint")
    op.execute(f"GRANT USAGE ON SEQUENCE pass_revision TO {APP}")
    op.create_table(
        "issued_pass",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settling", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('card', 'coupon')", name=op.f("ck_issued_pass_kind")),
        sa.CheckConstraint("serial ~ '^[A-Za-z0-9_-]{22}$'", name=op.f("ck_issued_pass_serial")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_issued_pass_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_issued_pass_brand_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_issued_pass")),
        sa.UniqueConstraint("serial", name=op.f("uq_issued_pass_serial")),
    )
    standing = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_issued_pass_standing",
        "issued_pass",
        ["member_id", "kind", "target_id"],
        unique=True,
        postgresql_where=standing,
    )
    op.create_index("ix_issued_pass_noted", "issued_pass", ["member_id", "brand_id"], postgresql_where=standing)
    op.create_index("ix_issued_pass_brand", "issued_pass", ["brand_id", "id"])
    op.create_index("ix_issued_pass_id", "issued_pass", ["id"])
    op.create_index("ix_issued_pass_due", "issued_pass", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "pass_change",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column(
            "changed_by",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            autoincrement=False,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("member_id", "brand_id", "changed_by", name=op.f("pk_pass_change")),
    )
    op.create_index("ix_pass_change_changed_by", "pass_change", ["changed_by"])
    op.create_table(
        "brand_pass_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("anew", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_pass_change_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_pass_change")),
    )
    for table in ("issued_pass", "pass_change", "brand_pass_change"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    for table in ("issued_pass", "pass_change"):
        policies.protect_table(op.execute, table, *READERS)
    for name, statement in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
        )
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
    for table in ("brand_pass_change", "pass_change", "issued_pass"):
        op.drop_table(table)
    op.execute("DROP SEQUENCE pass_revision")
