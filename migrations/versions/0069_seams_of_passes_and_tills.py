"""Who of a till's staff took something back; and two more changes of what passes say: a code that was used up, and a
currency that is new."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

COLUMNS = (
    ("redemption", "undone_by_id"),
    ("sale", "cancelled_by_id"),
    ("sale_return", "cashier_id"),
    ("till_scan", "reversed_by_id"),
)

FUNCTIONS = {
    "note_code_used": (
        "INSERT INTO pass_change (member_id, brand_id) SELECT new.member_id, new.brand_id WHERE EXISTS"
        " (SELECT FROM issued_pass AS held WHERE held.member_id = new.member_id AND held.brand_id = new.brand_id"
        " AND held.ended_at IS NULL) ON CONFLICT DO NOTHING"
    ),
    "note_new_currency": "INSERT INTO brand_pass_change (brand_id) VALUES (new.brand_id)",
}
TRIGGERS = (
    (
        "code_secret",
        "AFTER UPDATE OF used_revision ON code_secret FOR EACH ROW"
        " WHEN (new.used_revision IS DISTINCT FROM old.used_revision)",
        "note_code_used",
    ),
    ("points_currency", "AFTER INSERT ON points_currency FOR EACH ROW", "note_new_currency"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Uuid()))
    for name, statement in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
        )
    for _, when, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} {when} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    for table, _, function in TRIGGERS:
        op.execute(f"DROP TRIGGER {function} ON {table}")
        op.execute(f"DROP FUNCTION {function}()")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
