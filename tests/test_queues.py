"""What takes "the oldest so many" of something: neither what is done nor what fails at the head stops the rest."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB

from app import factory
from app.rights import jobs
from app.rights.erasure import steps
from app.rights.models import Cause, Erasure
from app.sql import db, queues
from tests.factories import NOON, made, save

LATER = NOON + timedelta(minutes=11)


def complete_erasure(**given: Any) -> Erasure:
    fields = {"cause": Cause.MEMBER, "requested_at": NOON, "completed_at": NOON, "handles": {"marks": ["a card"]}}
    return save(Erasure(member_id=uuid.uuid4(), **(fields | given)))


def handles_of(*erasures: Erasure) -> list[Any]:
    with db.system_transaction():
        return [db.get(Erasure, one.member_id).handles for one in erasures]


def queue(*keys: int) -> Callable[[int], list[int]]:
    return lambda most: list(keys)[:most]


def fail_at(*bad: int) -> Callable[[int], int]:
    def act(key: int) -> int:
        if key in bad:
            raise ValueError(key)
        return 1

    return act


def test_an_erasure_behind_more_than_a_batch_of_finished_ones_is_looked_at_again() -> None:
    with made():
        finished = [complete_erasure() for _ in range(jobs.AT_ONCE + 1)]
    jobs.look_again(now=LATER)
    waiting = complete_erasure(completed_at=NOON + timedelta(seconds=30))
    jobs.look_again(now=LATER)
    assert handles_of(waiting, *finished) == [None] * (jobs.AT_ONCE + 2)


def test_an_erasure_that_is_looked_at_waits_no_more() -> None:
    erasure = complete_erasure()
    jobs.look_again(now=LATER)
    with db.system_transaction():
        null = select(Erasure.member_id).where(Erasure.member_id == erasure.member_id, Erasure.handles.is_(None))
        assert db.all_of(null) == [erasure.member_id]


def test_nothing_is_null_in_every_column_of_json() -> None:
    tables = db.Base.metadata.tables.values()
    documents = [column for table in tables for column in table.c if isinstance(column.type, JSONB)]
    assert [str(column) for column in documents if not column.type.none_as_null] == []


def test_a_batch_of_failing_erasures_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    with made():
        bad = {complete_erasure(completed_at=None).member_id for _ in range(3)}
    good = complete_erasure(completed_at=None, requested_at=LATER)
    step = steps.do_next_step

    def do_next_step(*, member_id: uuid.UUID, **when: Any) -> str | None:
        if member_id in bad:
            raise ValueError
        return step(member_id=member_id, **when)

    monkeypatch.setattr(steps, "do_next_step", do_next_step)
    with pytest.raises(queues.ThingsFailed):
        jobs.finish_erasures(now=NOON, most=3)
    with db.system_transaction():
        assert db.get(Erasure, good.member_id).completed_at == NOON
        db.execute(text("DELETE FROM erasure WHERE member_id = ANY(:bad)"), {"bad": list(bad)})


@pytest.mark.parametrize("bad", [(1,), (1, 2), (1, 2, 3)])
def test_what_fails_at_the_head_stops_nothing_behind_it(app: Any, bad: tuple[int, ...]) -> None:
    done: list[int] = []
    act = fail_at(*bad)
    with pytest.raises(queues.ThingsFailed):
        queues.work_through(queue(1, 2, 3, 4), lambda key: done.append(key) or act(key), what="test", at_once=2)
    assert set(done) == {1, 2, 3, 4}


def test_what_is_done_and_still_waits_stops_nothing_behind_it(app: Any) -> None:
    assert queues.work_through(queue(1, 2, 3, 4, 5), lambda key: 1, what="test", at_once=2) == 5


def test_what_fails_is_undone_alone(app: Any) -> None:
    def act(key: int) -> int:
        complete_erasure_in_here = Erasure(member_id=uuid.UUID(int=key), cause=Cause.MEMBER, requested_at=NOON)
        db.add(complete_erasure_in_here)
        return fail_at(1)(key)

    with pytest.raises(queues.ThingsFailed):
        queues.work_through(queue(1, 2), act, what="test", at_once=2)
    with db.system_transaction():
        found = [db.get(Erasure, uuid.UUID(int=key)) is not None for key in (1, 2)]
        db.execute(text("DELETE FROM erasure WHERE member_id = :made"), {"made": uuid.UUID(int=2)})
    assert found == [False, True]


def test_a_queue_that_another_process_works_through_is_left_to_it(app: Any) -> None:
    def meanwhile(key: int) -> int:
        return queues.work_through(queue(7), lambda _: 100, what="test", at_once=2) + 1

    assert queues.work_through(queue(1), meanwhile, what="test", at_once=2) == 1


ONE_STATEMENT = {
    "forget_", "idempotency.", "make_partitions", "drop_partitions", "note_acts", "note_sold_out", "mend_notes",
    "note_spent",
    "mend_noes", "trim_notes", "ring_alarm", "find_late", "seal", "refresh_opening_hours", "warn_sleeping",
    "end_coupon_passes", "cut_scores", "coarsen_", "count_footfall", "extend_ids", "find_lost_clocks", "count_days",
    "count_showings",
}  # fmt: skip
"""Jobs that take things together: by one statement, or in one order that must not be broken."""


def test_every_other_job_takes_its_things_one_by_one(app: Any) -> None:
    together = [name for name, job in factory.jobs().items() if not getattr(job, "in_steps", False)]
    assert [name for name in together if not any(part in name for part in ONE_STATEMENT)] == []
