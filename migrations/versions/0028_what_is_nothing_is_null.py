"""What is nothing is NULL, and a log that a restored backup made shorter goes on under a new name.

The null of JSON is not NULL: finished erasures stood at the head of their queue. Of the other columns that may be empty
nobody asks `IS NULL`; their rows are written anew in time. A checkpoint says of which log it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

APP = "ici_app"
MAY_BE_NOTHING = {
    "erasure": ("handles", "residues"),
    "member_merge": ("stayed",),
}


def upgrade() -> None:
    op.execute("SELECT set_config('ici.system', 'on', true)")  # row-level security holds for the owner too
    for table, columns in MAY_BE_NOTHING.items():
        for column in columns:
            op.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = 'null'::jsonb")
    op.drop_constraint(op.f("ck_log_only_one"), "log")
    op.execute(f"GRANT INSERT ON log TO {APP}")
    op.add_column("log_checkpoint", sa.Column("log_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE log_checkpoint SET log_id = (SELECT id FROM log)")
    op.alter_column("log_checkpoint", "log_id", nullable=False)
    op.drop_constraint(op.f("pk_log_checkpoint"), "log_checkpoint")
    op.create_primary_key(op.f("pk_log_checkpoint"), "log_checkpoint", ["log_id", "size"])


def downgrade() -> None:
    """What is NULL was always read as nothing, so it stays. Of several logs the last is kept, with what it signed."""
    op.execute("DELETE FROM log_checkpoint WHERE log_id <> (SELECT id FROM log ORDER BY number DESC LIMIT 1)")
    op.drop_constraint(op.f("pk_log_checkpoint"), "log_checkpoint")
    op.drop_column("log_checkpoint", "log_id")
    op.create_primary_key(op.f("pk_log_checkpoint"), "log_checkpoint", ["size"])
    op.execute(f"REVOKE INSERT ON log FROM {APP}")
    op.execute("DELETE FROM log WHERE number < (SELECT max(number) FROM log)")
    op.execute("UPDATE log SET number = 1")
    op.create_check_constraint(op.f("ck_log_only_one"), "log", "number = 1")
