"""A report takes the same few statements however long it is, and none for what is not permitted."""

import pytest

from geo.presence import listeners
from tests.factories import PARIS, make_store
from tests.presence.factories import allow, fix, heard, make_beacon, make_circle, report
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


def test_a_report_of_a_beacon_is_four_trips_in_its_transaction(member, brand, place):
    allow(member, brand, "beacon")
    frame = make_beacon(place)
    report(member, heard(0, frame))
    with traced() as traffic:
        report(member, heard(1, frame))
    named = 1  # of the transaction of a test, with its BEGIN
    assert traffic.trips == named + 4, "locks with permissions, the beacon, what is known, COMMIT with what is new"


def test_without_a_permission_the_search_for_fences_is_never_run(member, brand, place):
    with sent_statements() as sent:
        report(member, fix(0))
    assert not any("fence_version" in one or "store" in one for one in sent)
    assert len(sent) <= 4
