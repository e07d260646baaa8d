"""What a member can ask for by law, of all that "here" keeps; and a database that has forgotten a no."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app import clock, config
from app.consent.models import Actor, PermissionEvent, State
from app.consent.noes import notes, rest
from app.ops import notebook
from app.rights import jobs
from app.rights.erasure import steps
from app.rights.export.access_export import access_export
from app.sql import db
from geo.presence.models import PURPOSE
from tests.here.factories import Stroller, rows_of
from tests.owntracks.factories import crossing
from tests.speaking import Speaker

OF_HERE = ("visit", "sighting", "trigger", "owntracks_access")


@pytest.fixture(autouse=True)
def file(app: object, tmp_path: Path) -> Iterator[Path]:
    """A notebook of this test's own."""
    usual = config.current()
    config.use_config(replace(usual, erasure_ledger=tmp_path / "notes.jsonl"))
    yield tmp_path / "notes.jsonl"
    config.use_config(usual)


@pytest.fixture
def stroller(anyone: Speaker) -> Stroller:
    """Somebody of whom every room of "here" keeps something."""
    stroller = Stroller(anyone)
    stroller.permits("geofence"), stroller.permits("beacon")
    stroller.hears(stroller.door, stroller.at_the_shelf)
    stroller.phone_too = stroller.owntracks()
    stroller.phone_too.say(crossing(stroller.fence, at=time.time()))
    assert all(rows_of(stroller.member.id, table) for table in OF_HERE)
    return stroller


def test_the_export_holds_all_of_it(stroller: Stroller) -> None:
    with db.member_transaction(stroller.member.id):
        export = access_export(member_id=stroller.member.id, language="fr", now=clock.now())
    rows = {held["table"]: held["rows"] for held in export["data"]}
    assert all(rows[table] for table in OF_HERE)
    assert stroller.phone_too.given["password"] not in json.dumps(rows, default=str)


def test_nothing_of_it_stays_of_who_is_erased(stroller: Stroller) -> None:
    with db.system_transaction():
        steps.request_erasure(member_id=stroller.member.id, now=clock.now())
    jobs.finish_erasures(now=clock.now(), most=100_000)
    assert [table for table in (*OF_HERE, "decision", "installation") if rows_of(stroller.member.id, table)] == []
    assert stroller.phone_too.send(b"{}").status_code == 401
    assert stroller.hears(stroller.door).status_code == 401


@pytest.fixture
def forgotten(stroller: Stroller) -> Iterator[Stroller]:
    """The database comes from a backup, of before the member said no to beacons."""
    about: dict[str, Any] = {"touchpoint": "beacon", "purpose": PURPOSE, "scope_kind": "brand", "recipient": ""}
    about |= {"member_id": stroller.member.id, "brand_id": stroller.brand.id, "scope_id": stroller.brand.id}
    no = PermissionEvent(
        **about, id=db.new_id(), state=State.WITHDRAWN, actor=Actor.DATA_SUBJECT, recorded_at=clock.now()
    )
    notebook.write_lines([notes.line_of_no(no).text])
    rest.find_missing(now=clock.now() + AFTER)
    yield stroller
    jobs.replay_noes(now=clock.now() + AFTER)
    rest.find_missing(now=clock.now() + AFTER)


AFTER = timedelta(hours=1)


def test_until_the_noes_are_said_again_nothing_of_here_is_taken(forgotten: Stroller) -> None:
    before = forgotten.kept()
    answers = [forgotten.hears(forgotten.at_the_shelf), forgotten.stands(), forgotten.crosses("leave")]
    assert [answer.get_json()["code"] for answer in answers] == ["permission_resting"] * 3
    forgotten.phone_too.say(crossing(forgotten.fence, "leave", at=time.time()))
    assert forgotten.kept() == before


def test_then_what_was_refused_is_gone(forgotten: Stroller) -> None:
    jobs.replay_noes(now=clock.now() + AFTER)
    kept = {table: rows_of(forgotten.member.id, table) for table in ("visit", "sighting")}
    assert "beacon" not in {one.touchpoint for rows in kept.values() for one in rows}
    assert rows_of(forgotten.member.id, "trigger") == []
