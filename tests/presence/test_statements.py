"""A report takes the same few statements however long it is, and none for what is not permitted."""

import pytest

from app.sql import db
from app.sql.trips import Call
from geo.presence import listeners
from geo.presence.evidence.journeys import minute_of
from geo.presence.evidence.readings import read_ahead
from geo.presence.facts import Report
from geo.presence.listeners import Asking
from tests.factories import NOON, PARIS, make_store
from tests.presence.factories import allow, fix, heard, make_beacon, make_circle, refuse, report
from tests.tracing import sent_statements, traced


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nobody listens: what a transition brings is another room's to count."""
    monkeypatch.setattr(listeners, "AFTER_TRANSITIONS", [])


@pytest.fixture
def place(brand):
    store = make_store(brand)
    make_circle(store, brand)
    return store


def test_a_report_of_fifty_takes_as_many_statements_as_one(member, brand, place):
    allow(member, brand)
    allow(member, brand, "beacon")
    frame = make_beacon(place)
    report(member, fix(0), heard(0, frame, id="b"))
    with sent_statements() as one:
        report(member, fix(1), heard(1, frame, id="b"))
    with sent_statements() as fifty:
        report(
            member,
            *(fix(2 + n / 10, (PARIS[0] + n / 1e6, PARIS[1])) for n in range(50)),
            *(heard(2 + n / 10, frame) for n in range(50)),
        )
    assert len(fifty) <= len(one)
    assert len(one) <= 10


NAMED = 1
"""The trip of the transaction of a test, with its BEGIN."""


def test_a_report_of_a_beacon_is_two_trips_in_its_transaction(member, brand, place):
    allow(member, brand, "beacon")
    frame = make_beacon(place)
    report(member, heard(0, frame))
    with traced() as traffic:
        report(member, heard(1, frame))
    assert traffic.trips == NAMED + 2, "locks with permissions, the beacon and what is known; COMMIT with what is new"


def test_a_beacon_that_nobody_heard_before_costs_one_more(member, brand, place):
    allow(member, brand, "beacon")
    frame = make_beacon(place)
    with traced() as traffic:
        report(member, heard(0, frame))
    assert traffic.trips == NAMED + 3, "what is known of its store besides"


def test_a_beacon_that_was_moved_is_heard_where_it_is(member, brand, place):
    allow(member, brand, "beacon")
    frame, elsewhere = make_beacon(place), make_store(brand)
    report(member, heard(0, frame))
    with db.system_transaction():
        db.fetch("UPDATE beacon SET store_id = $1 WHERE identifier = $2 RETURNING 1", [elsewhere.id, frame])
    taken = report(member, heard(1, frame))
    assert [one.store_id for one in taken.transitions if one.kind == "entered"] == [elsewhere.id]


def test_where_beacons_are_not_permitted_none_is_looked_up(member, brand, place):
    allow(member, brand, "beacon")
    frame = make_beacon(place)
    assert looked_up(member, frame)
    refuse(member, brand, "beacon")
    assert not looked_up(member, frame)


def looked_up(member, frame):
    """The rows about this beacon that the first trip of a report brings."""
    said, asking = Report(beacons=[heard(0, frame)]), Asking(member.id, None, None, background=False)
    with db.member_transaction(member.id):
        return read_ahead(asking, said, since=minute_of(NOON), now=NOON, first=Call("SELECT 1")).heard


def test_without_a_permission_the_search_for_fences_is_never_run(member, brand, place):
    with sent_statements() as sent:
        report(member, fix(0))
    assert not any("fence_version" in one or "store" in one for one in sent)
    assert len(sent) <= 4
