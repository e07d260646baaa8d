"""Connections of the pool: one that was used a moment ago is taken as it is, an idle one is asked first if it lives.

A trusted connection may be dead all the same. Its first statement then finds out, says so here, and begins again on
another, which is asked first, as are all that were idle at that moment.
"""

import time
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from app.settings import DatabaseLimits
from app.sql import patience, trips

ASK_S = 1.0
"""How long an idle connection may take to say that it lives; one whose way was cut off never does."""

TRUSTED_S = 5.0
"""How long a connection is trusted after its last use."""

PREPARED_MAX = 1000
"""How many statements the driver keeps prepared; its own 100 are fewer than the hot routes have."""

_doubted_at = 0.0


def watch_pool(engine: Engine, limits: DatabaseLimits) -> None:
    """Ask each connection that the pool gives out whether it lives, unless it was used a moment ago.

    None is waited for longer than these limits say.
    """

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _entry: Any, _: Any, arguments: dict[str, Any]) -> psycopg.Connection[Any]:
        return patience.connect_driver(limits, **arguments)

    @event.listens_for(engine, "connect")
    def keep_prepared(connection: Any, _: Any) -> None:
        connection.prepared_max = PREPARED_MAX

    @event.listens_for(engine, "checkin")
    def note_use(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask_idle(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        used_at = entry.info.get("used_at")
        if used_at is None or (used_at > _doubted_at and time.monotonic() - used_at < TRUSTED_S):
            return
        try:
            trips.send_word(connection, b"SELECT", within_s=ASK_S)
        except psycopg.OperationalError as error:
            raise InvalidatePoolError from error
        if connection.closed:
            raise InvalidatePoolError

    # The driver throws away all that a connection has prepared when it rolls back itself.
    @event.listens_for(engine, "rollback")
    def forget_after_rollback(connection: Connection) -> None:
        if connection.invalidated:
            return
        driver: Any = connection.connection.driver_connection
        if driver.info.transaction_status != TransactionStatus.IDLE:
            trips.forget_prepared(driver)

    @event.listens_for(engine, "rollback_savepoint")
    def forget_after_savepoint(connection: Connection, *_: Any) -> None:
        trips.forget_prepared(connection.connection.driver_connection)  # type: ignore[arg-type]


def doubt_idle() -> None:
    """A connection was dead: whatever was idle until now is asked before it is trusted again."""
    global _doubted_at
    _doubted_at = time.monotonic()
