"""Tasks that arrive together: each gets its own outcome, once, whoever works on it."""

import threading
import time
from collections.abc import Sequence

import pytest

from app.sql.group_commit import Batcher
from tests.racing import at_once

LONG_S = 60.0


def doubled(tasks: Sequence[int]) -> list[int]:
    return [task * 2 for task in tasks]


def test_each_task_gets_its_own_outcome() -> None:
    batcher = Batcher(doubled, patience_s=0.001)
    assert at_once(16, lambda n: [batcher.do(n * 100 + i) for i in range(100)]) == [
        [(n * 100 + i) * 2 for i in range(100)] for n in range(16)
    ]


def test_one_group_is_worked_on_at_a_time() -> None:
    working = threading.Lock()
    overlaps: list[int] = []

    def work(tasks: Sequence[int]) -> Sequence[int]:
        if not working.acquire(blocking=False):
            overlaps.extend(tasks)
            return tasks
        try:
            return tasks
        finally:
            working.release()

    batcher = Batcher(work, patience_s=0.0)
    at_once(8, lambda n: [batcher.do(n) for _ in range(200)])
    assert overlaps == []


def test_a_task_that_is_alone_does_not_wait() -> None:
    batcher = Batcher(doubled, patience_s=LONG_S)
    assert [batcher.do(n) for n in range(3)] == [0, 2, 4]


def test_what_came_meanwhile_is_the_next_group() -> None:
    batcher, groups = held_up(waiting=3)
    assert sorted(len(group) for group in groups) == [1, 3]
    assert batcher.do(9) == 9


def test_a_group_waits_for_as_many_as_were_just_answered() -> None:
    batcher, groups = held_up(waiting=3)
    batcher._patience_s = LONG_S
    at_once(3, batcher.do)
    assert len(groups[-1]) == 3


def test_a_group_does_not_wait_for_ever() -> None:
    batcher, groups = held_up(waiting=3)
    batcher.do(7)
    assert groups[-1] == [7]


def test_when_the_work_fails_one_thread_hears_why_and_the_others_get_nothing() -> None:
    def fail(tasks: Sequence[int]) -> Sequence[int]:
        raise ValueError

    batcher = Batcher(fail, patience_s=0.001)
    heard: list[BaseException] = []

    def ask(number: int) -> int | None:
        try:
            return batcher.do(number)
        except ValueError as error:
            heard.append(error)
            return None

    assert at_once(8, ask) == [None] * 8
    assert 1 <= len(heard) <= 8


def test_after_a_failure_the_next_task_is_done() -> None:
    batcher = Batcher(lambda tasks: [1 / task for task in tasks], patience_s=0.001)
    with pytest.raises(ZeroDivisionError):
        batcher.do(0)
    assert batcher.do(2) == 0.5


def held_up(*, waiting: int) -> tuple[Batcher[int, int], list[list[int]]]:
    """A batcher whose first group of one was held until `waiting` others stood behind it; and its groups."""
    groups: list[list[int]] = []

    def work(tasks: Sequence[int]) -> Sequence[int]:
        groups.append(list(tasks))
        if len(groups) == 1:
            first.set()
            while len(batcher._waiting) < waiting:
                time.sleep(0.01)  # the others are on their way
        return tasks

    batcher: Batcher[int, int] = Batcher(work, patience_s=0.001)
    first = threading.Event()

    def ask(number: int) -> int | None:
        if number:
            first.wait(timeout=30)
        return batcher.do(number)

    at_once(waiting + 1, ask)
    return batcher, groups
