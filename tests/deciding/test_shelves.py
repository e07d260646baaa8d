"""In front of a shelf its articles weigh more; all other decisions stay what they were, to the bit."""

import hashlib
import json
import random
import uuid
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.sql import db
from app.sql.trips import Call
from offers.deciding.decisions import AT_ONCE, Decided, Placement
from offers.deciding.explanation import explain_decision
from offers.deciding.factors import BOUNDS, IN_FRONT, NAMES, Factors, Weights, log_millionths
from offers.deciding.facts import find_about
from offers.deciding.models import Decision
from offers.deciding.placements.moments import StoreMoment, decide_moments, find_moments
from offers.deciding.queries import decision_of
from offers.deciding.ranking import Candidate, Outcome, rank_candidates
from offers.deciding.replays.replays import replay_decisions
from offers.deciding.scores import ScoredOffer, order_entries
from offers.learning.lessons import learn_profile
from offers.learning.models import CountKind, LearntCount
from offers.planning.drafts import InASale
from offers.planning.models import Offer
from tests.deciding.dismissing import dismiss
from tests.deciding.factories import BAKERY, Shopper, certain, make_shop, offer_at, set_hours
from tests.deciding.test_ranking import candidates
from tests.deciding.test_scores import entries, seeds
from tests.planning.factories import stores_and_areas
from tests.speaking import Speaker
from wallet.purchases.basket import Products


def articles(*categories: str, **given: Any) -> Products:
    return Products(frozenset(categories), **{name: frozenset(values) for name, values in given.items()})


@pytest.mark.parametrize(
    ("offer", "shelf", "about"),
    [
        (articles("food/tea"), articles("food/tea"), True),
        (articles("food/tea/green"), articles("food/tea"), True),
        (articles("food"), articles("food/tea"), True),
        (articles("food/teapots"), articles("food/tea"), False),
        (articles("food/coffee"), articles("food/tea"), False),
        (replace(articles("food"), but_not=frozenset({"food/tea"})), articles("food/tea"), False),
        (articles(gtins=["3017620422003"]), articles(gtins=["03017620422003"]), True),
        (articles(gtins=["3017620422003"]), articles("food/tea"), False),
        (articles(skus=["T-1"]), articles("food", skus=["T-1", "T-2"]), True),
        (articles(lists=["teas"]), articles(lists=["teas", "gifts"]), True),
        (articles(lists=["teas"]), articles(lists=["gifts"]), False),
        (articles(lists=["teas"]), articles("food/tea"), False),
        (articles(), articles("food/tea"), False),
    ],
)
def test_an_offer_is_on_what_stands_there_or_not(offer: Products, shelf: Products, about: bool) -> None:
    written = json.dumps({name: sorted(values) for name, values in asdict(offer).items() if values}).encode()
    assert find_about([written], shelf) == ({written} if about else set())


@given(candidates, st.sets(st.integers(1, 10_000)))
def test_what_is_in_front_comes_first_and_all_else_keeps_its_order(found: list[Candidate], near: set[int]) -> None:
    plain = rank_candidates(found, is_cut=False, most=60).shown
    there = rank_candidates(found, is_cut=False, most=60, in_front=near).shown
    assert list(there) == [one for one in plain if one.offer_number in near] + [
        one for one in plain if one.offer_number not in near
    ]


def random_entries(chance: random.Random) -> list[ScoredOffer]:
    return [
        ScoredOffer(
            number,
            Factors(
                chance.randint(0, 100),
                chance.randint(log_millionths(0.05), 0),
                chance.choice([0, -356675, -916291]),
                chance.randint(-600_000, 400_000),
                chance.randint(0, 99),
                chance.randint(0, 3_000_000),
                chance.randint(1, 50),
                chance.randint(1, 2000),
            ),
            Weights(),
            0,
            chance.random() < 0.2,
        )
        for number in range(chance.randint(1, 25))
    ]


def test_orders_without_a_shelf_are_to_the_bit_what_they_were_before_there_were_shelves() -> None:
    chance, said = random.Random(17), hashlib.sha256()
    for _ in range(300):
        some = random_entries(chance)
        said.update(repr(order_entries(some, seed=chance.getrandbits(64))).encode())
    assert said.hexdigest()[:16] == "4c724571ea076646"


@given(entries, seeds)
def test_standing_before_all_of_them_is_standing_before_none(some: list[ScoredOffer], seed: int) -> None:
    there, away = ([one._replace(in_front=is_there) for one in some] for is_there in (True, False))
    assert order_entries(there, seed=seed) == order_entries(away, seed=seed)


def test_no_brand_weighs_where_somebody_stands() -> None:
    assert set(NAMES) == {*Weights._fields, "shelf"}
    assert set(BOUNDS) == set(Weights._fields)
    assert IN_FRONT > 0


class Aisle(Shopper):
    """A member in a store with milk and bread; milk was planned first, so it leads where nothing else speaks."""

    def decide(self, *, placement: Placement = Placement.ZONE, **given: Any) -> Decided:
        moment = StoreMoment(placement, self.brand.id, self.store.id, uuid.uuid4(), **given)
        with db.member_transaction(self.member.id):
            asking = {"member_id": self.member.id, "now": clock.now()}
            _, [found] = find_moments([moment], language="en", first=Call("SELECT 1", ()), **asking)
            [made] = decide_moments([(moment, found)], **asking)
        return made

    def kept(self, made: Decided) -> Decision:
        with db.system_transaction():
            return db.all_of(decision_of(self.member.id, uuid.UUID(made.decision_id)))[0]

    def explanations(self, made: Decided) -> dict[uuid.UUID, str]:
        with db.member_transaction(self.member.id):
            said = explain_decision(member_id=self.member.id, decision_id=uuid.UUID(made.decision_id), language="en")
        return {one["offer_id"]: one["explanation"] for one in said["considered"]}

    def is_same_again(self, made: Decided) -> bool:
        now = clock.now()
        with db.system_transaction():
            found = replay_decisions(since=now - timedelta(minutes=5), until=now + timedelta(minutes=1))
            [same] = [one.same for one in found if str(one.decision_id) == made.decision_id]
        return same


