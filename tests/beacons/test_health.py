"""How a fleet is, and that nobody is in it."""

import uuid
from datetime import timedelta

import pytest

from app.sql import db
from geo.beacons import faults, health
from geo.beacons.faults import BeaconFault, BeaconRecord, judge_fleet
from geo.beacons.health import LEAST_PEOPLE, Hearing
from tests.beacons.factories import forget_everybody, heard_of, make_beacon
from tests.factories import NOON, console_token, made, make_brand, make_console_user, make_store
from tests.tracing import sent_statements

DAY = timedelta(days=1)
CROWD = 40
"""So many people that ten parts of them are sure."""


@pytest.fixture(autouse=True)
def nobody_before():
    forget_everybody()


@pytest.fixture
def store(brand):
    return make_store(brand)


def hear(*beacons, people=1, at=NOON, battery_mv=None, whose=None, **given):
    """So many people hear these beacons together."""
    for _ in range(people):
        hearings = [Hearing(heard_of(beacon, **given), at, battery_mv) for beacon in beacons]
        with made():
            health.note_heard(whose=whose or uuid.uuid4(), hearings=hearings, now=at)


def count(now=NOON + DAY):
    with made():
        return health.count_days(now=now)


def report(brand, now=NOON + DAY):
    with made():
        return faults.report_fleet(brand_id=brand.id, store_id=None, now=now)


def faults_of(brand, beacon, **options):
    found = {one.record.beacon_id: list(one.faults) for one in report(brand, **options).faulty}
    return found.get(beacon.id, [])


def rows(table):
    with made():
        return db.fetch(f"SELECT * FROM {table}")


def test_below_ten_people_nothing_is_told_nor_kept(store):
    hear(make_beacon(store), people=LEAST_PEOPLE - 1)
    assert count() == 0
    assert rows("beacon_day") == rows("beacon_hearing") == []


def test_one_person_counts_once_however_often(store):
    beacon, somebody = make_beacon(store), uuid.uuid4()
    for minute in range(CROWD):
        hear(beacon, at=NOON + timedelta(minutes=minute), whose=somebody)
    assert len(rows("beacon_hearing")) == 1


def test_ten_people_are_never_counted_out_of_fewer(store):
    beacon, few = make_beacon(store), [uuid.uuid4() for _ in range(LEAST_PEOPLE - 1)]
    for who in few * 3:
        hear(beacon, whose=who)
    assert count() == 0


def test_a_crowd_is_told_as_about_how_many_it_is(store):
    hear(make_beacon(store), people=CROWD)
    assert count() == 1
    assert rows("beacon_day")[0][2] == pytest.approx(CROWD, abs=8)


def test_nothing_says_who_it_was(store):
    somebody = uuid.uuid4()
    hear(make_beacon(store), whose=somebody)
    kept = repr(rows("beacon_hearing"))
    assert str(somebody) not in kept
    assert len(rows("beacon_hearing")[0]) == 4


def test_the_part_of_a_person_is_another_at_each_beacon_and_day(store):
    somebody = uuid.uuid4()
    for beacon in [make_beacon(store) for _ in range(6)]:
        for day in range(3):
            hear(beacon, whose=somebody, at=NOON + day * DAY)
    assert len({part for _, _, part, _ in rows("beacon_hearing")}) > 6


def test_the_parts_are_gone_once_the_day_is_counted(store):
    hear(*[make_beacon(store) for _ in range(2)], people=CROWD)
    count()
    assert rows("beacon_hearing") == rows("beacon_beside") == []


def test_a_day_is_counted_once_it_is_over(store):
    hear(make_beacon(store), people=CROWD)
    assert count(now=NOON + timedelta(hours=11)) == 0
    assert count() == 1
    assert count() == 0


def test_what_is_to_come_or_long_over_is_not_counted(store):
    beacon = make_beacon(store)
    for at in (NOON + DAY, NOON - 2 * DAY):
        with made():
            health.note_heard(whose=uuid.uuid4(), hearings=[Hearing(heard_of(beacon), at)], now=NOON)
    assert rows("beacon_hearing") == []


def test_a_report_is_one_statement(store):
    beacons = [make_beacon(store) for _ in range(3)]
    with sent_statements() as seen:
        hear(*beacons)
    assert len([one for one in seen if "beacon" in one]) == 1


def test_days_are_forgotten(store):
    hear(make_beacon(store), people=CROWD)
    count()
    with made():
        assert health.forget_days(now=NOON + 91 * DAY) == 1


