"""A taste is kept packed beside its text, so that an answer finds the few numbers that it needs.

A trigger packs it, and not who writes it: servers of the release before write the text alone. What was written before
is packed when it is read, until it is learnt from again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

PACK = """
CREATE FUNCTION ici_pack_taste(taste text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
 said jsonb := taste;
 packed bytea;
BEGIN
 WITH part (name, place) AS (
  VALUES ('articles', 1), ('categories', 2), ('shown', 3), ('taken', 4)
 ), entry AS (
  SELECT part.place, float8send(kept.value::float8) AS weight, CASE WHEN part.place <= 2
   THEN substr(sha256(convert_to(kept.key, 'UTF8')), 1, 8) ELSE int8send(kept.key::int8) END AS key
  FROM part CROSS JOIN jsonb_each_text(COALESCE(said -> part.name, '{}')) AS kept
 ), each AS (
  SELECT part.place, int4send(count(entry.key)::int4) AS number,
   COALESCE(string_agg(entry.key, '' ORDER BY entry.key, entry.weight), '')
    || COALESCE(string_agg(entry.weight, '' ORDER BY entry.key, entry.weight), '') AS entries
  FROM part LEFT JOIN entry USING (place) GROUP BY part.place
 )
 SELECT string_agg(number, '' ORDER BY place) || float8send(COALESCE((said ->> 'articles_total')::float8, 0))
  || float8send(COALESCE((said ->> 'categories_total')::float8, 0)) || string_agg(entries, '' ORDER BY place)
 INTO packed FROM each;
 RETURN packed;
END
$$
"""
"""`offers.learning.tastes.packed_tastes` says of what these bytes are made, and a property test holds both together."""

KEEP = """
CREATE FUNCTION ici_keep_packed_taste() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
 NEW.packed_taste := ici_pack_taste(NEW.taste);
 RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.execute(PACK)
    op.execute(KEEP)
    op.add_column("profile", sa.Column("packed_taste", sa.LargeBinary(), nullable=True))
    op.execute(
        "CREATE TRIGGER packed_taste_kept BEFORE INSERT OR UPDATE OF taste ON profile"
        " FOR EACH ROW EXECUTE FUNCTION ici_keep_packed_taste()"
    )
    # Of the two the packed one stays in the row: it is the one that "near me" reads.
    op.execute("ALTER TABLE profile ALTER packed_taste SET STORAGE MAIN, SET (toast_tuple_target = 4080)")


def downgrade() -> None:
    op.execute("ALTER TABLE profile SET (toast_tuple_target = 8160)")
    op.execute("DROP TRIGGER packed_taste_kept ON profile")
    op.drop_column("profile", "packed_taste")
    op.execute("DROP FUNCTION ici_keep_packed_taste()")
    op.execute("DROP FUNCTION ici_pack_taste(text)")