BREAD_SHELF = articles("food/bakery")


@pytest.fixture
def aisle(anyone: Speaker) -> Aisle:
    return Aisle(anyone)


def first(made: Decided) -> int:
    return made.ranked.shown[0].offer_number


def test_the_bread_leads_before_the_bread_and_the_reason_says_so(aisle: Aisle) -> None:
    assert first(aisle.decide()) == aisle.milk.number
    made = aisle.decide(shelf=BREAD_SHELF)
    assert (first(made), made.in_front) == (aisle.bread.number, frozenset({aisle.bread.number}))
    assert aisle.kept(made).policy == "shelf-then-priority/1"
    said = aisle.explanations(made)
    assert said[aisle.bread.id] == "Shown. Because you stood before its articles."
    assert said[aisle.milk.id] == "Shown."


def test_who_is_profiled_gets_a_factor_more(aisle: Aisle) -> None:
    aisle.permits_profiling()
    with certain():
        made = aisle.decide(shelf=BREAD_SHELF)
    assert first(made) == aisle.bread.number
    assert aisle.kept(made).policy == "score-at-shelf/1"
    assert "stood before" in aisle.explanations(made)[aisle.bread.id]


def test_both_come_out_the_same_again_and_what_was_changed_is_found(aisle: Aisle) -> None:
    made = [aisle.decide(shelf=BREAD_SHELF)]
    aisle.permits_profiling()
    made += [aisle.decide(shelf=BREAD_SHELF) for _ in range(10)]
    assert all(map(aisle.is_same_again, made))
    with db.system_transaction():
        for one in made:
            db.fetch("UPDATE decision SET context = context - 'in_front' WHERE id = $1 RETURNING 1", [one.decision_id])
    assert not any(map(aisle.is_same_again, made[1:]))


def test_a_decision_without_a_shelf_keeps_what_it_always_kept(aisle: Aisle) -> None:
    kept = aisle.kept(aisle.decide(placement=Placement.ARRIVAL))
    assert (kept.policy, kept.context, kept.factors) == ("priority-then-near/1", {}, None)


def test_a_moment_brings_three_offers_at_most(aisle: Aisle) -> None:
    for _ in range(3):
        offer_at(aisle.brand)
    made = aisle.decide()
    assert len(made.ranked.shown) == AT_ONCE
    assert aisle.is_same_again(made)


def test_only_offers_of_that_store_are_considered(aisle: Aisle) -> None:
    elsewhere = offer_at(aisle.brand, targets=stores_and_areas(make_shop(aisle.brand, north=2)))
    assert elsewhere.number not in aisle.kept(aisle.decide()).considered[::4]


def outcomes(aisle: Aisle, made: Decided) -> dict[int, Outcome]:
    kept = aisle.kept(made).considered
    return {number: Outcome(what) for number, what in zip(kept[::4], kept[3::4], strict=True)}


def test_a_closed_store_brings_nothing_but_at_a_tag(aisle: Aisle) -> None:
    dismiss(aisle.member, aisle.milk)
    set_hours(aisle.store, open_now=False)
    made = aisle.decide()
    assert set(outcomes(aisle, made).values()) == {Outcome.STORE_CLOSED}
    assert first(aisle.decide(placement=Placement.TAG, needs_open=False)) == aisle.bread.number


def test_what_was_shown_there_is_not_shown_again(aisle: Aisle) -> None:
    made = aisle.decide(shown={aisle.milk.number})
    assert outcomes(aisle, made) == {aisle.milk.number: Outcome.SHOWN_BEFORE, aisle.bread.number: Outcome.SHOWN}
    assert aisle.is_same_again(made)


def showings(offer: Offer) -> int:
    with db.system_transaction():
        counted = LearntCount.kind == CountKind.SHOWN, LearntCount.key == str(offer.number)
        return db.session().query(LearntCount).filter(*counted).count()


def test_what_nobody_saw_was_shown_to_nobody(aisle: Aisle) -> None:
    aisle.permits_profiling()
    made = aisle.decide(is_seen=False)
    assert aisle.kept(made).shown == 0
    assert set(outcomes(aisle, made).values()) == {Outcome.UNSEEN}
    assert aisle.is_same_again(made)
    with db.system_transaction():
        learn_profile(aisle.member.id, aisle.brand.id, now=clock.now())
    assert showings(aisle.milk) == 0
    aisle.decide()
    with db.system_transaction():
        learn_profile(aisle.member.id, aisle.brand.id, now=clock.now())
    assert showings(aisle.milk) == 1


def test_an_offer_on_everything_is_on_no_shelf(aisle: Aisle) -> None:
    whole = offer_at(aisle.brand, in_a_sale=InASale())
    assert whole.number not in aisle.decide(shelf=BREAD_SHELF).in_front
    assert BAKERY.products.categories == BREAD_SHELF.categories
