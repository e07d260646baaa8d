"""What a permission of "here" says, and what it does not, through every door that senses."""

import json
import time
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.consent.models import Level
from app.sql import db
from geo.presence.pass_places import places_of_pass
from geo.presence.retention import end_silent_visits
from tests.consent.factories import in_area, in_store, report, session_of
from tests.factories import made, make_area
from tests.here.factories import NEXT_DOOR, Stroller, ago, crossing, fix, rows_of
from tests.owntracks.factories import FIRST_TST
from tests.owntracks.factories import crossing as told_by_owntracks
from tests.racing import at_once
from tests.speaking import Speaker

NOTHING = {"visit": 0, "sighting": 0, "trigger": 0}


@pytest.fixture
def stroller(anyone: Speaker) -> Stroller:
    return Stroller(anyone)


def beacons_heard(frame: bytes) -> Any:
    """What the health of the fleet has of a radio."""
    with made():
        asked = "SELECT h.* FROM beacon_hearing AS h JOIN beacon AS b ON b.id = h.beacon_id WHERE b.identifier = :f"
        return db.execute(text(asked), {"f": frame}).all()


@pytest.mark.parametrize("by", ["store", "area"])
def test_a_beacon_permission_for_one_store_says_nothing_of_another(stroller: Stroller, by: str) -> None:
    scope = in_store(stroller.store) if by == "store" else in_area(make_area(stroller.brand, stroller.store))
    stroller.permits("beacon", scope=scope)
    assert stroller.hears(stroller.door_of_other).status_code == 403
    assert stroller.kept() == NOTHING
    assert beacons_heard(stroller.door_of_other) == []
    answer = stroller.hears(stroller.door).get_json()
    assert [one["store_id"] for one in answer["transitions"]] == [str(stroller.store.id)]


def test_heard_together_only_the_permitted_store_is_told(stroller: Stroller) -> None:
    stroller.permits("beacon", scope=in_store(stroller.store))
    answer = stroller.hears(stroller.door, stroller.door_of_other).get_json()
    assert {one["store_id"] for one in answer["transitions"]} == {str(stroller.store.id)}
    assert {one.store_id for one in rows_of(stroller.member.id, "sighting")} == {stroller.store.id}
    assert beacons_heard(stroller.door_of_other) == []


def test_one_answer_leaves_nothing_in_the_health_of_the_fleet(stroller: Stroller) -> None:
    stroller.permits("beacon", Level.ONE_SHOT)
    assert stroller.hears(stroller.door).status_code == 200
    assert beacons_heard(stroller.door) == []


def test_a_fence_permission_for_one_store_is_no_plan_for_another(stroller: Stroller) -> None:
    stroller.permits("geofence", scope=in_store(stroller.store))
    report(stroller.phone, session_of(stroller.member).installation_id)
    here = {"lat": NEXT_DOOR[1], "lon": NEXT_DOOR[0], "accuracy_m": 20}
    plan = stroller.phone.post("/v1/region-plan", {"platform": "ios", "fix": here}).get_json()
    said = json.dumps(plan)
    assert str(stroller.fence.id) in said
    assert str(stroller.fence_of_other.id) not in said
    phone = stroller.owntracks()
    phone.say({"_type": "location", "lat": 48.0, "lon": 2.0, "acc": 10, "tst": time.time()})
    assert set(phone.watched) <= {FIRST_TST + stroller.fence.number}


def test_a_beacon_permission_opens_no_fence(stroller: Stroller) -> None:
    stroller.permits("beacon")
    assert stroller.stands().status_code == 403
    assert stroller.crosses("enter").status_code == 403
    phone = stroller.owntracks()
    phone.say(told_by_owntracks(stroller.fence, at=time.time()))
    assert (stroller.kept(), phone.watched) == (NOTHING, {})


class TestWithdrawn:
    """The member takes it back while they are in the shop."""

    def test_nothing_stays_and_nothing_more_comes(self, stroller: Stroller) -> None:
        stroller.permits("beacon")
        decided = stroller.hears(stroller.door).get_json()["offers"][0]
        assert all(stroller.kept().values())
        assert stroller.phone.delete(decided["withdrawal"]).status_code == 200
        assert stroller.kept() == NOTHING
        late = stroller.hears(stroller.at_the_shelf)
        assert (late.status_code, stroller.kept()) == (403, NOTHING)
        assert stroller.phone.get("/v1/triggers").get_json()["items"] == []
        assert stroller.phone.get(f"/v1/decisions/{decided['decision_id']}").status_code == 200

    def test_who_leaves_then_is_told_nothing(self, stroller: Stroller) -> None:
        stroller.permits("geofence")
        stroller.crosses("enter", at=ago(20))
        stroller.refuses("geofence")
        assert stroller.crosses("leave").status_code == 403
        assert stroller.kept() == NOTHING

    def test_one_of_two_senses_ends_what_it_saw_and_the_other_goes_on(self, stroller: Stroller) -> None:
        stroller.permits("geofence"), stroller.permits("beacon")
        stroller.crosses("enter", at=ago(8))
        stroller.hears(stroller.door, at=ago(1))
        stroller.refuses("geofence")
        assert "geofence" not in {one.touchpoint for one in rows_of(stroller.member.id, "sighting")}
        assert "geofence" not in {one.touchpoint for one in stroller.visits()}
        stroller.hears(stroller.door)
        assert {one.touchpoint for one in stroller.visits()} == {"beacon"}

    def test_an_owntracks_phone_is_told_to_forget(self, stroller: Stroller) -> None:
        stroller.permits("geofence")
        phone = stroller.owntracks()
        phone.say({"_type": "location", "lat": 48.0, "lon": 2.0, "acc": 10, "tst": time.time() - 900})
        assert phone.watched
        phone.say(told_by_owntracks(stroller.fence, at=time.time() - 300))
        stroller.refuses("geofence")
        phone.say(told_by_owntracks(stroller.fence, "leave", at=time.time()))
        assert (phone.watched, stroller.kept()) == ({}, NOTHING)

    def test_a_no_to_the_one_store_leaves_the_other(self, stroller: Stroller) -> None:
        stroller.permits("beacon")
        stroller.hears(stroller.door, stroller.door_of_other)
        stroller.refuses("beacon", scope=in_store(stroller.store))
        assert {one.store_id for one in stroller.visits()} == {stroller.other.id}
        assert {one.store_id for one in rows_of(stroller.member.id, "trigger")} == {stroller.other.id}

    def test_places_of_a_pass_are_gone(self, stroller: Stroller) -> None:
        stroller.permits("geofence"), stroller.permits("beacon")
        stroller.hears(stroller.door)
        for touchpoint in ("geofence", "beacon"):
            stroller.refuses(touchpoint)
        assert places_of(stroller) == ([], None)


