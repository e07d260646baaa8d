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
from psycopg import generators, waiting
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.types.string import ByteaBinaryLoader
from sqlalchemy import Engine

from app import db

Statement = tuple[str, Sequence[Any]]
"""A statement with `$1`…, and the values for them."""

Row = tuple[Any, ...]
"""A row as psycopg reads it, but for texts: they stay UTF-8 bytes, since they only travel on."""


LOADERS = AdaptersMap(psycopg.adapters)
LOADERS.register_loader("text", ByteaBinaryLoader)


class _Reading:
    """How the values of a row are read: from PostgreSQL's binary format, by psycopg's compiled loaders."""

    adapters, connection = LOADERS, None


LOOK_AGAIN_S = 5.0
"""How often the wait for an answer lets signals through; it has no end of its own, as a plain call has none."""


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
def kept() -> Iterator[psycopg.Connection[Any]]:
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


def ask(through: psycopg.Connection[Any], asked: Sequence[Statement], *, as_one: bool = False) -> list[list[Row]]:
    """Send statements as they are, and take the rows of each.

    For the hot statements only: it skips the layers of session and cursor, which cost more than the trip itself. On
    the kept connection they are prepared once and travel together; each is a transaction of its own, or, `as_one`, all
    are one: then one failure undoes them all. Raises `psycopg.Error`.
    """
    pgconn: Any = through.pgconn  # its types leave out that a parameter may be null
    if _kept is None or through is not _kept.connection:
        return [
            _rows(pgconn.exec_params(statement.encode(), _texts(values), result_format=Format.BINARY))
            for statement, values in asked
        ]
    sent = [(_prepared(_kept, statement), _texts(values)) for statement, values in asked]
    if len(sent) == 1:
        return [_rows(pgconn.exec_prepared(*sent[0], result_format=Format.BINARY))]
    pgconn.enter_pipeline_mode()
    results = waiting.wait(_conversation(pgconn, sent, as_one), pgconn.socket, LOOK_AGAIN_S)
    rows = [_rows(result) for result in results]
    pgconn.exit_pipeline_mode()
    return rows


def _conversation(pgconn: Any, sent: Sequence[tuple[bytes, list[bytes | None]]], as_one: bool) -> Any:
    """Send all, then take all, the end of each transaction too: libpq's pipeline mode (PostgreSQL 15, section 34.5)."""
    for name, values in sent:
        pgconn.send_query_prepared(name, values, result_format=Format.BINARY)
        if not as_one:
            pgconn.pipeline_sync()
    if as_one:
        pgconn.pipeline_sync()
    while pgconn.flush():
        yield waiting.Wait.RW
        pgconn.consume_input()
    results: list[PGresult] = []
    for _ in range(len(sent) + (1 if as_one else len(sent))):
        results += yield from generators.fetch_many(pgconn)
    return [result for result in results if result.status != ExecStatus.PIPELINE_SYNC]


def _texts(parameters: Sequence[Any]) -> list[bytes | None]:
    return [value if value is None or type(value) is bytes else _text(value).encode() for value in parameters]


def _text(value: Any) -> str:
    # UUID's own way to text is Python; these digits come from C, and PostgreSQL reads them too.
    return value.bytes.hex() if type(value) is UUID else str(value)


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
