"""The lane of reports when something goes wrong, or when many come at once: a report is written once, or not at all."""

import json
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from app.consent.models import Level
from app.factory import Ici
from app.sql import db, trips
from geo.presence import reports
from offers.triggers import answers, lane, queries
from tests.both_ways import WAYS, by_way
from tests.racing import at_once
from tests.speaking import Speaker
from tests.triggers.factories import KEPT, Phone, frame_text, rows_of


@pytest.fixture
def phone(anyone: Speaker) -> Phone:
    return Phone(anyone)


def fail_once(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[int]:
    """Let this function fail when it is called first, after it did its work; how often it was called."""
    real, calls = getattr(module, name), list[int]()

    def failing(*args: Any, **named: Any) -> Any:
        calls.append(1)
        made = real(*args, **named)
        if len(calls) == 1:
            raise RuntimeError("half-way")
        return made

    monkeypatch.setattr(module, name, failing)
    return calls


def test_a_fault_half_way_is_done_again_by_flask_and_leaves_one_report(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = fail_once(monkeypatch, answers, "_keep")
    answer = phone.reports(phone.door)
    assert (answer.status_code, len(calls)) == (200, 2)
    assert {table: len(rows) for table, rows in rows_of(phone.member.id).items()} == dict.fromkeys(KEPT, 1)


def count_kept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a report came as far as to keep its triggers."""
    real, calls = answers._keep, list[int]()

    def counted(*args: Any, **named: Any) -> None:
        calls.append(1)
        real(*args, **named)

    monkeypatch.setattr(answers, "_keep", counted)
    return calls


def test_a_fault_that_stays_is_said_by_flask_and_leaves_nothing(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = queries.KEEP.replace("INSERT INTO trigger ", "INSERT INTO trigger_of_nobody ")
    monkeypatch.setattr(queries, "KEEP", broken)
    decided = count_kept(monkeypatch)
    answer = phone.reports(phone.door)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_fault")
    assert not any(rows_of(phone.member.id).values())
    assert len(decided) == 1  # the COMMIT failed, so nobody does it again


def lose_the_answer_to_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database commits, once, and the connection is lost before it says so."""
    real, lost = trips.send_calls, list[int]()

    def losing(connection: psycopg.Connection[Any], calls: Sequence[trips.Call]) -> Any:
        results = real(connection, calls)
        if calls[-1] == db.COMMIT and len(calls) > 1 and not lost:
            lost.append(1)
            connection.close()
            raise psycopg.OperationalError("lost")
        return results

    monkeypatch.setattr(trips, "send_calls", losing)


@pytest.mark.parametrize("way", WAYS)
def test_a_report_whose_commit_nobody_heard_of_is_not_done_twice(
    app: Ici, phone: Phone, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = count_kept(monkeypatch)
    lose_the_answer_to_commit(monkeypatch)
    with by_way(app, way):
        answer = phone.reports(phone.door)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert {table: len(rows) for table, rows in rows_of(phone.member.id).items()} == dict.fromkeys(KEPT, 1)
    assert len(done) == 1
    assert phone.reports(phone.door).get_json()["offers"] == []


def test_a_use_is_taken_once_though_its_commit_was_not_heard_of(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.phone.delete(f"/v1/permissions/{phone.brand.code}/beacon/in_store_offers")
    cell = phone.permits("beacon", level=Level.ONE_SHOT)
    lose_the_answer_to_commit(monkeypatch)
    assert phone.reports(phone.door).status_code == 503
    with db.system_transaction():
        [(uses,)] = db.fetch("SELECT count(*) FROM permission_use WHERE event_id = $1", [cell.event_id])
    assert uses == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_lock_is_waited_for_once(app: Ici, phone: Phone, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[int]()

    def wait(*_: Any, **__: Any) -> None:
        waits.append(1)
        raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")

    monkeypatch.setattr(reports, "read_ahead", wait)
    with by_way(app, way):
        answer = phone.reports(phone.door)
    assert (answer.status_code, answer.get_json()["code"], len(waits)) == (503, "database_unavailable", 1)


@pytest.mark.usefixtures("crowd")
def test_the_same_report_many_times_at_once_brings_something_once(app: Ici, anyone: Speaker) -> None:
    phone = Phone(anyone)
    body = {"beacons": [json.loads(frame_text(phone))]}
    phones = [Speaker(app.test_client(), phone.phone.token) for _ in range(16)]
    answered = at_once(16, lambda n: phones[n].post(lane.PATH, body).get_json())
    assert sorted(len(answer["offers"]) for answer in answered) == [0] * 15 + [2]
    assert {table: len(rows) for table, rows in rows_of(phone.member.id).items()} == dict.fromkeys(KEPT, 1)


@pytest.mark.usefixtures("crowd")
def test_a_withdrawal_among_many_reports_leaves_nothing_behind(app: Ici, anyone: Speaker) -> None:
    phone = Phone(anyone)
    phones = [Speaker(app.test_client(), phone.phone.token) for _ in range(9)]
    address = f"/v1/permissions/{phone.brand.code}/beacon/in_store_offers"
    body = {"beacons": [json.loads(frame_text(phone))]}

    def act(n: int) -> int:
        return (phones[n].post(lane.PATH, body) if n else phones[n].delete(address)).status_code

    assert set(at_once(9, act)) <= {200, 403}
    assert rows_of(phone.member.id) | {"decision": []} == {table: [] for table in KEPT}
