"""A short way to the database for the few hot statements: no session, no transaction around them, no cursor.

What the layers of SQLAlchemy and of the driver's cursors cost, and why that matters here, is in docs/performance.md.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.string import ByteaBinaryLoader
from sqlalchemy import Engine

from app.sql import db, patience, trips

Row = tuple[Any, ...]
"""A row as psycopg reads it, but for texts: they stay UTF-8 bytes, since they only travel on."""


LOADERS = AdaptersMap(psycopg.adapters)
LOADERS.register_loader("text", ByteaBinaryLoader)


class _Reading:
    """How the values of a row are read: from PostgreSQL's binary format, by psycopg's compiled loaders."""

    adapters, connection = LOADERS, None


class _Kept:
    """The connection that this process keeps, and the database it belongs to."""

    def __init__(self, connection: psycopg.Connection[Any], engine: Engine) -> None:
        self.connection, self.engine = connection, engine

    def __del__(self) -> None:
        self.connection.close()


_one_at_a_time = threading.Lock()
_kept: _Kept | None = None


@contextmanager
def kept_connection() -> Iterator[psycopg.Connection[Any]]:
    """The connection that this process keeps for its hot statements, for one thread at a time.

    Each statement sent on it must name its member itself (`set_config('ici.member_id', …, true)` inside it);
    row-level security shows nothing to one that does not. After an exception the connection is closed, whatever state
    it was in, and the next caller gets a new one. Raises `psycopg.Error`.
    """
    global _kept
    with _one_at_a_time:
        db.require_answers()
        if _kept is None or _kept.connection.closed or _kept.engine is not db.engine():
            _kept = _Kept(db.open_connection(settings=db.ONE_PLAN), db.engine())
        try:
            yield _kept.connection
            patience.note_answer()
        except BaseException:
            _kept.connection.close()
            raise


def ask_statements(through: psycopg.Connection[Any], calls: Sequence[trips.Call]) -> list[list[Row]]:
    """Send several such statements in one trip, and take the rows of each. Raises `psycopg.Error`."""
    return trips.rows_of_each(trips.send_calls(through, calls), context=_Reading, shape=tuple)


def ask_statement(through: psycopg.Connection[Any], statement: str, values: Sequence[Any]) -> list[Row]:
    """Send a statement with `$1`… as it is, with the values for them, and take its rows.

    For the hot statements only: it skips the layers of session and cursor, which cost more than the trip itself. It is
    prepared once on each connection; on the kept one it is a transaction of its own. Raises `psycopg.Error`.
    """
    return trips.rows_of(trips.send_call(through, trips.Call(statement, values)), context=_Reading, shape=tuple)
