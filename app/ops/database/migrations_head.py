"""The migration that this code expects to find in the database."""

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parents[3] / "migrations"


@cache
def expected_head() -> str | None:
    """The newest revision in `migrations/`."""
    return _revisions().get_current_head()


@cache
def is_newer(revision: str | None) -> bool:
    """Whether tables at this revision were made by a later release: it serves on them, as migrations only add.

    A revision that `migrations/` does not hold is one of the future.
    """
    return revision is not None and revision not in {script.revision for script in _revisions().walk_revisions()}


@cache
def _revisions() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
