"""Trips to the database: constant statements that are sent as they are, several at once where they can go together.

Each is prepared once on each connection. It leaves out the layers of SQLAlchemy and of the driver's cursors, which cost
more than the trip itself (docs/performance.md). `app.sql.db` and `app.sql.hot_statements` send with it, nobody else.
"""

import select
import time
from collections import namedtuple
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult

from app.sql import patience
from app.sql.patience import DatabaseSilent

Row = TypeVar("Row")

FAILED = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.PIPELINE_ABORTED})


class Call(NamedTuple):
    """A statement with `$1`…, and the values for them."""

    statement: str
    values: Sequence[Any] = ()


_prepared: WeakKeyDictionary[psycopg.Connection[Any], dict[str, bytes]] = WeakKeyDictionary()
"""The names of the statements that each connection has prepared."""

_numbers = count()


def send_call(connection: psycopg.Connection[Any], call: Call) -> PGresult:
    """Send one statement and wait for its result.

    Raises `psycopg.Error`. A connection that was lost, or interrupted before its answer was whole, is closed.
    """
    name = _name(connection, _names_of(connection), call.statement)
    sent, formats = _values(call.values)
    try:
        connection.pgconn.send_query_prepared(name, sent, formats, Format.BINARY)
        result = _received(connection)[-1]
    except BaseException as error:
        _give_up(connection, error)
        raise
    return _checked(connection, result)


def send_calls(connection: psycopg.Connection[Any], calls: Sequence[Call]) -> list[PGresult]:
    """Send several statements in one trip; after one that fails none is run.

    Raises `psycopg.Error`. A connection that was lost, or interrupted before its answer was whole, is closed.
    """
    if len(calls) == 1:
        return [send_call(connection, calls[0])]
    names = _names_of(connection)
    prepared = [(_name(connection, names, call.statement), *_values(call.values)) for call in calls]
    pgconn = connection.pgconn
    try:
        pgconn.enter_pipeline_mode()
        for name, sent, formats in prepared:
            pgconn.send_query_prepared(name, sent, formats, Format.BINARY)
        pgconn.pipeline_sync()
        results = _received(connection)
        pgconn.exit_pipeline_mode()
    except BaseException as error:
        _give_up(connection, error)
        raise
    return [_checked(connection, result) for result in results]


def send_word(connection: psycopg.Connection[Any], word: bytes, *, within_s: float | None = None) -> None:
    """Send one word of the session (`ROLLBACK`, or nothing at all) as it is, and wait until it is done.

    `within_s` is less time than the connection has for an answer. Raises `psycopg.Error`; a connection that does not
    answer is closed.
    """
    try:
        connection.pgconn.send_query(word)
        results = _received(connection, within_s=within_s)
    except BaseException:
        connection.close()
        raise
    _checked(connection, results[-1])


def forget_prepared(connection: psycopg.Connection[Any]) -> None:
    """The driver has thrown away what this connection had prepared; it is prepared again when needed."""
    _prepared.pop(connection, None)


def rows_of(result: PGresult, *, context: Any, shape: Callable[[Sequence[Any]], Row]) -> list[Row]:
    """The rows of a result in binary format, read by the driver's loaders for this context."""
    [rows] = rows_of_each([result], context=context, shape=shape)
    return rows


def rows_of_each(
    results: Sequence[PGresult], *, context: Any, shape: Callable[[Sequence[Any]], Row]
) -> list[list[Row]]:
    """The rows of several results, for which each loader is looked up once."""
    reader = Transformer(context)
    read = []
    for result in results:
        reader.set_pgresult(result)
        read.append(reader.load_rows(0, result.ntuples, shape))
    return read


def names_in(result: PGresult) -> Callable[[Sequence[Any]], Any]:
    """A shape for the rows of this result and of all like it: each with its columns by name.

    A column that has none (`SELECT 1`) is there by its place alone.
    """
    names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
    return partial(tuple.__new__, namedtuple("Row", names, rename=True))


def _names_of(connection: psycopg.Connection[Any]) -> dict[str, bytes]:
    return _prepared.setdefault(connection, {})


def _name(connection: psycopg.Connection[Any], known: dict[str, bytes], statement: str) -> bytes:
    name = known.get(statement)
    if name is None:
        name = f"ici_{next(_numbers)}".encode()
        try:
            connection.pgconn.send_prepare(name, statement.encode())
            result = _received(connection)[-1]
        except BaseException as error:
            _give_up(connection, error)
            raise
        _checked(connection, result)
        known[statement] = name
    return name