def test_silence_is_told_beside_those_that_are_heard(brand, store):
    silent, loud = make_beacon(store), make_beacon(store)
    hear(loud, people=CROWD, at=NOON + 8 * DAY)
    count(NOON + 9 * DAY)
    assert faults_of(brand, silent, now=NOON + 9 * DAY) == [BeaconFault.SILENT]
    assert faults_of(brand, loud, now=NOON + 9 * DAY) == []


def test_where_nobody_comes_by_nothing_is_known(brand, store):
    beacon = make_beacon(store)
    assert faults_of(brand, beacon, now=NOON + 9 * DAY) == []


def test_none_and_nine_people_look_the_same(brand, store):
    none, nine, loud = (make_beacon(store) for _ in range(3))
    hear(nine, people=LEAST_PEOPLE - 1, at=NOON + 8 * DAY)
    hear(loud, people=CROWD, at=NOON + 8 * DAY)
    count(NOON + 9 * DAY)
    assert faults_of(brand, none, now=NOON + 9 * DAY) == faults_of(brand, nine, now=NOON + 9 * DAY)


def test_a_beacon_that_was_moved_is_heard_with_those_of_another_store(brand, store):
    moved, others = make_beacon(store), [make_beacon(make_store(brand)) for _ in range(2)]
    hear(moved, others[0], people=CROWD)
    count()
    assert faults_of(brand, moved) == [BeaconFault.WRONG_PLACE]
    assert report(brand).faulty[0].record.elsewhere_store_id == others[0].store_id


def test_between_two_stores_of_a_mall_nothing_is_wrong(brand, store):
    here, beside, there = make_beacon(store), make_beacon(store), make_beacon(make_store(brand))
    hear(here, beside, there, people=CROWD)
    count()
    assert faults_of(brand, here) == []


def test_what_another_brand_has_is_not_told(brand, store):
    ours, theirs = make_beacon(store), make_beacon(make_store(make_brand()))
    hear(ours, theirs, people=CROWD)
    count()
    assert faults_of(brand, ours) == []
    assert rows("beacon_beside") == []


def test_few_people_move_no_beacon(brand, store):
    moved, other = make_beacon(store), make_beacon(make_store(brand))
    hear(moved, people=CROWD)
    hear(moved, other, people=LEAST_PEOPLE - 1)
    count()
    assert faults_of(brand, moved) == []


def test_a_battery_runs_low(brand, store):
    beacon = make_beacon(store)
    hear(beacon, people=CROWD, battery_mv=2_300)
    count()
    assert faults_of(brand, beacon) == [BeaconFault.LOW_BATTERY]


def test_one_phone_lies_about_no_battery(brand, store):
    beacon = make_beacon(store)
    hear(beacon, people=CROWD, battery_mv=2_900)
    hear(beacon, battery_mv=1)
    count()
    assert faults_of(brand, beacon) == []


def record(**given):
    fields = {"beacon_id": uuid.uuid4(), "label": "A", "store_id": uuid.UUID(int=1), "zone_id": None}
    usual = {"stability": "stable", "updated_at": NOON - 30 * DAY, "days": 7, "phones": 100}
    return BeaconRecord(**(fields | usual | {"battery_mv": None, "elsewhere_store_id": None} | given))


def judged(*records):
    return [(one.record.label, [*one.faults]) for one in judge_fleet(records, before=NOON - 7 * DAY)]


def test_one_that_is_heard_much_less_is_told():
    assert judged(record(label="low", phones=10), record(), record()) == [("low", [BeaconFault.LOW_ACTIVITY])]


def test_among_two_nobody_is_usual():
    assert judged(record(phones=10), record()) == []


def test_a_new_beacon_is_not_silent_yet():
    assert judged(record(days=0, phones=0, updated_at=NOON), record()) == []


@pytest.mark.parametrize("stability", ["mobile", "roving"])
def test_a_beacon_on_a_vehicle_is_never_in_a_wrong_place(stability):
    assert judged(record(stability=stability, elsewhere_store_id=uuid.uuid4())) == []


def test_the_door_tells_what_to_look_at(anyone, brand, store):
    console = anyone.with_token(console_token(make_console_user(brand)))
    make_beacon(store)
    told = console.get("/v1/beacons/health").json
    assert (told["least_people"], told["beacons"], told["told"], told["items"]) == (10, 1, 0, [])
