"""Tasks that arrive at the same time are done together, by one of the threads that brought them.

Each wait for the database gives the core and its caches to another process, and each commit waits for the disk; a group
pays for both once. What that buys is in docs/performance.md. PostgreSQL's own group commit does the same for the disk
alone.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


class _Place(Generic[Task, Outcome]):
    """A task that waits in a group; its thread sleeps until the bell rings, then has its outcome or leads."""

    __slots__ = ("bell", "leads", "outcome", "task")

    def __init__(self, task: Task, *, leads: bool) -> None:
        self.task, self.leads = task, leads
        self.outcome: Outcome | None = None
        self.bell = threading.Lock()
        self.bell.acquire()


class Batcher(Generic[Task, Outcome]):
    """Calls `work` with the tasks of a group, one group at a time; `work` gives their outcomes in the same order.

    A group is whatever came while the one before was worked on. It waits, but no longer than `patience_s` seconds, for
    as many as were just answered or stood behind them: who calls again and again then calls together. A task that is
    alone never waits.
    """

    def __init__(self, work: Callable[[Sequence[Task]], Sequence[Outcome]], *, patience_s: float) -> None:
        self._work, self._patience_s = work, patience_s
        self._arrival = threading.Condition()
        self._waiting: list[_Place[Task, Outcome]] = []
        self._is_led = False
        self._expected = 1

    def do(self, task: Task) -> Outcome | None:
        """The outcome of this task. When `work` raises, one thread of the group raises and the others get None."""
        with self._arrival:
            place: _Place[Task, Outcome] = _Place(task, leads=not self._is_led)
            self._is_led = True
            self._waiting.append(place)
            if len(self._waiting) >= self._expected:
                self._arrival.notify()
        if not place.leads:
            place.bell.acquire()
        if place.leads:
            self._lead()
        return place.outcome

    def _lead(self) -> None:
        group = self._gathered()
        try:
            outcomes = self._work([place.task for place in group])
            for place, outcome in zip(group, outcomes, strict=True):
                place.outcome = outcome
        finally:
            self._release(group)

    def _gathered(self) -> list[_Place[Task, Outcome]]:
        with self._arrival:
            if len(self._waiting) < self._expected:
                self._arrival.wait_for(lambda: len(self._waiting) >= self._expected, timeout=self._patience_s)
            group, self._waiting = self._waiting, []
            return group

    def _release(self, group: Sequence[_Place[Task, Outcome]]) -> None:
        """Let the group go, and the first of those who came meanwhile lead the next one."""
        with self._arrival:
            self._expected = len(group) + len(self._waiting)
            heir = self._waiting[0] if self._waiting else None
            self._is_led = heir is not None
        for place in group:
            place.bell.release()
        if heir is not None:
            heir.leads = True
            heir.bell.release()
