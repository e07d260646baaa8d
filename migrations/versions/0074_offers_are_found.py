"""Offers are found by name, tags, words and what lists are asked; how often they were shown is counted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

APP = "ici_app"

LETTERS = "ÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝŸàâäáãåçéèêëíìîïñóòôöõúùûüýÿ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyy" * 2

FUNCTIONS = (
    f"""
    CREATE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_to_tsvector(array_remove(regexp_split_to_array(lower(
            replace(replace(translate(normalize(said, NFC), '{LETTERS}', '{PLAIN}'), 'œ', 'oe'), 'Œ', 'oe')
        ), '[^[:alnum:]]+'), ''))
    $$
    """,
    """
    CREATE FUNCTION find_offer_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.words = words_of(left(concat_ws(' ', NEW.number, NEW.name, array_to_string(NEW.tags, ' '), (
            SELECT string_agg(concat_ws(' ', title_fr, title_en,
                jsonb_path_query_array(products - 'but_not', '$.*[*]')), ' ')
            FROM offer_version WHERE offer_id = NEW.id AND version IN (NEW.live_version, NEW.draft_version)
        )), 400000));
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION note_version_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE offer SET name = name WHERE id = NEW.offer_id AND NEW.version IN (live_version, draft_version);
        RETURN NULL;
    END $$
    """,
)
TRIGGERS = (
    """
    CREATE TRIGGER offer_words BEFORE INSERT OR UPDATE OF name, tags, live_version, draft_version ON offer
    FOR EACH ROW EXECUTE FUNCTION find_offer_words()
    """,
    """
    CREATE TRIGGER offer_version_words AFTER INSERT OR UPDATE OF title_fr, title_en, products ON offer_version
    FOR EACH ROW EXECUTE FUNCTION note_version_words()
    """,
)


def upgrade() -> None:
    op.add_column("offer", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.add_column("offer", sa.Column("tags", postgresql.ARRAY(sa.TEXT()), server_default="{}", nullable=False))
    op.add_column("offer", sa.Column("words", postgresql.TSVECTOR(), server_default="", nullable=False))
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
    op.execute("UPDATE offer SET name = name")
    op.create_table(
        "offer_showing",
        sa.Column("offer_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("store_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("offer_number", "day", "store_number", "outcome", name=op.f("pk_offer_showing")),
    )
    op.create_table(
        "showings_counted",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_showings_counted_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showings_counted")),
    )
    for table in ("offer_showing", "showings_counted"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    op.create_index("ix_decision_made", "decision", ["id"], postgresql_using="brin")
    op.create_index("ix_offer_status", "offer", ["brand_id", "status", "created_at", "id"])
    op.create_index("ix_offer_tags", "offer", ["tags"], postgresql_using="gin")
    op.create_index("ix_offer_words", "offer", ["words"], postgresql_using="gin")
    op.create_index(
        "ix_offer_version_targets",
        "offer_version",
        ["targets"],
        postgresql_using="gin",
        postgresql_ops={"targets": "jsonb_path_ops"},
    )
    op.create_index("ix_offer_version_kind", "offer_version", [sa.text("(benefit ->> 'kind')")])
    op.create_index(
        "ix_offer_version_window",
        "offer_version",
        [sa.text("tsrange(starts_local, ends_local)")],
        postgresql_using="gist",
    )


def downgrade() -> None:
    op.drop_index("ix_decision_made", "decision")
    for table in ("showings_counted", "offer_showing"):
        op.drop_table(table)
    for index in ("window", "kind", "targets"):
        op.drop_index(f"ix_offer_version_{index}", "offer_version")
    for index in ("words", "tags", "status"):
        op.drop_index(f"ix_offer_{index}", "offer")
    op.execute("DROP TRIGGER offer_version_words ON offer_version")
    op.execute("DROP TRIGGER offer_words ON offer")
    op.execute("DROP FUNCTION note_version_words(), find_offer_words(), words_of(text)")
    for column in ("words", "tags", "name"):
        op.drop_column("offer", column)
