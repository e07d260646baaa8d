"""The 180th meridian is stored in one spelling: across two, the search by index ends with an error."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOVE = """
UPDATE {table} SET location = ST_SetSRID(ST_MakePoint(180, ST_Y(location::geometry)), 4326)::geography
WHERE ST_X(location::geometry) = -180
"""


def upgrade() -> None:
    for table in ("store", "place"):
        op.execute(MOVE.format(table=table))
        op.create_check_constraint(op.f(f"ck_{table}_one_meridian"), table, "ST_X(location::geometry) > -180")


def downgrade() -> None:
    for table in ("store", "place"):
        op.drop_constraint(op.f(f"ck_{table}_one_meridian"), table)
