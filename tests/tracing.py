"""What goes to the database, as libpq sees it: statements of SQLAlchemy and those that are sent as they are."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import psycopg
from sqlalchemy import event

from app.sql import db, trips

SENT = re.compile(r"\tF\t\d+\t(\w+)")


@dataclass
class Traffic:
    """The names of the messages that were sent, once the block is left."""

    messages: list[str] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """How many statements ran, BEGIN and COMMIT among them."""
        return self.messages.count("Execute") + self.messages.count("Query")

    @property
    def trips(self) -> int:
        """How often an answer was waited for."""
        return self.messages.count("Sync") + self.messages.count("Query")


@contextmanager
def traced() -> Iterator[Traffic]:
    """Count what the connections of the pool send within this block."""
    traffic, seen = Traffic(), set[psycopg.Connection]()
    with tempfile.TemporaryFile() as file:

        def trace(connection: psycopg.Connection, *_: object) -> None:
            seen.add(connection)
            connection.pgconn.trace(file.fileno())

        event.listen(db.engine(), "checkout", trace)
        try:
            yield traffic
        finally:
            event.remove(db.engine(), "checkout", trace)
            for connection in seen:
                if not connection.closed:
                    connection.pgconn.untrace()
        file.seek(0)
        traffic.messages += SENT.findall(file.read().decode("utf-8", "replace"))


@contextmanager
def sent_statements() -> Iterator[list[str]]:
    """The texts of what is sent within this block, in their order, but for BEGIN, COMMIT and ROLLBACK."""
    sent: list[str] = []
    send_call, send_calls = trips.send_call, trips.send_calls

    def hear(*statements: str) -> None:
        sent.extend(one for one in statements if one.split(None, 1)[0] not in {"BEGIN", "COMMIT", "ROLLBACK"})

    def one(connection: Any, call: trips.Call) -> Any:
        hear(call.statement)
        return send_call(connection, call)

    def many(connection: Any, calls: Sequence[trips.Call]) -> Any:
        if len(calls) > 1:  # a single one goes by `send_call`
            hear(*(call.statement for call in calls))
        return send_calls(connection, calls)

    event.listen(db.engine(), "before_cursor_execute", listener := lambda *given: hear(given[2]))
    try:
        with mock.patch.object(trips, "send_call", one), mock.patch.object(trips, "send_calls", many):
            yield sent
    finally:
        event.remove(db.engine(), "before_cursor_execute", listener)
