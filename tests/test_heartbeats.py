"""Jobs that do not run are told of: each leaves a sign, and a process of jobs that dies is followed by another."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from app import clock, factory
from app.commands import housekeeping
from app.commands.housekeeping import KeptProcess, run_jobs
from app.config import Config
from app.factory import Ici
from app.ops import heartbeats
from app.ops.heartbeats import GRACE, TURNS, Heartbeat, watch_jobs
from app.ops.signs import Sign
from app.sql import db
from tests.factories import NOON
from tests.serving import PATIENCE_S, served
from tests.speaking import Speaker

EVERY_S = {"room.often": 2.0, "room.seldom": 600.0}
LATE = timedelta(seconds=2) * TURNS + GRACE


@pytest.fixture
def beats() -> Callable[..., None]:
    """Says when jobs ended, in place of what the jobs of others said."""
    with db.system_transaction():
        db.execute(delete(Heartbeat))
    return note


def note(**at: datetime) -> None:
    with db.system_transaction():
        for job, instant in at.items():
            heartbeats.note_beat(job=f"room.{job}", now=instant)


def seen(now: datetime) -> Sign:
    with db.system_transaction():
        return watch_jobs(EVERY_S, now=now)


def test_jobs_that_ran_in_their_time_ring_nothing(beats: Callable[..., None]) -> None:
    beats(often=NOON, seldom=NOON)
    assert seen(NOON + LATE).detail == "ok"


def test_a_job_that_missed_its_turns_rings_by_its_name(beats: Callable[..., None]) -> None:
    beats(often=NOON, seldom=NOON)
    assert seen(NOON + LATE + timedelta(seconds=1)).detail == "late: room.often; does `ici jobs` run?"


def test_when_no_job_runs_that_is_what_it_says(beats: Callable[..., None]) -> None:
    beats(often=NOON, seldom=NOON)
    assert seen(NOON + timedelta(days=1)).detail == "late: every job; does `ici jobs` run?"


def test_a_job_that_never_ran_is_late_as_if_it_had_run_at_first(beats: Callable[..., None]) -> None:
    beats(seldom=NOON)
    assert [seen(NOON + LATE).value, seen(NOON + LATE + timedelta(seconds=1)).value] == [0, 1]


def test_the_gauge_tells_how_long_ago_each_job_ended(beats: Callable[..., None]) -> None:
    beats(often=NOON, seldom=NOON - timedelta(minutes=1))
    assert seen(NOON + timedelta(seconds=5)).parts == {"room.often": 5.0, "room.seldom": 65.0}


def test_a_frequent_job_is_not_written_down_each_time(beats: Callable[..., None]) -> None:
    for second in range(0, 15, 5):
        beats(often=NOON + timedelta(seconds=second))
    assert seen(NOON + timedelta(seconds=10)).parts["room.often"] == 10


def test_a_job_that_ends_well_leaves_a_sign_and_one_that_fails_does_not(
    beats: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    @db.in_steps
    def stepwise(*, now: datetime) -> int:
        return 0

    def bad(*, now: datetime) -> int:
        raise ZeroDivisionError

    jobs = {"room.plain": lambda *, now: 0, "room.stepwise": stepwise, "room.bad": bad}
    monkeypatch.setattr(factory, "jobs", lambda: jobs)
    dict(run_jobs())
    with db.system_transaction():
        assert [db.get(Heartbeat, name) is not None for name in jobs] == [True, True, False]


def test_readyz_rings_for_jobs_and_takes_traffic_all_the_same(beats: Callable[..., None], anyone: Speaker) -> None:
    beats(often=clock.now() - timedelta(days=1))
    answer = anyone.get("/readyz")
    assert answer.status_code == 200
    assert "app.receipts.seal" in answer.get_json()["alarms"]["jobs"]


def test_every_job_is_watched(app: Ici, beats: Callable[..., None], anyone: Speaker) -> None:
    anyone.get("/readyz")
    told = anyone.get("/metrics").get_data(as_text=True)
    assert [name for name in factory.jobs() if f'ici_watched{{name="jobs/{name}"}}' not in told] == []


def starts(file: Path) -> list[int]:
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)  # another process acts: we can only look again


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "SOON_S", 0.01)
    monkeypatch.setattr(housekeeping, "LATEST_S", 0.04)


def program(file: Path, then: str) -> list[str]:
    """A process that writes down its number and then does this."""
    said = f"import os, sys; open({str(file)!r}, 'a').write(f'{{os.getpid()}} '); {then}"
    return [sys.executable, "-c", said]


@pytest.mark.usefixtures("soon")
def test_a_process_that_is_killed_is_followed_by_another(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    kept = KeptProcess(program(file, "sys.stdin.read()"))
    wait_for(lambda: len(starts(file)) == 1)
    os.kill(starts(file)[0], signal.SIGKILL)
    wait_for(lambda: len(starts(file)) == 2)
    kept.end()
    with pytest.raises(ProcessLookupError):
        os.kill(starts(file)[1], 0)


@pytest.mark.usefixtures("soon")
def test_a_process_that_ends_at_once_is_started_again_and_again(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    kept = KeptProcess(program(file, "sys.exit(1)"))
    wait_for(lambda: len(starts(file)) >= 3)
    kept.end()


@pytest.mark.usefixtures("soon")
def test_after_the_end_nothing_is_started(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    kept = KeptProcess(program(file, "sys.stdin.read()"))
    wait_for(lambda: len(starts(file)) == 1)
    kept.end()
    assert (len(starts(file)), threading.active_count()) == (1, threading.active_count())


@pytest.mark.usefixtures("soon")
def test_a_program_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    kept = KeptProcess([str(tmp_path / "program")])
    link = tmp_path / "new"
    link.write_text(f"#!/bin/sh\necho $$ >> {file}\nread line\n")
    link.chmod(0o755)
    link.rename(tmp_path / "program")
    wait_for(lambda: len(starts(file)) == 1)
    kept.end()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_jobs_of_a_server_are_started_again_when_they_are_killed(tmp_path: Path, settings: Config) -> None:
    with served(tmp_path, settings, durable=False, options=("--jobs",)) as server:
        wait_for(lambda: len(told(server.log, "jobs_started")) == 1)
        os.kill(int(told(server.log, "jobs_started")[0]["pid"]), signal.SIGKILL)  # type: ignore[call-overload]
        wait_for(lambda: len(told(server.log, "jobs_started")) == 2)
        assert [line["how"] for line in told(server.log, "jobs_ended")] == ["signal 9"]
        assert server.anyone.get("/livez").status_code == 200


def told(log: Path, event: str) -> list[dict[str, object]]:
    """What the log says of this event; a line that is being written is not read."""
    lines = [line for line in log.read_bytes().splitlines() if line.startswith(b"{") and line.endswith(b"}")]
    return [line for line in map(json.loads, lines) if line["event"] == event]
