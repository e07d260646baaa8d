"""Other connections than the usual ones: many for a crowd, one for what must meet itself, or those of another database.

The usual ones are kept meanwhile, with all that they have prepared: to make them again costs more than most tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from app.config import Config
from app.settings import UNHURRIED
from app.sql import db

CONNECTIONS = 32
_crowds: dict[str, Engine] = {}


@contextmanager
def other_connections(url: str, **options: Any) -> Iterator[None]:
    """Within this block the process is connected to `url`, as `db.connect` says; afterwards as it was before."""
    usual, limits = db._engine, db._limits
    db._engine = None  # else it would be disposed of
    db.connect(url, **({"settings": db.ONE_PLAN} | options))
    try:
        yield
    finally:
        db.engine().dispose()
        db._engine, db._limits = usual, limits


@contextmanager
def one_connection(settings: Config, **options: Any) -> Iterator[None]:
    """Within this block every transaction uses the same connection."""
    with other_connections(settings.database_url, pool_size=1, max_overflow=0, **options):
        yield


@contextmanager
def many_connections(settings: Config) -> Iterator[None]:
    """Within this block the process has many connections, and threads wait their turn for one as long as it takes.

    They are kept for the next crowd, unless somebody still has one.
    """
    usual, limits = db._engine, db._limits
    crowd = _crowds.pop(settings.database_url, None)
    if crowd is None:
        dismiss_crowds()
        db._engine = None  # else it would be disposed of
        crowd = db.connect(
            settings.database_url, settings=db.ONE_PLAN, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=100
        )
    db._engine, db._limits = crowd, UNHURRIED
    try:
        yield
    finally:
        db._engine, db._limits = usual, limits
        if crowd.pool.checkedout():  # type: ignore[attr-defined]
            crowd.dispose()
        else:
            _crowds[settings.database_url] = crowd


def dismiss_crowds() -> None:
    """End the connections of crowds that were."""
    while _crowds:
        _crowds.popitem()[1].dispose()


@contextmanager
def no_database(settings: Config) -> Iterator[None]:
    """Within this block no database is there."""
    with other_connections(settings.database_url.replace("host=", "host=/nowhere")):
        yield
