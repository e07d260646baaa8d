"""From a bundle the phone chooses the same offers in the same order as the server from the same fix.

Over random members, positions and catalogues: places in a crowd, several brands, permissions of every scope and noes
inside them, windows, firings, hours, sold out, spent, coupons held and used, what is hidden, what is for some only.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.accounts.models import Brand, Member
from app.consent.models import Level, Scope, ScopeKind
from app.errors import Problem
from app.sql import db
from geo.places.models import Area, Store
from offers.bundles.matcher import MOST_SHOWN, PhoneFix
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit
from offers.planning.models import Offer
from tests.bundles.factories import (
    answered,
    assert_same,
    at_sea,
    bundle_here,
    facts_of,
    fresh_looks,
    make_stores,
    matched,
    moved,
)
from tests.consent.factories import give, say_no
from tests.coupons.factories import claim, redeem
from tests.deciding.dismissing import dismiss
from tests.factories import made, make_area, make_brand, make_member, make_terminal, member_token
from tests.learning.factories import permit
from tests.planning.factories import EVERYWHERE, make_offer, publish, stores_and_areas
from tests.sizes import chosen
from tests.wallet.factories import make_card

NOW = clock.now().replace(microsecond=0)
YEARS_AGO, IN_YEARS = (NOW + years * timedelta(days=365) for years in (-1, 1))
FIXES = 6
SEED = 0x5EED

PLACE = "UPDATE place SET open_during = :hours WHERE store_number = :number"
WINDOWS = """
UPDATE offer_place SET starts_at = :starts, ends_at = :ends, firings = :firings
WHERE store_number = :number AND (offer_number % 2 = 1) = :odd
"""
LIVE = "UPDATE live_offer SET sold_out_until = :sold, spent_until = :spent WHERE offer_id = :id"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with fresh_looks():
        yield


@pytest.fixture(scope="module")
def coast(app: Any) -> "Coast":
    return Coast()


class Coast:
    """Brands with stores around a place, and what they offer: made once, and another day each time."""

    def __init__(self) -> None:
        self.rng = random.Random(SEED)
        self.place = at_sea(SEED)
        self.brands = [make_brand() for _ in range(2)]
        self.stores: dict[Any, list[Store]] = {}
        self.areas: dict[Any, list[Area]] = {}
        self.offers: list[tuple[Brand, Offer]] = []
        for brand, (stores, offers) in zip(self.brands, ((40, 24), (14, 6)), strict=True):
            mine = make_stores(brand, self.place, stores, rng=self.rng, now=NOW)
            self.stores[brand.id] = mine
            self.areas[brand.id] = [make_area(brand, *self.rng.sample(mine, 5)) for _ in range(2)]
            publish(*mine, now=NOW)
            with made():
                self.offers += [(brand, self._offer(brand)) for _ in range(offers)]

    def _offer(self, brand: Brand) -> Offer:
        some = stores_and_areas(*self.rng.sample(self.stores[brand.id], 3), areas=(self.areas[brand.id][0],))
        given: dict[str, Any] = {
            "priority": self.rng.choice([5, 50, 50, 60, 95]),
            "targets": self.rng.choice([EVERYWHERE, some]),
            "member_limit": self.rng.choice([1, 2, 9]),
            "is_fallback": self.rng.random() < 0.1,
        }
        if self.rng.random() < 0.3:
            given["for_whom"] = ForWhom(new_member_days=30)
        if self.rng.random() < 0.2:
            given["use_limits"] = (UseLimit(LimitedBy.MEMBER, LimitPeriod.WEEK, 1),)
        return make_offer(brand, now=NOW, **given)

    def dawn(self, seed: int) -> "Coast":
        """Hours, windows, firings and budgets, each as a catalogue may have them at this moment."""
        rng = self.rng = random.Random(seed)
        around = f"{{[{NOW - timedelta(hours=1)},{NOW + timedelta(hours=1)})}}"
        over = f"{{[{NOW - timedelta(hours=3)},{NOW - timedelta(hours=1)})}}"
        hours = [None, around, around, over, "{}", "{(,)}"]
        starts, ends = [YEARS_AGO, YEARS_AGO, NOW, NOW + timedelta(hours=1)], [IN_YEARS, IN_YEARS, IN_YEARS, NOW]
        until = [None, None, None, None, "infinity", NOW, NOW + timedelta(hours=1)]
        numbers = [store.number for stores in self.stores.values() for store in stores]
        firings = [None, None, around, "{}"]
        with db.system_transaction():
            for number in numbers:
                _run(PLACE, number=number, hours=rng.choice(hours))
                windows = {"starts": rng.choice(starts), "ends": rng.choice(ends), "firings": rng.choice(firings)}
                _run(WINDOWS, number=number, odd=rng.random() < 0.5, **windows)
            for _, offer in self.offers:
                _run(LIVE, id=offer.id, sold=rng.choice(until), spent=rng.choice(until))
        return self

    def member(self) -> Member:
        """Somebody who said yes to something here, and used some of it."""
        member = make_member()
        member_token(member)
        for brand in self.brands:
            self._permissions(member, brand)
            if self.rng.random() < 0.5:
                make_card(member, brand, now=NOW - timedelta(days=3))
        for brand, offer in self.rng.sample(self.offers, len(self.offers) // 3):
            self._coupon(member, brand, offer)
        for _, offer in self.rng.sample(self.offers, 2):
            dismiss(member, offer, now=NOW)
        return member

    def _permissions(self, member: Member, brand: Brand) -> None:
        level = self.rng.choice([Level.PROACTIVE, Level.ALERT_ON_REQUEST])
        chance = self.rng.random
        area, store = self.rng.choice(self.areas[brand.id]), self.rng.choice(self.stores[brand.id])
        scopes = [(ScopeKind.BRAND, brand.id, 0.8), (ScopeKind.AREA, area.id, 0.4), (ScopeKind.STORE, store.id, 0.4)]
        for kind, scope_id, share in scopes:
            if chance() < share:
                give(member, brand, level=level, now=NOW, scope=Scope(kind, scope_id))
        for area in self.areas[brand.id]:
            if chance() < 0.2:
                say_no(member, brand, now=NOW, scope=Scope(ScopeKind.AREA, area.id))
        for store in self.rng.sample(self.stores[brand.id], 2):
            if chance() < 0.3:
                say_no(member, brand, now=NOW, scope=Scope(ScopeKind.STORE, store.id))

    def _coupon(self, member: Member, brand: Brand, offer: Offer) -> None:
        with suppress(Problem):  # it is not for them, not on, or sold out: then they hold none, or did not use it
            coupon = claim(member, offer, now=NOW)
            if self.rng.random() < 0.4:
                terminal, _ = make_terminal(self.stores[brand.id][0])
                redeem(coupon, terminal, now=NOW)

    def fix(self) -> PhoneFix:
        lat, lon = moved(self.place, self.rng, most_m=800)
        return PhoneFix(lat, lon, self.rng.choice([5.0, 40.0, 999.0]), self.rng.choice([50, 300, 1000, 2000]))


def _run(statement: str, **values: Any) -> None:
    db.execute(text(statement), values)


def assert_equal_around(coast: Coast, member: Member) -> int:
    """Compare some fixes; how many offers were shown."""
    bundle, shown = bundle_here(coast.place), 0
    try:
        facts = facts_of(member, now=NOW)
    except Problem:
        assert answered(member, coast.fix(), now=NOW) == []
        return 0
    for _ in range(FIXES):
        fix = coast.fix()
        server = answered(member, fix, now=NOW)
        assert_same(server, matched(bundle, facts, fix, now=NOW))
        shown += len(server)
    return shown


@settings(max_examples=2 * chosen().worlds)
@given(st.integers(0, 2**32))
def test_the_phone_chooses_the_same_offers_in_the_same_order(coast: Coast, seed: int) -> None:
    assert_equal_around(coast.dawn(seed), coast.member())


def test_also_where_more_offers_are_there_than_are_shown(coast: Coast) -> None:
    """Then the nearest dozen places may be enough for an answer, and what is further away is not looked at."""
    coast.dawn(SEED)
    with db.system_transaction():
        _run("UPDATE place SET open_during = NULL WHERE brand_id = :id", id=coast.brands[0].id)
        _run(
            "UPDATE offer_place SET starts_at = :starts, ends_at = :ends, firings = NULL FROM store"
            " WHERE store.number = store_number AND brand_id = :id",
            id=coast.brands[0].id,
            starts=YEARS_AGO,
            ends=IN_YEARS,
        )
        for _, offer in coast.offers:
            _run(LIVE, id=offer.id, sold=None, spent=None)
    member = make_member()
    member_token(member)
    give(member, coast.brands[0], now=NOW)
    make_card(member, coast.brands[0], now=NOW - timedelta(days=3))
    assert assert_equal_around(coast, member) > FIXES * 10


def test_also_for_whom_a_brand_chooses_by_what_they_buy(coast: Coast, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same chance: that of a server's answer comes from its id, that of a phone from its facts."""
    for module in ("offers.deciding.decisions", "offers.bundles.own_scores"):
        monkeypatch.setattr(f"{module}.seed_of", lambda *_: SEED)
    for some in (coast.brands, coast.brands[:1]):
        member = coast.dawn(SEED + len(some)).member()
        for brand in some:
            give(member, brand, now=NOW)
            permit(member, brand, now=NOW)
        assert facts_of(member, now=NOW)["scores"] is not None
        assert assert_equal_around(coast, member) > 0


def test_without_the_same_chance_the_same_offers_are_there(coast: Coast) -> None:
    member = coast.dawn(3).member()
    give(member, coast.brands[1], now=NOW)
    permit(member, coast.brands[1], now=NOW)
    bundle, facts, fix = bundle_here(coast.place), facts_of(member, now=NOW), coast.fix()
    facts["gates"] = [gate for gate in facts["gates"] if gate["brand_id"] == str(coast.brands[1].id)]
    phone = {one["offer"]["id"] for one in matched(bundle, facts, fix, now=NOW)}
    mine = answered(member, fix, now=NOW, brand=coast.brands[1].code)
    assert len(mine) < MOST_SHOWN
    assert phone == {one["offer"]["id"] for one in mine}
