"""What a phone reports becomes visits, as far as its member permits, and is told once."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.consent.errors import PermissionNotGiven, PermissionOutOfScope, PermissionWithdrawn
from app.consent.models import Level, Reason, Scope, ScopeKind
from app.sql import db
from geo.presence import listeners
from geo.presence.facts import CrossingSaid, ReportFindingCode
from geo.presence.models import NOWHERE, Visit
from geo.presence.reports import require_permitted
from geo.presence.transitions import Evidence, TransitionKind
from tests.consent.factories import in_store, states
from tests.factories import NOON, PARIS, made, make_area, make_brand, make_member, make_store
from tests.presence.factories import (
    FAR,
    allow,
    at,
    check_in,
    crossing,
    fix,
    heard,
    kinds,
    make_beacon,
    make_circle,
    make_zone,
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


def codes(taken):
    return {(str(one.code), one.reason) for one in taken.findings}


def test_a_position_inside_opens_a_visit(member, brand, store, fence):
    yes = allow(member, brand)
    taken = report(member, fix(0))
    [arrival] = taken.transitions
    assert (arrival.kind, arrival.store_id, arrival.brand_id) == (TransitionKind.ENTERED, store.id, brand.id)
    assert (arrival.fence_id, arrival.fence_version, arrival.evidence) == (fence.id, 1, Evidence.FIX)
    assert (arrival.confidence, arrival.is_late, arrival.occurred_at) == (3, False, NOON)
    assert arrival.permission_event_id == yes.event_id
    [visit] = visits(member)
    assert (visit.id, visit.day, visit.entered_at, visit.exited_at) == (arrival.visit_id, NOON.date(), NOON, None)


def test_a_whole_visit_in_several_reports_has_one_id(member, brand, fence):
    allow(member, brand)
    every = [report(member, fix(0)), report(member, fix(6)), report(member, fix(9, FAR)), report(member, fix(10, FAR))]
    assert [kinds(taken) for taken in every] == [["entered"], ["dwelled"], [], ["exited"]]
    assert len({one.visit_id for taken in every for one in taken.transitions}) == 1


def test_a_visit_is_dated_in_the_time_of_its_store(member, brand):
    store = make_store(brand, time_zone="Pacific/Auckland")
    make_circle(store, brand)
    allow(member, brand)
    report(member, fix(180))
    assert visits(member)[0].day == (NOON + timedelta(days=1)).date()


def test_the_same_report_twice_has_one_effect(member, brand, fence):
    allow(member, brand)
    items = [fix(0), fix(3), fix(6)]
    assert kinds(report(member, *items)) == ["entered", "dwelled"]
    before = told(member)
    assert kinds(report(member, *items)) == []
    assert told(member) == before


def test_without_a_permission_nothing_is_looked_up_or_kept(member, brand, fence):
    taken = report(member, fix(0))
    assert codes(taken) == {("not_permitted", Reason.NOT_ASKED)}
    assert (visits(member), sightings(member)) == ([], [])
    with pytest.raises(PermissionNotGiven):
        require_permitted(taken)


def test_after_a_no_the_answer_says_so(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    refuse(member, brand, now=at(1))
    taken = report(member, fix(2))
    assert codes(taken) == {("not_permitted", Reason.WITHDRAWN)}
    with pytest.raises(PermissionWithdrawn):
        require_permitted(taken)


def test_withdrawn_while_a_visit_is_open_there_is_no_stay_no_exit_and_nothing_left(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    refuse(member, brand, now=at(1))
    assert (visits(member), sightings(member)) == ([], [])
    assert [kinds(report(member, fix(minute, where))) for minute, where in ((6, PARIS), (7, FAR), (8, FAR))] == [[]] * 3
    assert (visits(member), sightings(member)) == ([], [])


def test_a_no_to_one_store_leaves_the_others(member, brand, store, fence):
    other = make_store(brand, lon=FAR[0], lat=FAR[1])
    make_circle(other, brand, where=FAR)
    allow(member, brand)
    report(member, fix(0), fix(10, FAR))
    refuse(member, brand, scope=in_store(store), now=at(11))
    assert [visit.store_id for visit in visits(member)] == [other.id]


def test_a_no_to_one_touchpoint_leaves_what_another_saw(member, brand, store, fence):
    frame = make_beacon(store)
    allow(member, brand)
    allow(member, brand, "beacon")
    report(member, heard(0, frame))
    refuse(member, brand, now=at(1))
    assert [visit.touchpoint for visit in visits(member)] == ["beacon"]


def test_a_beacon_permission_for_one_store_says_nothing_of_another(member, brand, store):
    other = make_store(brand)
    here, there = make_beacon(store), make_beacon(other)
    allow(member, brand, "beacon", scope=in_store(store))
    taken = report(member, heard(0, here), heard(1, there, id="there"))
    assert [visit.store_id for visit in visits(member)] == [store.id]
    assert codes(taken) == {("not_permitted", Reason.OUT_OF_SCOPE)}
    with pytest.raises(PermissionOutOfScope):
        require_permitted(report(member, heard(2, there)))


def test_a_beacon_permission_says_nothing_of_positions(member, brand, fence):
    allow(member, brand, "beacon")
    assert codes(report(member, fix(0))) == {("not_permitted", Reason.NOT_ASKED)}


def test_an_area_is_a_scope(member, brand, store, fence):
    area = make_area(brand, store)
    allow(member, brand, scope=Scope(ScopeKind.AREA, area.id))
    assert kinds(report(member, fix(0))) == ["entered"]


def test_a_fence_of_a_store_that_is_not_permitted_is_as_if_it_were_not(member, brand, store, fence):
    other = make_store(brand, lon=FAR[0], lat=FAR[1])
    make_circle(other, brand, where=FAR)
    allow(member, brand, scope=in_store(store))
    report(member, fix(0), fix(10, FAR), fix(12, FAR))
    assert {one.store_id for one in sightings(member)} == {store.id, NOWHERE}
    assert [visit.exited_at for visit in visits(member)] == [at(10)]


def test_this_visit_ends_with_the_visit(member, brand, fence):
    allow(member, brand, level=Level.THIS_VISIT, now=at(-10))
    report(member, fix(0))
    report(member, fix(5, FAR), fix(6, FAR))
    assert states(member)[-1] == "expired"
    assert codes(report(member, fix(9))) == {("not_permitted", Reason.EXPIRED)}
    assert len(visits(member)) == 1


def test_one_shot_is_used_by_one_answer_and_nothing_is_kept(member, brand, fence, monkeypatch):
    heard_of = []
    monkeypatch.setattr(listeners, "AFTER_TRANSITIONS", [lambda asking, told, now: heard_of.extend(told) or [{"n": 1}]])
    allow(member, brand, level=Level.ONE_SHOT, now=at(-10))
    taken = report(member, fix(0))
    assert (kinds(taken), taken.answers) == (["entered"], [{"n": 1}])
    assert (visits(member), sightings(member)) == ([], [])
    assert states(member)[-1] == "exhausted"
    assert codes(report(member, fix(1))) == {("not_permitted", Reason.EXHAUSTED)}
    assert len(heard_of) == 1


def test_a_one_shot_that_meets_no_store_is_not_used(member, brand, fence):
    allow(member, brand, level=Level.ONE_SHOT, now=at(-10))
    report(member, fix(0, FAR))
    assert states(member)[-1] == "given"
    assert kinds(report(member, fix(1))) == ["entered"]


def test_in_the_background_a_phone_must_have_said_that_it_allows_as_much(member, brand, fence):
    allow(member, brand)
    assert codes(report(member, fix(0), background=True)) == {("not_permitted", Reason.OS_INSUFFICIENT)}


def test_listeners_are_told_what_happened_and_their_answers_come_back(member, brand, fence, monkeypatch):
    calls = []
    monkeypatch.setattr(listeners, "AFTER_TRANSITIONS", [lambda *told: calls.append(told) or [{"offer": 7}]])
    allow(member, brand)
    assert report(member, fix(0)).answers == [{"offer": 7}]
    [(asking, transitions, now)] = calls
    assert (asking.member_id, asking.background, now) == (member.id, False, NOON)
    assert [one.kind for one in transitions] == [TransitionKind.ENTERED]


def test_what_is_late_is_kept_and_told_to_no_listener(member, brand, fence, monkeypatch):
    monkeypatch.setattr(listeners, "AFTER_TRANSITIONS", [lambda *told: [{"offer": 7}]])
    allow(member, brand)
    taken = report(member, fix(0), now=at(30))
    assert [one.is_late for one in taken.transitions] == [True]
    assert taken.answers == []
    assert len(visits(member)) == 1


def test_a_visit_that_is_over_when_it_is_told_brings_nothing(member, brand, fence, monkeypatch):
    monkeypatch.setattr(listeners, "AFTER_TRANSITIONS", [lambda *told: [{"offer": 7}]])
    allow(member, brand)
    taken = report(member, crossing(0, fence.id), crossing(2, fence.id, is_entry=False))
    assert [(str(one.kind), one.is_late) for one in taken.transitions] == [("entered", True), ("exited", False)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (fix(0, at=datetime(1901, 1, 1, tzinfo=UTC)), "too_old"),
        (fix(0, at=at(-13 * 60)), "too_old"),
        (fix(0, at=at(6)), "in_the_future"),
        (fix(0, at=datetime(9999, 12, 31, tzinfo=UTC)), "in_the_future"),
        (fix(0, accuracy_m=0), "unusable"),
        (fix(0, accuracy_m=5_000), "too_coarse"),
        (fix(0, accuracy_m=1_000), "too_coarse"),
        (fix(0, accuracy_m=float("nan")), "unusable"),
    ],
)
def test_what_tells_nothing_is_named_and_has_no_effect(member, brand, fence, said, code):
    allow(member, brand)
    taken = report(member, said, now=NOON)
    assert {str(one.code) for one in taken.findings} == {code}
    assert (visits(member), sightings(member)) == ([], [])
    require_permitted(taken)


def test_one_bad_item_does_not_stop_the_others(member, brand, fence):
    allow(member, brand)
    taken = report(member, fix(0, at=datetime(1901, 1, 1, tzinfo=UTC)), fix(0), now=NOON)
    assert kinds(taken) == ["entered"]


def test_a_clock_a_little_ahead_is_believed(member, brand, fence):
    allow(member, brand)
    assert kinds(report(member, fix(4), now=NOON)) == ["entered"]


def test_an_id_that_comes_twice_counts_once(member, brand, fence):
    allow(member, brand)
    taken = report(member, fix(0, id="1"), fix(6, id="1"), now=at(6))
    assert ("repeated", None) in codes(taken)
    assert kinds(taken) == ["entered"]


def test_an_inexact_position_inside_is_no_entry(member, brand, fence):
    allow(member, brand)
    assert kinds(report(member, fix(0, accuracy_m=151))) == []
    assert kinds(report(member, fix(1, accuracy_m=149))) == ["entered"]


def test_a_small_fence_takes_positions_of_fifty_metres(member, brand, store):
    make_circle(store, brand, radius_m=20)
    allow(member, brand)
    assert kinds(report(member, fix(0, accuracy_m=50))) == ["entered"]


def test_a_position_that_may_be_inside_ends_nothing(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    near = (PARIS[0] + 0.0025, PARIS[1])  # some 33 metres outside
    report(member, *(fix(minute, near, accuracy_m=60) for minute in (2, 3, 4)))
    assert visits(member)[0].exited_at is None
    report(member, fix(5, near, accuracy_m=20), fix(6, near, accuracy_m=20))
    assert visits(member)[0].exited_at == at(5)


def test_a_mock_position_counts_with_no_confidence(member, brand, fence):
    allow(member, brand)
    taken = report(member, fix(0, is_mock=True))
    assert ("mocked", None) in codes(taken)
    assert taken.transitions[0].confidence == visits(member)[0].confidence == 0


def test_a_jump_that_nobody_makes_is_flagged_and_ends_nothing(member, brand, fence):
    allow(member, brand)
    report(member, fix(0), now=NOON)
    taken = report(member, fix(1), fix(1.1, FAR), fix(1.2, FAR), fix(1.3))
    assert ("jumped", None) in codes(taken)
    assert visits(member)[0].exited_at is None


def test_a_fence_that_the_phone_came_into_is_a_visit_without_any_position(member, brand, fence):
    allow(member, brand)
    taken = report(member, crossing(0, fence.id))
    assert (taken.transitions[0].evidence, taken.transitions[0].confidence) == (Evidence.DECLARED, 2)
    assert kinds(report(member, crossing(40, fence.id, is_entry=False))) == ["dwelled", "exited"]


def test_a_second_shelf_in_the_same_minute_is_told_too(member, brand, store):
    allow(member, brand, "beacon")
    tea, bread = (make_beacon(store, zone=make_zone(store)) for _ in range(2))
    report(member, heard(0.1, tea))
    assert kinds(report(member, heard(0.5, bread))) == ["zone_entered"]
    assert kinds(report(member, heard(0.5, bread))) == []


def test_a_beacon_at_a_shelf_enters_the_store_and_the_zone(member, brand, store):
    zone = make_zone(store)
    frame = make_beacon(store, zone=zone)
    allow(member, brand, "beacon")
    taken = report(member, heard(0, frame))
    assert kinds(taken) == ["entered", "zone_entered"]
    assert (taken.transitions[1].zone_id, taken.transitions[1].confidence) == (zone.id, 3)
    assert kinds(report(member, heard(1, frame))) == []


def test_a_beacon_of_nobody_is_unknown_and_opens_nothing(member, brand, store):
    allow(member, brand, "beacon")
    taken = report(member, heard(0, uuid.uuid4().bytes + b"\x00\x01\x00\x01"))
    assert codes(taken) == {("unknown_place", None)}
    assert visits(member) == []


def test_a_beacon_of_a_brand_that_was_never_met_is_as_unknown_as_any_other(member, brand, store):
    other = make_brand()
    frame = make_beacon(make_store(other))
    allow(member, brand, "beacon")
    assert codes(report(member, heard(0, frame))) == {("unknown_place", None)}
    assert (visits(member), sightings(member)) == ([], [])


def test_out_of_reach_of_a_shelf_is_in_the_store_still(member, brand, store):
    zone = make_zone(store)
    allow(member, brand, "beacon")
    there = [CrossingSaid(f"{n}", at(n), is_entry, zone_id=zone.id) for n, is_entry in ((0, True), (1, False))]
    assert kinds(report(member, *there)) == ["entered", "zone_entered"]
    assert visits(member)[0].exited_at is None


def test_the_reach_of_a_beacon_for_the_whole_store_is_the_store(member, brand, store):
    frame = make_beacon(store)
    allow(member, brand, "beacon")
    said = [CrossingSaid(f"{n}", at(n), n == 0, kind="ibeacon", frame=frame) for n in (0, 9)]
    assert kinds(report(member, said[0])) == ["entered"]
    assert kinds(report(member, said[1])) == ["dwelled", "exited"]


def test_a_member_says_that_they_are_in_a_store(member, brand, store):
    allow(member, brand, "in_app")
    taken = report(member, check_in(0, store))
    assert (kinds(taken), taken.transitions[0].evidence) == (["entered"], Evidence.DECLARED)


def test_a_closed_store_is_no_place(member, brand):
    store = make_store(brand, status="closed")
    make_circle(store, brand)
    allow(member, brand)
    allow(member, brand, "in_app")
    assert ("unknown_place", None) in codes(report(member, fix(0), check_in(0, store)))
    assert visits(member) == []


def test_a_visit_that_two_reports_showed_as_two_becomes_one(member, brand, fence):
    allow(member, brand)
    report(member, crossing(0, fence.id))
    report(member, fix(16, FAR), fix(18, FAR))
    report(member, fix(20))
    assert len(visits(member)) == 2
    first = visits(member)[0].id
    report(member, fix(17), now=at(21))
    assert [(visit.id, visit.entered_at, visit.exited_at) for visit in visits(member)] == [(first, at(0), None)]


def test_who_drives_past_between_two_positions_is_counted_and_told_nothing(member, brand, store, fence, monkeypatch):
    monkeypatch.setattr(listeners, "AFTER_TRANSITIONS", [lambda *told: [{"offer": 7}]])
    allow(member, brand)
    west, east = (PARIS[0] - 0.006, PARIS[1]), (PARIS[0] + 0.006, PARIS[1])
    taken = report(member, fix(0, west), fix(1, east))
    assert kinds(taken) == ["crossed"]
    assert (taken.transitions[0].store_id, taken.transitions[0].fence_id, taken.answers) == (store.id, fence.id, [])
    assert visits(member) == []
    assert kinds(report(member, fix(0, west), fix(1, east))) == []


def test_other_brands_are_not_looked_at(member, brand, fence):
    other = make_brand()
    make_circle(make_store(other), other)
    allow(member, brand)
    assert {one.brand_id for one in report(member, fix(0)).transitions} == {brand.id}


def test_another_member_sees_none_of_it(member, brand, fence):
    allow(member, brand)
    report(member, fix(0))
    with db.member_transaction(make_member().id):
        assert db.first(select(func.count()).select_from(Visit)) == 0
    with made():
        assert db.first(select(func.count()).select_from(Visit).where(Visit.member_id == member.id)) == 1


def test_a_finding_is_of_a_closed_list():
    assert {str(code) for code in ReportFindingCode} >= {"not_permitted", "too_old", "in_the_future", "unusable"}
