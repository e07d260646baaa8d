"""Beacons that many hear, and ids that many work out, at the same time."""

import uuid

import pytest

from app.sql import db
from geo.beacons import health, resolution
from geo.beacons.health import Hearing
from geo.beacons.hearing import RECOGNISE
from tests.beacons.factories import Radio, forget_everybody, heard_of, make_beacon
from tests.factories import NOON, made, make_store
from tests.racing import at_once


@pytest.fixture
def store(brand):
    return make_store(brand)


def test_phones_at_once_are_all_counted_and_wait_in_no_circle(store):
    forget_everybody()
    beacons, people = [make_beacon(store) for _ in range(4)], [uuid.uuid4() for _ in range(8)]

    def hear(number):
        order = beacons if number % 2 else beacons[::-1]
        with made():
            hearings = [Hearing(heard_of(beacon), NOON) for beacon in order]
            health.note_heard(whose=people[number], hearings=hearings, now=NOON)

    at_once(len(people), hear)
    with made():
        heard = db.fetch("SELECT beacon_id, count(*) FROM beacon_hearing GROUP BY 1")
    parts = {b.id: len({health._part(b.id, NOON.date(), who) for who in people}) for b in beacons}
    assert dict(heard) == parts


def test_jobs_at_once_write_each_id_once(store):
    radios = [Radio() for _ in range(4)]
    beacons = [radio.register(store) for radio in radios]
    with made():
        db.fetch("UPDATE beacon_clock SET known_until = set_at WHERE beacon_id = ANY($1)", [[b.id for b in beacons]])
    at_once(3, lambda _: resolution.extend_ids(now=NOON))
    assert [radio.heard(NOON).beacon_id for radio in radios] == [beacon.id for beacon in beacons]


def test_phones_that_hear_the_same_strangers_wait_in_no_circle(store):
    forget_everybody()
    strangers = [(uuid.uuid4().bytes[:8], NOON) for _ in range(20)]

    def note(number):
        with made():
            resolution.note_unknown(strangers if number % 2 else strangers[::-1], now=NOON)

    at_once(6, note)
    with made():
        assert db.fetch("SELECT count(*) FROM unknown_eid") == [(20,)]


def test_phones_at_once_teach_one_clock(store):
    radio = Radio()
    beacon = radio.register(store)
    found = at_once(6, lambda _: radio.heard(NOON))
    assert {one.beacon_id for one in found} == {beacon.id}


def test_what_is_heard_is_found_by_index(store):
    make_beacon(store)
    with made():
        db.fetch("SET LOCAL enable_seqscan = off")
        plan = db.fetch(f"EXPLAIN {RECOGNISE}", [["ibeacon"], [b"x" * 20], [NOON], NOON])
    text = "\n".join(line for (line,) in plan)
    assert "uq_beacon_kind_identifier" in text
    assert "pk_ephemeral_id" in text
