"""How often the catalogue of a brand changed, counted by triggers at the commit of each change."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0057"
branch_labels = None
depends_on = None

APP = "ici_app"

CHANGED = "INSERT INTO catalogue_change (brand_id) SELECT DISTINCT brand_id FROM {rows} ON CONFLICT DO NOTHING"

OF_OFFERS = (
    *("version", "priority", "member_limit", "traits", "sold_out_until", "spent_until", "firings_from"),
    *("card_fr", "card_en"),
)
"""What a bundle says of a live offer. How it does is not among it: that is counted all the time."""

FUNCTIONS = {
    "note_catalogue_change": CHANGED.format(rows="changed"),
    "note_catalogue_difference": CHANGED.format(
        rows="changed JOIN before USING (offer_number, brand_id) WHERE ("
        + ", ".join(f"changed.{name}" for name in OF_OFFERS)
        + ") IS DISTINCT FROM ("
        + ", ".join(f"before.{name}" for name in OF_OFFERS)
        + ")"
    ),
}

COUNT = """
CREATE FUNCTION count_catalogue_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 IF EXISTS (SELECT FROM catalogue_change WHERE changed_by = NEW.changed_by) THEN
  INSERT INTO catalogue_version AS known (brand_id, version)
  SELECT brand_id, 1 FROM catalogue_change WHERE changed_by = NEW.changed_by ORDER BY brand_id
  ON CONFLICT (brand_id) DO UPDATE SET version = known.version + 1;
  DELETE FROM catalogue_change WHERE changed_by = NEW.changed_by;
 END IF;
 RETURN NULL;
END $$
"""
"""It runs at the commit, for the first of the rows of a transaction on behalf of all."""

TRIGGERS = (
    ("place", "INSERT", "NEW TABLE AS changed", "note_catalogue_change"),
    ("place", "UPDATE", "NEW TABLE AS changed", "note_catalogue_change"),
    ("place", "DELETE", "OLD TABLE AS changed", "note_catalogue_change"),
    ("live_offer", "INSERT", "NEW TABLE AS changed", "note_catalogue_change"),
    ("live_offer", "UPDATE", "NEW TABLE AS changed OLD TABLE AS before", "note_catalogue_difference"),
    ("live_offer", "DELETE", "OLD TABLE AS changed", "note_catalogue_change"),
    *(
        (table, act, f"{'OLD' if act == 'DELETE' else 'NEW'} TABLE AS changed", "note_catalogue_change")
        for table in ("fence_version", "beacon")
        for act in ("INSERT", "UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    op.create_table(
        "catalogue_version",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "catalogue_change",
        sa.Column(
            "changed_by",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("changed_by", "brand_id", name=op.f("pk_catalogue_change")),
    )
    for table in ("catalogue_version", "catalogue_change"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    for name, statement in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
        )
    op.execute(COUNT)
    op.execute(
        "CREATE CONSTRAINT TRIGGER catalogue_change_counted AFTER INSERT ON catalogue_change"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_catalogue_change()"
    )
    for table, act, rows, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {table}_{act.lower()}_noted AFTER {act} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for table, act, _, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER {table}_{act.lower()}_noted ON {table}")
    op.drop_table("catalogue_change")
    op.drop_table("catalogue_version")
    for name in (*FUNCTIONS, "count_catalogue_change"):
        op.execute(f"DROP FUNCTION {name}()")
