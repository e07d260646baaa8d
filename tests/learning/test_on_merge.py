"""Two members who become one have exactly the counts of one person who did both; parted, each has their own again."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.models import Member
from app.consent.suppression import objections
from app.sql import db
from offers.deciding.models import Decision
from offers.learning.models import CountKind
from offers.planning.models import Offer
from tests.coupons.factories import claim, redeem
from tests.factories import NOON, made, make_brand, make_member, make_store, make_terminal, save
from tests.learning.factories import (
    A_DAY,
    BREAD,
    counts_of,
    forbid,
    learn,
    learnt_rows,
    permit,
    profile_of,
    relearn,
    taste_of,
)
from tests.merges.factories import merge, split
from tests.planning.factories import make_offer
from tests.purchases.factories import buy, line, take_back
from tests.sizes import chosen

HOUR = timedelta(hours=1)


class Shop:
    """A brand where several members do things."""

    def __init__(self) -> None:
        with made():
            self.brand = make_brand()
            self.stores = [make_store(self.brand), make_store(self.brand)]
            self.offer: Offer = make_offer(self.brand, member_limit=100)
            self.terminal, _ = make_terminal(self.stores[0])
        self.returnable: dict[uuid.UUID, list[Any]] = {}

    def do(self, act: str, member: Member, at: datetime) -> None:
        """One thing that a member does."""
        ACTS[act](self, member, at)

    def buy(self, member: Member, at: datetime, *lines: Any, store: int = 0) -> None:
        bought = buy(member, self.stores[store], *lines, bought_at=at, now=at)
        self.returnable.setdefault(member.id, []).append(bought)

    def bring_back(self, member: Member, at: datetime) -> None:
        for bought in self.returnable.pop(member.id, [])[-1:]:
            take_back(bought, {1: 1}, now=at)

    def show(self, member: Member, at: datetime) -> None:
        fields = {"policy": "test", "permission_event_ids": [], "context": {}, "shown": 1}
        considered = [self.offer.number, 1, 1, 1, self.offer.number, 1, 1, 7]
        save(Decision(member_id=member.id, id=db.new_id(), decided_at=at, considered=considered, **fields))


ACTS: dict[str, Callable[[Shop, Member, datetime], object]] = {
    "milk": lambda shop, member, at: shop.buy(member, at),
    "more": lambda shop, member, at: shop.buy(
        member, at, line(quantity=2), line(180, position=2, gtin=BREAD, category="food/bread"), store=1
    ),
    "back": lambda shop, member, at: shop.bring_back(member, at),
    "claim": lambda shop, member, at: claim(member, shop.offer, now=at),
    "use": lambda shop, member, at: redeem(claim(member, shop.offer, now=at), shop.terminal, now=at),
    "show": lambda shop, member, at: shop.show(member, at),
    "mind": lambda shop, member, at: (
        forbid(member, shop.brand, now=at),
        permit(member, shop.brand, now=at + HOUR / 2),
    ),
    "learn": lambda shop, member, at: learn(member, shop.brand, now=at),
}
STORIES = st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(ACTS))), max_size=8)


@settings(max_examples=chosen().worlds, suppress_health_check=list(HealthCheck))
@given(story=STORIES)
def test_who_become_one_have_the_counts_of_one_who_did_both_and_parted_their_own(story: list[tuple[bool, str]]) -> None:
    shop, members, one = Shop(), (make_member(), make_member()), make_member()
    for member in (*members, one):
        permit(member, shop.brand)
    for place, (whose, act) in enumerate(story):
        at = NOON + place * HOUR
        # What one brings back is their own last purchase; the one who does both brings back that very one.
        shop.do(act, members[whose], at)
        _do_too(shop, one, act, members[whose], at)
    now = NOON + len(story) * HOUR
    for member in (*members, one):
        learn(member, shop.brand, now=now)
    before = [(counts_of(member, shop.brand), taste_of(member, shop.brand)) for member in members]
    merged = merge(*members, now=now)
    assert learnt_rows(members[0]) == 0
    assert counts_of(members[1], shop.brand) == counts_of(one, shop.brand)
    assert taste_of(members[1], shop.brand) == taste_of(one, shop.brand)
    split(merged, now=now + HOUR)
    assert [(counts_of(member, shop.brand), taste_of(member, shop.brand)) for member in members] == before


def _do_too(shop: Shop, one: Member, act: str, as_member: Member, at: datetime) -> None:
    """The same by the one person: what comes back is what this one of the two had bought."""
    known = TWINS.setdefault((one.id, as_member.id), [])
    if act == "back":
        for bought in known[-1:]:
            take_back(bought, {1: 1}, now=at)
        known.clear()
        return
    shop.do(act, one, at)
    if act in ("milk", "more"):
        known.append(shop.returnable[one.id].pop())


TWINS: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = {}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def pair(shop: Shop) -> tuple[Member, Member]:
    """Two members, each with a purchase of another store; the first becomes part of the second."""
    source, target = make_member(), make_member()
    shop.do("milk", source, NOON)
    shop.do("more", target, NOON)
    return source, target


def stores(member: Member, shop: Shop) -> set[str]:
    return {key for kind, key in counts_of(member, shop.brand) if kind == CountKind.STORE}


def test_a_yes_of_the_target_that_the_source_was_never_asked_covers_what_came(
    shop: Shop, pair: tuple[Member, Member]
) -> None:
    permit(pair[1], shop.brand)
    merge(*pair)
    assert stores(pair[1], shop) == {str(store.id) for store in shop.stores}


def test_a_yes_of_the_source_alone_stays_with_the_source_and_is_asked_again(
    shop: Shop, pair: tuple[Member, Member]
) -> None:
    permit(pair[0], shop.brand)
    learn(pair[0], shop.brand)
    before = counts_of(pair[0], shop.brand)
    merged = merge(*pair)
    assert (learnt_rows(pair[0]), learnt_rows(pair[1])) == (0, 0)
    split(merged)
    assert (counts_of(pair[0], shop.brand), learnt_rows(pair[1])) == (before, 0)


@pytest.mark.parametrize("who", [0, 1])
def test_a_no_of_either_is_a_no(shop: Shop, pair: tuple[Member, Member], who: int) -> None:
    permit(pair[1 - who], shop.brand)
    forbid(pair[who], shop.brand)
    merge(*pair)
    assert (learnt_rows(pair[0]), learnt_rows(pair[1])) == (0, 0)


def test_an_objection_of_the_source_ends_what_the_target_permitted(shop: Shop, pair: tuple[Member, Member]) -> None:
    permit(pair[1], shop.brand)
    with made():
        objections.object_to_marketing(member_id=pair[0].id, brand_id=shop.brand.id, now=NOON)
    merge(*pair)
    assert learnt_rows(pair[1]) == 0


def test_a_withdrawal_after_the_merge_takes_what_came_too(shop: Shop, pair: tuple[Member, Member]) -> None:
    for member in pair:
        permit(member, shop.brand)
    merged = merge(*pair)
    forbid(pair[1], shop.brand, now=NOON + A_DAY)
    assert learnt_rows(pair[1]) == 0
    split(merged, now=NOON + 2 * A_DAY)
    assert profile_of(pair[1], shop.brand) is None


def test_what_was_bought_between_merge_and_split_stays_with_who_bought_it(
    shop: Shop, pair: tuple[Member, Member]
) -> None:
    for member in pair:
        permit(member, shop.brand)
    merged = merge(*pair)
    shop.do("more", pair[1], NOON + HOUR)
    learn(pair[1], shop.brand, now=NOON + HOUR)
    split(merged, now=NOON + A_DAY)
    assert counts_of(pair[1], shop.brand)[CountKind.DAY, "2026-05-18"] == 2
    assert counts_of(pair[0], shop.brand)[CountKind.DAY, "2026-05-18"] == 1


def test_what_is_learnt_again_after_a_merge_is_what_was_learnt_by_it(shop: Shop, pair: tuple[Member, Member]) -> None:
    for member in pair:
        permit(member, shop.brand)
        shop.do("show", member, NOON)
    merge(*pair)
    before = counts_of(pair[1], shop.brand)
    assert (CountKind.SHOWN, str(shop.offer.number)) in before
    relearn(pair[1], shop.brand)
    assert counts_of(pair[1], shop.brand) == before
