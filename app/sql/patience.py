"""How long we wait for the database, and what happens when it says nothing at all.

PostgreSQL itself ends what takes too long, as long as it lives. One that hangs (its disk, its machine, the network)
does not even do that, so each wait has an end of its own here, a little later. Who waited in vain says so; from then on
one at a time tries, and the others of this process are told at once, so that no thread waits for what others wait for.
"""

import math
import threading
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout
from sqlalchemy import URL

from app.logs import log
from app.settings import DatabaseLimits

Answer = TypeVar("Answer")

RETRY_S = 0.5
"""How long after a wait in vain the next one tries."""

KEEPALIVES = 3
"""How many signs of life that nobody acknowledges make a connection dead (`tcp_s` in all)."""

INTERVAL_S = 0.1
"""How often the driver looks whether it is interrupted while it waits."""


class DatabaseSilent(psycopg.OperationalError):
    """The database did not answer in time. Whether it did what it was asked is not known."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose statements have a time by which an answer must come; it is closed when none does."""

    answer_s: float | None = None

    def wait(self, gen: PQGen[Answer], interval: float = INTERVAL_S, timeout: float | None = None) -> Answer:
        """The driver's own wait for its statements, with an end. Raises `DatabaseSilent`."""
        until = math.inf if self.answer_s is None or timeout is not None else time.monotonic() + self.answer_s
        try:
            return super().wait(gen, interval, self.answer_s if timeout is None else timeout)
        except psycopg.OperationalError as error:
            # The driver's own exception for this has a private name.
            if time.monotonic() < until or error.sqlstate is not None:
                raise
            self.close()
            note_silence()
            raise DatabaseSilent(f"no answer within {self.answer_s} s") from error


def connect_driver(limits: DatabaseLimits, **arguments: Any) -> PatientConnection:
    """Connect with these arguments of the driver. Raises `psycopg.OperationalError`."""
    try:
        connection = PatientConnection.connect(**arguments)
    except ConnectionTimeout:
        if limits.answer_s:
            note_silence()
        raise
    connection.answer_s = limits.answer_s or None
    return connection


def driver_arguments(url: URL, limits: DatabaseLimits, *, settings: str) -> dict[str, Any]:
    """What the driver is told, besides the address and the settings of PostgreSQL: whatever the address says, stays."""
    ours = {
        "connect_timeout": math.ceil(limits.connect_s),
        "tcp_user_timeout": _milliseconds(limits.tcp_s),
        "keepalives_idle": max(1, round(limits.tcp_s)),
        "keepalives_interval": max(1, round(limits.tcp_s / KEEPALIVES)),
        "keepalives_count": KEEPALIVES,
    }
    ends = {
        "statement_timeout": limits.statement_s,
        "lock_timeout": limits.lock_s,
        "idle_in_transaction_session_timeout": limits.idle_s,
    }
    options = [settings, *(f"-c {name}={_milliseconds(seconds)}" for name, seconds in ends.items())]
    told = {name: value for name, value in ours.items() if name not in url.query}
    return told | {"options": " ".join(filter(None, options))}


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


_trying = threading.Lock()
_next_try_s: float | None = None
"""When somebody may try again; None as long as the database answers."""


def note_silence() -> None:
    """Say that the database did not answer: others need not wait for it too."""
    global _next_try_s
    if _next_try_s is None:
        log.error("database_silent")
    _next_try_s = time.monotonic() + RETRY_S


def note_failure() -> None:
    """Say that a try has failed, however it did: the next one may try soon."""
    if _next_try_s is not None:
        note_silence()


def note_answer() -> None:
    """Say that the database answered."""
    global _next_try_s
    if _next_try_s is not None:
        _next_try_s = None
        log.warning("database_answers")


def require_answers(limits: DatabaseLimits) -> None:
    """Raise `DatabaseSilent` while the database does not answer, but for one who may try whether it does again."""
    global _next_try_s
    if _next_try_s is None or not limits.answer_s:
        return
    with _trying:
        if _next_try_s is None:
            return
        if time.monotonic() < _next_try_s:
            raise DatabaseSilent("the database did not answer a moment ago")
        _next_try_s = time.monotonic() + limits.connect_s + limits.answer_s
