"""Jobs run as often as their room says, each by itself, and a failing one stops no other."""

from datetime import datetime

import pytest
from sqlalchemy import text

from app import factory
from app.commands.housekeeping import Timetable, run_jobs, timetables
from app.factory import Ici
from app.sql import db
from app.sql.locks import JOBS_CLASS


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two jobs in place of all."""

    def good(*, now: datetime) -> int:
        return 1

    def bad(*, now: datetime) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(factory, "jobs", lambda: {"room.bad": bad, "room.good": good})


def test_every_cadence_is_that_of_a_job(app: Ici) -> None:
    assert set(factory.cadences()) <= set(factory.jobs())


def test_the_log_is_sealed_much_more_often_than_it_is_promised(app: Ici) -> None:
    assert factory.cadences()["app.receipts.seal"] <= 60 / 6


def test_every_job_is_in_one_timetable(app: Ici) -> None:
    named = [name for timetable in timetables(600) for name in timetable.every_s]
    assert sorted(named) == sorted(factory.jobs())


def test_what_runs_every_few_seconds_waits_for_nothing_else(app: Ici) -> None:
    assert {"app.receipts.seal": 2} in [timetable.every_s for timetable in timetables(600)]


def test_a_job_is_due_at_once_and_then_in_its_time() -> None:
    timetable = Timetable({"often": 2, "seldom": 10})
    assert sorted(timetable.due(100)) == ["often", "seldom"]
    assert list(timetable.due(101)) == []
    assert list(timetable.due(102)) == ["often"]
    assert sorted(timetable.due(110)) == ["often", "seldom"]


def test_the_wait_is_until_the_next_one() -> None:
    timetable = Timetable({"often": 2, "seldom": 10})
    timetable.due(100)
    assert (timetable.wait_s(100.5), timetable.wait_s(105)) == (1.5, 0)


def test_a_timetable_without_jobs_waits() -> None:
    assert Timetable({}).wait_s(100) > 0


@pytest.mark.usefixtures("jobs")
def test_a_failing_job_stops_no_other(app: Ici) -> None:
    assert dict(run_jobs()) == {"room.bad": None, "room.good": 1}


@pytest.mark.usefixtures("jobs")
def test_only_the_named_jobs_run(app: Ici) -> None:
    assert dict(run_jobs(["room.good"])) == {"room.good": 1}


@pytest.mark.usefixtures("jobs")
def test_a_job_that_another_process_runs_is_left_to_it(app: Ici) -> None:
    with db.engine().begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:class, hashtext('room.good'))"), {"class": JOBS_CLASS})
        assert dict(run_jobs()) == {"room.bad": None}


@pytest.mark.usefixtures("jobs")
def test_a_job_that_is_done_can_be_run_by_another_process(app: Ici) -> None:
    assert [dict(run_jobs()), dict(run_jobs())] == [{"room.bad": None, "room.good": 1}] * 2


def test_a_job_in_steps_is_given_no_transaction(app: Ici, monkeypatch: pytest.MonkeyPatch) -> None:
    @db.in_steps
    def stepwise(*, now: datetime) -> int:
        with pytest.raises(LookupError):
            db.session()
        return 1

    monkeypatch.setattr(factory, "jobs", lambda: {"room.stepwise": stepwise})
    assert dict(run_jobs()) == {"room.stepwise": 1}


def test_messages_and_notices_are_sent_in_steps(app: Ici) -> None:
    named = ["app.messages.send_messages", "app.messages.tell_sinks"]
    assert [getattr(factory.jobs()[name], "in_steps", False) for name in named] == [True, True]
