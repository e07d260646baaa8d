"""A phone reports over HTTP, and is answered at once: each test runs through the lane, and through Flask alone."""

import uuid
from datetime import datetime

import pytest

from app import clock
from app.consent.models import Level
from app.sql import db
from geo.presence.schemas import SightingFindingOut
from offers.planning.schemas import OfferCardOut
from offers.triggers.schemas import SightingsOut, ToldTransitionOut, TriggeredOfferOut
from tests.both_ways import way as way
from tests.consent.factories import evidence
from tests.coupons.factories import claim
from tests.presence.factories import make_circle
from tests.speaking import Speaker
from tests.tracing import traced
from tests.triggers.factories import Phone, minutes_ago

pytestmark = pytest.mark.usefixtures("way")


@pytest.fixture
def phone(anyone: Speaker) -> Phone:
    return Phone(anyone)


def test_a_beacon_at_the_door_brings_what_is_there(phone: Phone) -> None:
    answer = phone.reports(phone.door).get_json()
    [entered] = answer["transitions"]
    assert (entered["kind"], entered["nothing"]) == ("entered", None)
    assert phone.titles(answer) == ["milk", "bread"]
    offer = answer["offers"][0]
    assert {offer[name] for name in ("trigger_id", "decision_id")} == {entered["trigger_id"], entered["decision_id"]}
    assert (offer["kind"], offer["store_id"]) == ("arrival", str(phone.store.id))
    assert phone.phone.get(f"/v1/decisions/{offer['decision_id']}").get_json()["placement"] == "arrival"


def test_at_the_bread_the_bread_comes_first_with_its_coupon(phone: Phone) -> None:
    phone.reports(phone.door, at=minutes_ago(2))
    coupon = claim(phone.member, phone.bread, now=clock.now())
    answer = phone.reports(phone.at_the_bread).get_json()
    first = answer["offers"][0]
    assert phone.titles(answer)[0] == "bread"
    assert (first["kind"], first["coupon_code"]) == ("zone", coupon.code)
    assert first["reason"]["text"] == 'Because you stand before "Breads". Your coupon is waiting.'


def test_the_permission_is_withdrawn_where_the_answer_says(phone: Phone) -> None:
    answer = phone.reports(phone.door).get_json()
    assert phone.phone.delete(answer["offers"][0]["withdrawal"]).status_code == 200
    assert phone.listed() == []
    refused = phone.reports(phone.at_the_bread)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "permission_withdrawn")
    assert refused.get_json()["remedy"]


def test_the_same_report_twice_brings_something_once(phone: Phone) -> None:
    at = clock.now()
    first, again = (phone.reports(phone.door, at=at).get_json() for _ in range(2))
    assert (len(first["offers"]), again["offers"], again["transitions"]) == (2, [], [])
    assert len(phone.kept()) == 1


def test_a_late_report_brings_nothing_and_says_why(phone: Phone) -> None:
    answer = phone.reports(phone.door, at=minutes_ago(120)).get_json()
    assert answer["offers"] == []
    assert {one["nothing"]["code"] for one in answer["transitions"] if one["kind"] == "entered"} == {"too_late"}
    assert phone.kept() == []


def test_nobody_who_never_permitted_it_is_answered(anyone: Speaker) -> None:
    phone = Phone(anyone)
    phone.phone.delete(f"/v1/permissions/{phone.brand.code}/beacon/in_store_offers")
    at = clock.now().isoformat()
    fixes = [{"id": "1", "at": at, "lat": 48.85, "lon": 2.35, "accuracy_m": 10}]
    refused = phone.phone.post("/v1/sightings", {"fixes": fixes})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "permission_not_given")


def test_in_the_background_nothing_counts_as_shown(phone: Phone) -> None:
    always = {"location": "always", "precision": "precise", "bluetooth": True, "notifications": True}
    awake = evidence(os_permission={**always, "reported_at": clock.now().isoformat()})
    phone.permits("beacon", evidence=awake)
    phone.reports(phone.door, background=True)
    assert [one.is_unseen for one in phone.kept()] == [True]
    assert phone.decision_of(phone.kept()[0]).shown == 0


def test_a_permission_for_one_answer_gives_one(anyone: Speaker) -> None:
    phone = Phone(anyone)
    phone.phone.delete(f"/v1/permissions/{phone.brand.code}/beacon/in_store_offers")
    phone.permits("beacon", level=Level.ONE_SHOT)
    answer = phone.reports(phone.door).get_json()
    assert [offer["trigger_id"] for offer in answer["offers"]] == [None, None]
    assert phone.kept() == []
    assert phone.reports(phone.at_the_bread).get_json()["code"] == "permission_exhausted"


def test_a_position_in_a_fence_brings_what_is_there(phone: Phone) -> None:
    make_circle(phone.store, phone.brand)
    phone.permits("geofence")
    fix = {"id": str(uuid.uuid4()), "at": clock.now().isoformat(), "lat": 48.8566, "lon": 2.3522, "accuracy_m": 10}
    answer = phone.phone.post("/v1/sightings", {"fixes": [fix]}).get_json()
    assert phone.titles(answer) == ["milk", "bread"]
    assert answer["offers"][0]["withdrawal"].endswith("/geofence/in_store_offers")


def test_the_answer_speaks_the_language_that_was_asked_for(phone: Phone) -> None:
    phone.phone.language = "fr"
    answer = phone.reports(phone.at_the_bread).get_json()
    assert answer["offers"][0]["reason"]["text"] == "Parce que vous êtes devant « Pains »."
    assert answer["offers"][0]["offer"]["title"] == "Café offert"


def test_a_report_that_is_answered_costs_few_trips(phone: Phone, way: str) -> None:
    phone.reports(phone.door)
    with db.system_transaction():
        db.fetch("DELETE FROM visit WHERE member_id = $1 RETURNING 1", [phone.member.id])
    with traced() as traffic:
        phone.reports(phone.door)
    assert traffic.trips == TRIPS[way], traffic


TRIPS = {"lane": 3, "route": 4}
"""Who asks, and (in the lane with it) the locks with permissions, the beacon, its store, visits and minutes; what there
is; COMMIT with all that is kept."""


def test_an_answer_has_the_shape_that_is_documented(phone: Phone) -> None:
    answer = phone.reports(phone.at_the_bread, b"\0" * 20).get_json()
    [entered, _] = answer["transitions"]
    offer, [finding] = answer["offers"][0], answer["findings"]
    told = [(SightingsOut, answer), (ToldTransitionOut, entered), (TriggeredOfferOut, offer)]
    for shape, said in [*told, (SightingFindingOut, finding)]:
        assert said.keys() == shape().fields.keys()
    assert {name for name, field in OfferCardOut().fields.items() if field.required} <= offer["offer"].keys()
    assert offer["offer"].keys() <= OfferCardOut().fields.keys()
    assert datetime.fromisoformat(entered["occurred_at"]).second == 0
