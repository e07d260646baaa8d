"""The stores that are searched are those that the one rule of permissions allows, and no other."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.consent.models import Level, Reason
from app.factory import Ici
from app.sql import db
from geo.places.nearest import PermittedGround, find_known_places, find_nearest_places
from geo.presence.allowance import BY_FENCE, find_obstacle, grounds_of, judge_store, read_watching
from geo.presence.models import PURPOSE
from tests.consent.factories import give, say_no
from tests.deciding.factories import LAT, LON, make_shop, offer_at, stand
from tests.deciding.test_gate import Ground as Town
from tests.deciding.test_gate import Standing, standings
from tests.factories import PARIS, make_area, make_brand, make_member
from tests.planning.factories import publish
from tests.sizes import chosen
from tests.speaking import Speaker


@pytest.fixture(scope="module")
def town(app: Ici) -> Town:
    brand = make_brand()
    stores = tuple(make_shop(brand, north=number + 1) for number in range(4))
    members = {0: stores[:2], 1: stores[1:3]}
    areas = tuple(make_area(brand, *inside) for inside in members.values())
    publish(*stores, now=clock.now())
    offer_at(brand)
    inside = {store.id: tuple(areas[n].id for n, some in members.items() if store in some) for store in stores}
    return Town(Speaker(app.test_client()), brand.id, stores, areas, inside)


@settings(max_examples=chosen().rows)
@given(said=st.dictionaries(st.integers(0, 6), standings, max_size=7))
def test_the_search_and_the_rule_agree_on_every_store(town: Town, said: dict[int, Standing]) -> None:
    member, now = make_member(), clock.now()
    cells = [standing.cell(town, town.scopes[place], now=now) for place, standing in said.items()]
    for cell in cells:
        cell.purpose = PURPOSE
    stand(member, cells)
    with db.system_transaction():
        watching = read_watching(member_id=member.id, now=now)
        grounds = grounds_of(watching, BY_FENCE)
        known = find_known_places(grounds, most=10)
        near = find_nearest_places(grounds, lon=LON, lat=LAT, reach_m=5000, most=10)
    allowed = {
        store.id
        for store in town.stores
        if judge_store(
            watching, BY_FENCE, brand_id=town.brand_id, store_id=store.id, area_ids=town.area_ids[store.id]
        ).allowed
    }
    assert {place.store_id for place in known} == {place.store_id for place in near} == allowed


def test_only_the_level_that_needs_no_asking_lets_anything_be_watched() -> None:
    brand, now = make_brand(), clock.now()
    for level in Level:
        member = make_member()
        if level not in (Level.NONE, Level.CONTACT_ONCE):
            give(member, brand, purpose=PURPOSE, level=level, now=now)
        with db.system_transaction():
            grounds = grounds_of(read_watching(member_id=member.id, now=now), BY_FENCE)
        assert bool(grounds) is (level is Level.PROACTIVE), level


def test_what_stands_against_it_is_said_of_the_brand_answered_last() -> None:
    member, now = make_member(), clock.now()
    brand = make_brand()
    give(member, brand, purpose=PURPOSE, now=now)
    say_no(member, brand, purpose=PURPOSE, now=now)
    with db.system_transaction():
        watching = read_watching(member_id=member.id, now=now)
        nobody = read_watching(member_id=uuid.uuid4(), now=now)
    assert find_obstacle(watching) == (Reason.WITHDRAWN, BY_FENCE)
    assert find_obstacle(nobody) == (Reason.NOT_ASKED, BY_FENCE)


def test_without_a_ground_nothing_is_searched() -> None:
    with db.system_transaction():
        assert find_nearest_places([], lon=PARIS[0], lat=PARIS[1], reach_m=1000, most=20) == []
        assert find_known_places([], most=20) == []


def test_a_ground_says_no_brand_twice() -> None:
    brand = uuid.uuid4()
    assert len({PermittedGround(brand, whole=True), PermittedGround(brand, whole=True)}) == 1
