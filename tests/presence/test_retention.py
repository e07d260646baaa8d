"""What presence keeps, for how long, and how it ends: by silence, by age, by a no, by a merge."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.consent.models import Level
from app.consent.suppression import objections
from app.rights.erasure import steps
from app.rights.export import access_export
from app.sql import db
from geo.presence import jobs, on_merge, queries
from geo.presence.dwell_times import set_dwell_time
from geo.presence.models import Footfall
from tests.consent.factories import say_no, states
from tests.factories import NOON, PARIS, made, make_brand, make_member, make_store
from tests.presence.factories import (
    FAR,
    allow,
    at,
    crossing,
    fix,
    heard,
    kinds,
    make_beacon,
    make_circle,
    refuse,
    report,
    sightings,
    told,
    visits,
)


@pytest.fixture
def store(brand):
    return make_store(brand)


@pytest.fixture
def fence(brand, store):
    return make_circle(store, brand)


def run(job, *, now):
    """A background job as housekeeping runs it."""
    if getattr(job, "in_steps", False):
        return job(now=now)
    with db.system_transaction():
        return job(now=now)


def test_a_visit_that_nobody_ended_ends_where_it_was_last_seen(member, brand, store):
    frame = make_beacon(store)
    allow(member, brand, "beacon")
    report(member, heard(0, frame), heard(1, frame))
    run(jobs.end_silent_visits, now=at(2))
    assert visits(member)[0].exited_at is None
    run(jobs.end_silent_visits, now=at(4))
    assert visits(member)[0].exited_at == at(1)


def test_one_position_outside_and_then_silence_is_the_end(member, brand, fence):
    allow(member, brand)
    report(member, fix(0), fix(6, FAR))
    run(jobs.end_silent_visits, now=at(12))
    assert visits(member)[0].exited_at == at(6)


def test_a_beacon_in_the_background_is_waited_for_for_minutes(member, brand, store):
    frame = make_beacon(store)
    allow(member, brand, "beacon", phone={"location": "always"})
    report(member, heard(0, frame), background=True)
    run(jobs.end_silent_visits, now=at(10))
    assert visits(member)[0].exited_at is None
    run(jobs.end_silent_visits, now=at(12))
    assert visits(member)[0].exited_at == at(0)


def test_the_end_by_silence_ends_a_permission_for_this_visit(member, brand, fence):
    allow(member, brand, level=Level.THIS_VISIT, now=at(-10))
    report(member, fix(0))
    run(jobs.end_silent_visits, now=at(121))
    assert states(member)[-1] == "expired"


def test_the_end_by_silence_and_a_report_agree(member, brand, fence):
    allow(member, brand)
    other = make_member()
    allow(other, brand)
    for who in (member, other):
        report(who, fix(0), fix(6, FAR))
    run(jobs.end_silent_visits, now=at(12))
    report(other, fix(12, FAR))
    assert [visit.exited_at for visit in visits(member)] == [visit.exited_at for visit in visits(other)]


def test_after_a_day_minutes_are_gone_and_visits_are_a_store_and_a_day(member, brand, store, fence):
    allow(member, brand)
    report(member, crossing(0, fence.id), crossing(30, fence.id, is_entry=False))
    run(jobs.forget_sightings, now=at(24 * 60))
    assert (len(sightings(member)), visits(member)[0].entered_at) == (2, NOON)
    run(jobs.forget_sightings, now=at(24 * 60 + 31))
    assert sightings(member) == []
    [visit] = visits(member)
    fine = ("entered_at", "seen_at", "lasts_until", "dwelled_at", "exited_at", "evidence", "confidence", "fence_id")
    assert [getattr(visit, name) for name in fine] == [None] * len(fine)
    assert (visit.store_id, visit.day) == (store.id, NOON.date())


def test_after_thirty_days_visits_are_gone(member, brand, fence):
    allow(member, brand)
    report(member, crossing(0, fence.id), crossing(30, fence.id, is_entry=False))
    run(jobs.forget_visits, now=NOON + timedelta(days=30))
    assert len(visits(member)) == 1
    run(jobs.forget_visits, now=NOON + timedelta(days=31))
    assert visits(member) == []


def test_recent_visits_are_those_of_thirty_days(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    with made():
        for days, count in ((0, 1), (30, 1), (32, 0)):
            asked = queries.recent_visits(member.id, brand.id, NOON + timedelta(days=days))
            assert len(db.all_of(asked)) == count


def test_an_objection_takes_the_visits_with_it(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    with made():
        objections.object_to_marketing(member_id=member.id, brand_id=brand.id, now=at(1))
    assert (visits(member), sightings(member)) == ([], [])


def test_a_no_with_another_brand_leaves_everything(member, brand, fence):
    other = make_brand()
    allow(member, brand)
    allow(member, other)
    report(member, fix(0))
    refuse(member, other, now=at(1))
    assert len(visits(member)) == 1


def test_a_no_to_another_purpose_leaves_everything(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    say_no(member, brand, now=at(1))
    assert len(visits(member)) == 1


def test_a_brand_says_how_long_somebody_stays_and_a_store_says_otherwise(member, brand, store, fence):
    allow(member, brand)
    with made():
        set_dwell_time(brand_id=brand.id, store_id=None, minutes=30, now=NOON)
    assert kinds(report(member, fix(0), fix(10))) == ["entered"]
    with made():
        set_dwell_time(brand_id=brand.id, store_id=store.id, minutes=12, now=NOON)
    assert kinds(report(member, fix(13))) == ["dwelled"]


def test_the_export_shows_visits_and_minutes(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    with db.member_transaction(member.id):
        said = access_export.access_export(member_id=member.id, language="fr", now=at(1))
    shown = {table["table"]: len(table["rows"]) for table in said["data"] if table["table"] in ("visit", "sighting")}
    assert shown == {"visit": 1, "sighting": 2}  # in this store, and in no other


def people(brand, count):
    for _ in range(count):
        member = make_member()
        allow(member, brand)
        yield member


def counted(brand):
    with made():
        found = db.all_of(select(Footfall).where(Footfall.brand_id == brand.id))
        return [(one.day, one.kind, one.place_id, one.people) for one in found]


@pytest.mark.parametrize(("count", "is_told"), [(9, False), (10, True)])
def test_a_day_is_counted_when_ten_people_came(brand, store, fence, count, is_told):
    for member in people(brand, count):
        report(member, fix(0), fix(60))
        report(member, fix(300))
    run(jobs.count_footfall, now=NOON + timedelta(days=1))
    assert counted(brand) == []
    run(jobs.count_footfall, now=NOON + timedelta(days=2))
    assert counted(brand) == [(NOON.date(), "visited", store.id, count)] * is_told
    run(jobs.count_footfall, now=NOON + timedelta(days=3))
    assert len(counted(brand)) == is_told


def test_ten_people_who_passed_by_are_counted(brand, store, fence):
    west, east = (PARIS[0] - 0.006, PARIS[1]), (PARIS[0] + 0.006, PARIS[1])
    for member in people(brand, 10):
        report(member, fix(0, west), fix(1, east))
    run(jobs.count_footfall, now=NOON.replace(hour=0, minute=10) + timedelta(days=1))
    assert counted(brand) == [(NOON.date(), "crossed", fence.id, 10)]


def test_a_merge_brings_the_visits_that_the_target_permits_and_a_split_gives_them_back(brand, store, fence):
    source, target, stranger = make_member(), make_member(), make_member()
    for who in (source, target):
        allow(who, brand)
    report(source, fix(0))
    before = told(source)
    merge = {"merge_id": db.new_id(), "now": at(1)}
    with made():
        assert on_merge.merge(source_id=source.id, target_id=stranger.id, **merge) == {"visits": 0}
    with made():
        assert on_merge.merge(source_id=source.id, target_id=target.id, **merge) == {"visits": 1}
    assert (visits(source), sightings(source)) == ([], [])
    [came] = visits(target)
    assert (came.store_id, came.exited_at) == (store.id, NOON)
    with made():
        assert on_merge.split(source_id=source.id, target_id=target.id, **merge) == {"visits": 1}
    assert ([one[0] for one in told(source)], visits(target)) == ([one[0] for one in before], [])


def test_a_member_who_is_erased_leaves_nothing(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    with made():
        steps.request_erasure(member_id=member.id, now=at(1))
    while True:
        with made():
            if steps.do_next_step(member_id=member.id, now=at(2)) is None:
                break
    assert (visits(member), sightings(member)) == ([], [])