def places_of(stroller: Stroller) -> Any:
    with db.member_transaction(stroller.member.id):
        found = places_of_pass(member_id=stroller.member.id, brand_id=stroller.brand.id, now=clock.now())
    return list(found.places), found.beacon


class TestThisVisit:
    """A yes for one visit ends with it, whatever else saw the visit."""

    def test_by_the_word_of_the_phone(self, stroller: Stroller) -> None:
        stroller.permits("geofence", Level.THIS_VISIT, now=ago(30))
        stroller.crosses("enter", at=ago(20))
        assert stroller.state_of("geofence") == "given"
        stroller.crosses("leave")
        assert stroller.state_of("geofence") == "expired"
        assert stroller.crosses("enter").status_code == 403

    def test_also_where_something_else_had_begun_it(self, stroller: Stroller) -> None:
        stroller.permits("geofence", now=ago(30)), stroller.permits("beacon", Level.THIS_VISIT, now=ago(30))
        stroller.crosses("enter", at=ago(20))
        stroller.hears(stroller.door, at=ago(15))
        stroller.crosses("leave")
        assert [one.exited_at is not None for one in stroller.visits()] == [True]
        assert (stroller.state_of("geofence"), stroller.state_of("beacon")) == ("given", "expired")

    def test_also_when_it_was_said_again_in_between(self, stroller: Stroller) -> None:
        stroller.permits("geofence", Level.THIS_VISIT, now=ago(30))
        stroller.crosses("enter", at=ago(20))
        stroller.permits("geofence", Level.THIS_VISIT, now=ago(10))
        stroller.crosses("leave")
        assert stroller.state_of("geofence") == "expired"

    def test_by_silence(self, stroller: Stroller) -> None:
        stroller.permits("geofence", now=ago(300)), stroller.permits("beacon", Level.THIS_VISIT, now=ago(300))
        stroller.crosses("enter", at=ago(290))
        stroller.hears(stroller.door, at=ago(280))
        end_silent_visits(now=clock.now(), at_once=10**6)
        assert stroller.state_of("beacon") == "expired"

    def test_a_word_that_comes_late_does_not_end_the_next_one(self, stroller: Stroller) -> None:
        stroller.permits("geofence", now=ago(400)), stroller.permits("beacon", Level.THIS_VISIT, now=ago(5))
        stroller.hears(stroller.door)
        stroller.reports(crossings=[crossing(stroller.fence.id, one, at=ago(at)) for one, at in OLD])
        assert stroller.state_of("beacon") == "given"

    def test_the_end_of_another_one_does_not_end_it(self, stroller: Stroller) -> None:
        stroller.permits("geofence", now=ago(400))
        stroller.crosses("enter", at=ago(300))
        other = crossing(stroller.fence_of_other.id, "enter", at=ago(70))
        stroller.reports(crossings=[other])
        stroller.permits("beacon", Level.THIS_VISIT, now=ago(65))
        end_silent_visits(now=clock.now(), at_once=10**6)
        assert [one.exited_at is None for one in stroller.visits()].count(True) == 1
        assert stroller.state_of("beacon") == "given"
        stroller.reports(crossings=[crossing(stroller.fence_of_other.id, "leave")])
        assert stroller.state_of("beacon") == "expired"


OLD = (("enter", 200), ("leave", 180))


def test_one_answer_is_one_under_many(stroller: Stroller, crowd: Any) -> None:
    stroller.permits("beacon", Level.ONE_SHOT)
    answers = at_once(16, lambda _: stroller.hears(stroller.door))
    assert sorted(one.status_code for one in answers) == [200] + [403] * 15
    assert stroller.kept() == NOTHING


def test_one_answer_of_a_position_is_one_under_many(stroller: Stroller, crowd: Any) -> None:
    stroller.permits("geofence", Level.ONE_SHOT)
    answers = at_once(16, lambda _: stroller.reports(fixes=[fix()]))
    given = [one for one in answers if one.status_code == 200 and one.get_json()["offers"]]
    assert (len(given), stroller.kept()) == (1, NOTHING)
