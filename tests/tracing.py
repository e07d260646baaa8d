"""What goes to the database, as libpq sees it: statements of SQLAlchemy and those that are sent as they are."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import event

from app.sql import db

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
