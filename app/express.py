"""A short way to the database for the few hot statements: no session, no transaction around them, no types.

What the layers of SQLAlchemy and of the driver's cursors cost, and why that matters here, is in docs/performance.md.
"""

import threading
from collections.abc import Sequence
from typing import Any

import psycopg
import psycopg.pq.abc
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Engine

from app import db


class _Kept:
    """A connection that one thread keeps; closed when the thread ends or takes another."""

    def __init__(self, connection: psycopg.Connection[Any], engine: Engine) -> None:
        self.connection, self.engine = connection, engine
        self.prepared: dict[str, bytes] = {}

    def __del__(self) -> None:
        self.connection.close()


_own = threading.local()


def connection() -> psycopg.Connection[Any]:
    """A connection that this thread keeps for itself, for the few hot statements.

    Each statement sent on it is a transaction of its own and must name its member itself
    (`set_config('ici.member_id', …, true)` inside it); row-level security shows nothing to one that does not.
    """
    known: _Kept | None = getattr(_own, "kept", None)
    if known is None or known.connection.closed or known.engine is not db.engine():
        arguments = db.engine().dialect.create_connect_args(db.engine().url)[1]
        fresh = psycopg.connect(**arguments, autocommit=True, prepare_threshold=0, options=db.ONE_PLAN)
        known = _own.kept = _Kept(fresh, db.engine())
    return known.connection


Row = tuple[bytes | None, ...]


def ask(through: psycopg.Connection[Any], statement: str, parameters: Sequence[Any]) -> list[Row]:
    """Send one statement with `$1`… as it is, and take its rows as PostgreSQL writes them, without types.

    For the hot statements only: it skips the layers that turn values into Python objects and back, which cost more
    than the trip itself. On this thread's own connection the statement is prepared once. Raises `psycopg.Error`.
    """
    kept = _own_of(through)
    pgconn: Any = through.pgconn  # its types leave out that a parameter may be null
    if kept is not None:
        result = pgconn.exec_prepared(_prepared(kept, statement), _texts(parameters))
    else:
        result = pgconn.exec_params(statement.encode(), _texts(parameters))
    _check(result)
    columns = range(result.nfields)
    return [tuple([result.get_value(row, column) for column in columns]) for row in range(result.ntuples)]


def _own_of(through: psycopg.Connection[Any]) -> _Kept | None:
    """What this thread keeps, if this is its own connection."""
    kept: _Kept | None = getattr(_own, "kept", None)
    return kept if kept is not None and through is kept.connection else None


def _texts(parameters: Sequence[Any]) -> list[bytes | None]:
    return [value if value is None or type(value) is bytes else str(value).encode() for value in parameters]


def _prepared(kept: _Kept, statement: str) -> bytes:
    name = kept.prepared.get(statement)
    if name is None:
        name = f"hot_{len(kept.prepared)}".encode()
        _check(kept.connection.pgconn.prepare(name, statement.encode()))
        kept.prepared[statement] = name
    return name


def _check(result: PGresult) -> None:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise psycopg.errors.error_from_result(result)
