"""A short way to the database for the few hot statements: no session, no transaction around them, no cursor.

What the layers of SQLAlchemy and of the driver's cursors cost, and why that matters here, is in docs/performance.md.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import psycopg.pq.abc
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.types.string import ByteaBinaryLoader
from sqlalchemy import Engine

from app.sql import db

Row = tuple[Any, ...]
"""A row as psycopg reads it, but for texts: they stay UTF-8 bytes, since they only travel on."""


LOADERS = AdaptersMap(psycopg.adapters)
LOADERS.register_loader("text", ByteaBinaryLoader)


class _Reading:
    """How the values of a row are read: from PostgreSQL's binary format, by psycopg's compiled loaders."""

    adapters, connection = LOADERS, None


class _Kept:
    """The connection that this process keeps, the database it belongs to, and the statements it has prepared."""

    def __init__(self, connection: psycopg.Connection[Any], engine: Engine) -> None:
        self.connection, self.engine = connection, engine
        self.prepared: dict[str, bytes] = {}

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
        if _kept is None or _kept.connection.closed or _kept.engine is not db.engine():
            arguments = db.engine().dialect.create_connect_args(db.engine().url)[1]
            _kept = _Kept(psycopg.connect(**arguments, autocommit=True, options=db.ONE_PLAN), db.engine())
        try:
            yield _kept.connection
        except BaseException:
            _kept.connection.close()
            raise


def ask_statement(through: psycopg.Connection[Any], statement: str, values: Sequence[Any]) -> list[Row]:
    """Send a statement with `$1`… as it is, with the values for them, and take its rows.

    For the hot statements only: it skips the layers of session and cursor, which cost more than the trip itself. On
    the kept connection it is prepared once, and a transaction of its own. Raises `psycopg.Error`.
    """
    sent: list[Any] = _texts(values)
    if _kept is not None and through is _kept.connection:
        result = through.pgconn.exec_prepared(_prepared(_kept, statement), sent, result_format=Format.BINARY)
    else:
        result = through.pgconn.exec_params(statement.encode(), sent, result_format=Format.BINARY)
    return _rows(result)


def _texts(values: Sequence[Any]) -> list[bytes | None]:
    return [None if value is None else _text(value).encode() for value in values]


def _text(value: Any) -> str:
    if type(value) is list:
        return "{" + ",".join([_quoted(item) if type(item) is str else _text(item) for item in value]) + "}"
    # UUID's own way to text is Python; these digits come from C, and PostgreSQL reads them too.
    return value.bytes.hex() if type(value) is UUID else str(value)


def _quoted(text: str) -> str:
    """An element of an array's text (PostgreSQL 15, section 8.15.2)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _prepared(kept: _Kept, statement: str) -> bytes:
    name = kept.prepared.get(statement)
    if name is None:
        name = f"hot_{len(kept.prepared)}".encode()
        _check(kept.connection.pgconn.prepare(name, statement.encode()))
        kept.prepared[statement] = name
    return name


def _rows(result: PGresult) -> list[Row]:
    _check(result)
    reader = Transformer(_Reading)
    reader.set_pgresult(result)
    return reader.load_rows(0, result.ntuples, tuple)


def _check(result: PGresult) -> None:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise psycopg.errors.error_from_result(result)
