"""The migration that this code expects to find in the database."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@cache
def expected_head() -> str | None:
    """The newest revision in `migrations/`."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
