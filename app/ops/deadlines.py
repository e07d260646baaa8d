"""Costly work for a request ends when its time is over, or when nobody waits for its answer any more.

Whoever takes such work on says how long it may take, whoever does it asks between two rows, and the refusal rolls back
what was begun. Without a limit the question costs nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.errors import CallerGone, DeadlinePassed

_ends: ContextVar[float | None] = ContextVar("ends", default=None)
_is_gone: ContextVar[Callable[[], bool] | None] = ContextVar("is_gone", default=None)


@contextmanager
def limit_work(*, seconds: float) -> Iterator[None]:
    """Give what is done inside the block so many seconds; a limit around it that ends sooner stays."""
    ends, around = time.monotonic() + seconds, _ends.get()
    token = _ends.set(ends if around is None else min(ends, around))
    try:
        yield
    finally:
        _ends.reset(token)


@contextmanager
def watch_caller(*, is_gone: Callable[[], bool]) -> Iterator[None]:
    """Let what is done inside the block ask whether its caller has hung up: the server's edge knows that alone."""
    token = _is_gone.set(is_gone)
    try:
        yield
    finally:
        _is_gone.reset(token)


def check_deadline() -> None:
    """Between two rows: whether this work goes on. Raises `DeadlinePassed`, `CallerGone`."""
    ends, is_gone = _ends.get(), _is_gone.get()
    if ends is not None and time.monotonic() >= ends:
        raise DeadlinePassed(retry_after_s=30)
    if is_gone is not None and is_gone():
        raise CallerGone
