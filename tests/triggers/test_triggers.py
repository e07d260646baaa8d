"""What moments bring, what is kept of them, and when it is gone."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import clock
from app.consent.ledger.withdrawal import withdraw_permission
from app.consent.models import Scope, ScopeKind
from app.sql import db
from geo.presence.transitions import TransitionKind
from offers.planning.drafts import InASale
from offers.triggers import jobs
from offers.triggers.models import Trigger
from offers.triggers.sightings import speaking
from tests.coupons.factories import claim
from tests.deciding.factories import make_shop, set_hours
from tests.factories import make_area
from tests.planning.factories import new_version
from tests.product_lists.factories import CHEESE, WINE, make_list
from tests.speaking import Speaker
from tests.triggers.factories import Visitor, minutes_ago
from wallet.purchases.basket import Products


@pytest.fixture
def visitor(anyone: Speaker) -> Visitor:
    return Visitor(anyone)


def test_an_arrival_brings_what_is_there(visitor: Visitor) -> None:
    [answer] = visitor.hears(visitor.enters())
    assert visitor.titles(answer) == ["milk", "bread"]
    offer = answer["offers"][0]
    assert offer["reason"]["code"] == "live"
    assert offer["permission_event_id"] == str(visitor.yes.event_id)
    assert offer["withdrawal"] == f"/v1/permissions/{visitor.brand.code}/beacon/in_store_offers"


def test_before_the_bread_the_bread_comes_first_with_its_reason(visitor: Visitor) -> None:
    with speaking("en"):
        [answer] = visitor.hears(visitor.stands_before(visitor.shelf))
    assert visitor.titles(answer) == ["bread", "milk"]
    assert answer["offers"][0]["reason"] == {"code": "in_front", "text": 'Because you stand before "Breads".'}


def test_the_wallets_own_language_is_spoken_unless_another_is_asked_for(visitor: Visitor) -> None:
    [answer] = visitor.hears(visitor.stands_before(visitor.shelf))
    assert answer["offers"][0]["reason"]["text"] == "Parce que vous êtes devant « Pains »."


def test_a_coupon_that_is_held_is_named_too(visitor: Visitor) -> None:
    coupon = claim(visitor.member, visitor.bread, now=clock.now())
    with speaking("en"):
        [answer] = visitor.hears(visitor.stands_before(visitor.shelf))
    assert answer["offers"][0]["coupon_code"] == coupon.code
    assert answer["offers"][0]["reason"]["text"] == 'Because you stand before "Breads". Your coupon is waiting.'


def test_a_trigger_keeps_the_moment_to_the_minute_and_its_decision(visitor: Visitor) -> None:
    visitor.hears(visitor.stands_before(visitor.shelf))
    [kept] = visitor.kept()
    assert (kept.kind, kept.visit_id, kept.zone_id) == ("zone", visitor.visit_id, visitor.shelf.id)
    assert kept.occurred_at is not None
    assert (kept.occurred_at.second, kept.nothing, kept.is_unseen) == (0, None, False)
    decision = visitor.decision_of(kept)
    assert (decision.placement, decision.shown) == ("zone", 2)
    assert decision.permission_event_ids == [visitor.yes.event_id]
    assert decision.context == {"in_front": [visitor.bread.number]}


def test_two_moments_of_one_report_are_answered_once_and_both_are_explained(visitor: Visitor) -> None:
    silent, telling = visitor.hears(visitor.enters(), visitor.stands_before(visitor.shelf))
    assert (silent["nothing"]["code"], silent["offers"], silent["decision_id"]) == ("outspoken", [], None)
    assert telling["nothing"] is None
    assert [one.nothing for one in visitor.kept()] == ["outspoken", None]


def test_the_same_shelf_does_not_show_the_same_offer_twice_in_a_visit(visitor: Visitor) -> None:
    visitor.hears(visitor.stands_before(visitor.shelf, occurred_at=minutes_ago(3)))
    [again] = visitor.hears(visitor.stands_before(visitor.shelf))
    assert (again["offers"], again["nothing"]["code"]) == ([], "no_offer")
    outcomes = visitor.decision_of(visitor.kept()[-1]).considered[3::4]
    assert set(outcomes) == {17}


def test_another_shelf_and_the_next_visit_show_it(visitor: Visitor) -> None:
    visitor.hears(visitor.stands_before(visitor.shelf, occurred_at=minutes_ago(3)))
    [other] = visitor.hears(visitor.stands_before(visitor.make_zone(products={})))
    assert visitor.titles(other) == ["milk", "bread"]
    [later] = visitor.hears(visitor.stands_before(visitor.shelf, visit_id=uuid.uuid4()))
    assert visitor.titles(later) == ["bread", "milk"]


def test_a_visit_is_not_flooded(visitor: Visitor) -> None:
    zones = [visitor.make_zone() for _ in range(6)]
    answers = [
        visitor.hears(visitor.stands_before(zone, occurred_at=minutes_ago(9 - number)))[0]
        for number, zone in enumerate(zones)
    ]
    assert [bool(answer["offers"]) for answer in answers] == [True] * 5 + [False]
    assert answers[-1]["nothing"]["code"] == "too_often"


def test_a_closed_store_brings_nothing_and_the_decision_says_why(visitor: Visitor) -> None:
    set_hours(visitor.store, open_now=False)
    [answer] = visitor.hears(visitor.enters())
    assert (answer["offers"], answer["nothing"]["code"]) == ([], "no_offer")
    explained = visitor.phone.get(f"/v1/decisions/{answer['decision_id']}").get_json()
    assert {one["outcome"] for one in explained["considered"]} == {"store_closed"}


def test_without_a_screen_nothing_counts_as_shown(visitor: Visitor) -> None:
    visitor.hears(visitor.stands_before(visitor.shelf), background=True)
    [kept] = visitor.kept()
    assert kept.is_unseen
    assert visitor.decision_of(kept).shown == 0
    [seen] = visitor.hears(visitor.stands_before(visitor.shelf))
    assert visitor.titles(seen) == ["bread", "milk"]


def test_who_leaves_or_passes_by_leaves_no_trigger(visitor: Visitor) -> None:
    gone = [visitor.transition(kind) for kind in (TransitionKind.EXITED, TransitionKind.CROSSED)]
    assert visitor.hears(*gone, visitor.enters(is_late=True)) == []
    assert visitor.kept() == []


def test_what_is_unsure_is_kept_with_its_reason(visitor: Visitor) -> None:
    [answer] = visitor.hears(visitor.enters(confidence=1))
    assert (answer["nothing"]["code"], visitor.kept()[0].nothing) == ("too_unsure", "too_unsure")


def test_a_closed_zone_holds_nothing(visitor: Visitor) -> None:
    closed = visitor.make_zone(products={"categories": ["food/bakery"]}, status="closed")
    [answer] = visitor.hears(visitor.stands_before(closed))
    assert visitor.titles(answer) == ["milk", "bread"]


@pytest.mark.parametrize(
    ("shelf", "titles"),
    [
        ({"gtins": [WINE.zfill(14)]}, ["bread", "milk"]),
        ({"lists": ["breads"]}, ["bread", "milk"]),
        ({"gtins": [CHEESE.zfill(14)]}, ["milk", "bread"]),
        ({"lists": ["others"]}, ["milk", "bread"]),
    ],
    ids=["an article on it", "its name", "another article", "another name"],
)
def test_a_shelf_is_on_the_lists_of_its_articles(visitor: Visitor, shelf: dict[str, Any], titles: list[str]) -> None:
    make_list(visitor.brand, "breads", WINE)
    named = InASale(products=Products(lists=frozenset({"breads"})))
    new_version(visitor.bread, visitor.brand, in_a_sale=named, now=clock.now())
    [answer] = visitor.hears(visitor.stands_before(visitor.make_zone(products=shelf)))
    assert visitor.titles(answer) == titles


def test_a_member_reads_their_triggers(visitor: Visitor) -> None:
    visitor.hears(visitor.stands_before(visitor.shelf))
    visitor.hears(visitor.enters(confidence=0))
    unsure, zone = visitor.listed()
    assert (zone["kind"], zone["zone_name"], zone["store_name"], zone["shown"]) == ("zone", "Breads", "Rivoli", 2)
    assert (zone["nothing"], unsure["nothing"]["code"], unsure["decision_id"]) == (None, "too_unsure", None)
    assert zone["withdrawal"].endswith("/beacon/in_store_offers")


def test_pages_of_triggers_lose_none(visitor: Visitor) -> None:
    for _ in range(5):
        visitor.hears(visitor.enters(confidence=0))
    path, seen = "/v1/triggers?limit=2", []
    while path:
        page = visitor.phone.get(path).get_json()
        seen += [one["id"] for one in page["items"]]
        path = page["next"]
    assert seen == [str(one.id) for one in reversed(visitor.kept())]


def test_nobody_reads_those_of_others(visitor: Visitor, anyone: Speaker) -> None:
    visitor.hears(visitor.enters())
    assert Visitor(anyone).listed() == []


@pytest.fixture
def by_scope(visitor: Visitor) -> Visitor:
    visitor.hears(visitor.enters())
    return visitor


def withdraw(visitor: Visitor, touchpoint: str = "beacon", scope: Scope | None = None) -> None:
    with db.member_transaction(visitor.member.id):
        withdraw_permission(
            member_id=visitor.member.id,
            brand_id=visitor.brand.id,
            touchpoint=touchpoint,
            purpose="in_store_offers",
            scope=scope,
            now=clock.now(),
        )


def test_a_withdrawal_takes_them_with_it(by_scope: Visitor) -> None:
    withdraw(by_scope)
    assert by_scope.kept() == []


def test_a_withdrawal_of_another_touchpoint_leaves_them(by_scope: Visitor) -> None:
    by_scope.permits("geofence")
    withdraw(by_scope, "geofence")
    assert len(by_scope.kept()) == 1


@pytest.mark.parametrize("is_here", [True, False])
def test_a_no_for_a_store_or_an_area_takes_those_of_there(by_scope: Visitor, is_here: bool) -> None:
    store = by_scope.store if is_here else make_shop(by_scope.brand, north=5)
    for scope in (Scope(ScopeKind.STORE, store.id), Scope(ScopeKind.AREA, make_area(by_scope.brand, store).id)):
        by_scope.permits("beacon", scope=scope)
        withdraw(by_scope, scope=scope)
    assert len(by_scope.kept()) == (0 if is_here else 1)


def age(visitor: Visitor, days: int) -> None:
    ago = timedelta(days=days)
    with db.system_transaction():
        db.execute(
            update(Trigger)
            .where(Trigger.member_id == visitor.member.id)
            .values(day=Trigger.day - days, occurred_at=Trigger.occurred_at - ago)
        )


def work(job: str) -> None:
    with db.system_transaction():
        getattr(jobs, job)(now=clock.now())


def test_after_a_day_the_store_and_the_day_are_left(visitor: Visitor) -> None:
    visitor.hears(visitor.stands_before(visitor.shelf))
    work("coarsen_triggers")
    assert visitor.kept()[0].zone_id == visitor.shelf.id
    age(visitor, 2)
    work("coarsen_triggers")
    [kept] = visitor.kept()
    fine = (kept.occurred_at, kept.zone_id, kept.fence_id, kept.tag_id, kept.evidence, kept.confidence)
    assert set(fine) == {None}
    assert kept.store_id == visitor.store.id
    assert visitor.listed()[0]["occurred_at"] is None


def test_after_a_month_nothing_is_left(visitor: Visitor) -> None:
    visitor.hears(visitor.enters())
    age(visitor, 29)
    work("forget_triggers")
    assert len(visitor.kept()) == 1
    age(visitor, 3)  # the day is the store's own, which may be one ahead
    work("forget_triggers")
    assert visitor.kept() == []
