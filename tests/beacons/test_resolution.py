"""Ids that change, over a database: recognised in time, learnt from, lost and found."""

from datetime import timedelta

import pytest

from app.sql import db
from geo.beacons import resolution
from geo.beacons.models import BeaconClock
from tests.beacons.factories import PERIOD, Radio, forget_everybody
from tests.factories import NOON, made, make_store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store(brand):
    return make_store(brand)


@pytest.fixture(autouse=True)
def nobody_before():
    forget_everybody()


@pytest.fixture
def radio():
    return Radio()


@pytest.fixture
def beacon(radio, store):
    return radio.register(store)


def clock_of(beacon):
    with made():
        return db.get(BeaconClock, beacon.id)


def search(now):
    with made():
        return resolution.find_lost_clocks(now=now)


def written(beacon):
    with made():
        return db.fetch("SELECT count(*) FROM ephemeral_id WHERE beacon_id = $1", [beacon.id])[0][0]


def waiting():
    with made():
        return {eid for (eid,) in db.fetch("SELECT eid FROM unknown_eid")}


def test_an_id_is_recognised_at_once(radio, beacon, store):
    assert radio.heard(NOON)[:3] == (beacon.id, store.brand_id, store.id)


def test_the_ids_to_come_are_recognised(radio, beacon):
    resolution.extend_ids(now=NOON + HOUR)
    assert radio.heard(NOON + HOUR).beacon_id == beacon.id


def test_where_the_job_is_late_a_request_works_the_ids_out(radio, beacon):
    assert radio.heard(NOON + 10 * HOUR).beacon_id == beacon.id


def test_an_id_of_nobody_is_like_one_that_is_unknown(radio, beacon):
    assert Radio().heard(NOON) is None


def test_an_id_of_a_beacon_at_rest_is_like_one_of_nobody(radio, beacon):
    with made():
        db.fetch("UPDATE beacon SET status = 'inactive' WHERE id = $1", [beacon.id])
    assert radio.heard(NOON) is None


def test_an_id_of_yesterday_proves_nothing(radio, beacon):
    assert radio.heard(NOON, now=NOON + timedelta(minutes=5)) is not None
    resolution.extend_ids(now=NOON + DAY)
    assert radio.heard(NOON, now=NOON + DAY) is None


def test_ids_that_are_over_are_forgotten(beacon):
    before = written(beacon)
    for hour in range(1, 25):
        resolution.extend_ids(now=NOON + hour * HOUR)
    assert written(beacon) <= 2 * before


def test_the_key_is_sealed(radio, beacon):
    assert radio.key not in clock_of(beacon).sealed_key


def test_a_key_that_opens_no_more_holds_up_nobody(radio, beacon, store):
    other = Radio()
    other.register(store)
    with made():
        spoil = "UPDATE beacon_clock SET sealed_key = $2, known_until = set_at WHERE beacon_id = $1"
        db.fetch(spoil, [beacon.id, bytes(44)])
    resolution.extend_ids(now=NOON + HOUR)
    assert other.heard(NOON + HOUR) is not None


def test_a_clock_that_runs_fast_is_learnt(store):
    radio = Radio(exponent=4)
    radio.drift_ppm = 140
    beacon = radio.register(store)
    for hour in range(6, 24 * 8, 6):
        assert radio.heard(NOON + hour * HOUR) is not None, hour
    assert clock_of(beacon).drift_ppm == pytest.approx(140, abs=60)


def test_what_was_heard_long_ago_teaches_nothing(radio, beacon):
    radio.heard(NOON + PERIOD, now=NOON + PERIOD + timedelta(minutes=10))
    assert clock_of(beacon).heard_at is None


def test_an_unknown_id_waits_without_whoever_heard_it(radio, beacon):
    stranger = Radio()
    stranger.heard(NOON)
    assert waiting() == {stranger.eid(NOON)}


def test_few_unknown_ids_wait(monkeypatch):
    monkeypatch.setattr(resolution, "MOST_UNKNOWN", 3)
    for _ in range(5):
        Radio().heard(NOON)
    assert len(waiting()) == 3


def lose(radio, *, hours):
    """A change of battery: the clock goes on where it was kept."""
    radio.clock_s -= int(hours * 3_600)


@pytest.mark.parametrize("hours", [23, -23, 3])
def test_a_lost_clock_is_found_by_two_ids(radio, beacon, hours):
    lose(radio, hours=hours)
    first, second = NOON + 2 * HOUR, NOON + 2 * HOUR + PERIOD
    assert (radio.heard(first), radio.heard(second)) == (None, None)
    assert search(second) == 1
    assert radio.heard(second + PERIOD).beacon_id == beacon.id
    assert waiting() == set()


def test_one_recorded_id_sets_no_clock(radio, beacon):
    lose(radio, hours=20)
    for _ in range(3):
        assert radio.heard(NOON + 2 * HOUR) is None
    assert search(NOON + 2 * HOUR) == 0


def test_a_beacon_that_is_heard_is_not_searched(radio, beacon):
    assert radio.heard(NOON + 2 * HOUR) is not None
    recording = Radio(clock_s=radio.clock_s - 70_000)
    recording.key = radio.key
    assert recording.heard(NOON + 2 * HOUR) is None
    assert recording.heard(NOON + 2 * HOUR + PERIOD) is None
    assert search(NOON + 2 * HOUR + timedelta(minutes=30)) == 0


def test_unknown_ids_are_forgotten_after_a_day(radio, beacon):
    Radio().heard(NOON)
    search(NOON + 26 * HOUR)
    assert waiting() == set()


def test_the_search_of_nothing_opens_no_key(monkeypatch, beacon):
    monkeypatch.setattr("geo.beacons.identity_keys.open_key", None)
    assert search(NOON + DAY) == 0
