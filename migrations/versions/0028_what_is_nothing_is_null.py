"""What is nothing is NULL, not the null of JSON: finished erasures stood at the head of their queue.

Of the other columns that may be empty nobody asks `IS NULL`; their rows are written anew in time.
"""

from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

MAY_BE_NOTHING = {
    "erasure": ("handles", "residues"),
    "member_merge": ("stayed",),
}


def upgrade() -> None:
    op.execute("SELECT set_config('ici.system', 'on', true)")  # row-level security holds for the owner too
    for table, columns in MAY_BE_NOTHING.items():
        for column in columns:
            op.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = 'null'::jsonb")


def downgrade() -> None:
    """What is NULL was always read as nothing, so there is nothing to take back."""
