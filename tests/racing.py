"""Races: the same thing done by many at once, with real threads and real commits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(count: int, do: Callable[[int], T]) -> list[T]:
    """Call `do(0)` … `do(count - 1)` from as many threads, all released together; their results in that order."""
    start = threading.Barrier(count)

    def run(number: int) -> T:
        start.wait(timeout=30)
        return do(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