def _give_up(connection: psycopg.Connection[Any], error: BaseException) -> None:
    """Close a connection in the middle of a trip, as nobody could tell whose answer comes next."""
    connection.close()
    if isinstance(error, DatabaseSilent):
        patience.note_silence()


def _received(connection: psycopg.Connection[Any], *, within_s: float | None = None) -> list[PGresult]:
    """The results up to the mark that ends the trip. Other threads run while this one waits.

    Raises `DatabaseSilent` when the time of this connection for an answer is over.
    """
    pgconn = connection.pgconn
    answer_s = within_s or getattr(connection, "answer_s", None)
    until_s = None if answer_s is None else time.monotonic() + answer_s
    waiting = select.poll()
    if pgconn.flush():
        waiting.register(pgconn.socket, select.POLLIN | select.POLLOUT)
        _wait(pgconn, waiting, until_s)
        while pgconn.flush():
            _wait(pgconn, waiting, until_s)
    waiting.register(pgconn.socket, select.POLLIN)
    in_pipeline = pgconn.pipeline_status != PipelineStatus.OFF
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            _wait(pgconn, waiting, until_s)
        result = pgconn.get_result()
        if result is None:
            if not in_pipeline:
                return results
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _wait(pgconn: PGconn, waiting: select.poll, until_s: float | None) -> None:
    """Wait until the database says something, or takes something, and read it. Raises `DatabaseSilent`."""
    if until_s is None:
        waiting.poll()
    else:
        left_s = until_s - time.monotonic()
        if not waiting.poll(max(0.0, left_s * 1000)) and left_s <= 0:
            raise DatabaseSilent("no answer within the time of this connection")
    pgconn.consume_input()


def _checked(connection: psycopg.Connection[Any], result: PGresult) -> PGresult:
    if result.status in FAILED:
        error = psycopg.errors.error_from_result(result)
        lost = connection.closed and not isinstance(error, psycopg.OperationalError)
        raise psycopg.OperationalError(str(error)) if lost else error
    return result


def _values(values: Sequence[Any]) -> tuple[list[Any], list[Format] | None]:
    kinds = [*map(type, values)]
    write = WRITERS.get
    sent = [v if kind in AS_IT_IS else write(kind, _text)(v).encode() for v, kind in zip(values, kinds, strict=True)]
    return sent, [Format.BINARY if kind is bytes else Format.TEXT for kind in kinds] if bytes in kinds else None


def _text(value: Any) -> str:
    """A value as PostgreSQL reads it from text. Raises `TypeError` for a type that nobody has thought of."""
    write = WRITERS.get(type(value))
    if write is None:
        # An enum, say, which is what it is a kind of.
        write = next((write for kind, write in WRITERS.items() if isinstance(value, kind)), None)
    if write is None:
        raise TypeError(f"no way to send {type(value).__name__} to the database")
    return write(value)


def _array(values: Sequence[Any]) -> str:
    """The text of an array (PostgreSQL 15, section 8.15.2)."""
    if len(values) == 1:  # as most are
        [value] = values
        return f"{{{ELEMENTS.get(type(value), _element)(value)}}}"
    return "{" + ",".join([ELEMENTS.get(type(value), _element)(value) for value in values]) + "}"


def _element(value: Any) -> str:
    """An element of an array's text, of whatever type."""
    text = _text(value)
    return _quoted(text) if isinstance(value, str | dict) else text


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


AS_IT_IS = frozenset({type(None), bytes})

WRITERS: dict[type[Any], Callable[[Any], str]] = {
    UUID: lambda value: f"{value.int:032x}",  # these digits come from C, its own way to text is Python
    str: str.__str__,
    bool: str,
    int: int.__repr__,
    float: float.__repr__,
    Decimal: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    list: _array,
    tuple: _array,
    dict: lambda value: orjson.dumps(value).decode(),
    bytes: lambda value: "\\\\x" + value.hex(),  # only inside an array, whose text takes the first backslash away
}
"""How a value of each type becomes text."""

ELEMENTS: dict[type[Any], Callable[[Any], str]] = {
    **WRITERS,
    type(None): lambda value: "NULL",
    str: _quoted,
    dict: lambda value: _quoted(_text(value)),
}
"""How it becomes an element of an array's text."""
