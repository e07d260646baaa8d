"""What a store is worth: the order of the deciding room without its share of chance, and no decision kept."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.sql import db
from geo.places.models import Store
from offers.deciding.factors import Factors, Weights
from offers.deciding.scores import ScoredOffer, order_entries
from offers.regions.worth import StoreWorth, expected_score, weigh_stores
from tests.deciding.factories import BAKERY, DAIRY, Shopper, certain, make_shop, offer_at
from tests.factories import make_brand
from tests.planning.factories import stores_and_areas
from tests.speaking import Speaker

FACTORS = Factors(50, -500_000, -350_000, 100_000, 3, 200_000, 1, 49)


def weigh(shopper: Shopper, metres: Mapping[Store, float | None]) -> Mapping[int, StoreWorth]:
    now = clock.now()
    with db.system_transaction():
        return weigh_stores(
            {store.number: far for store, far in metres.items()},
            member_id=shopper.member.id,
            brand_ids=[shopper.brand.id],
            language="fr",
            now=now,
            until=now + timedelta(hours=12),
        )


def test_a_store_is_worth_its_best_offer(anyone: Speaker) -> None:
    shopper = Shopper(anyone)
    best = offer_at(shopper.brand, priority=80)
    assert weigh(shopper, {shopper.store: 300.0})[shopper.store.number].offer.offer_id == best.id


def test_who_permits_it_gets_the_order_of_what_they_buy(anyone: Speaker) -> None:
    shopper = Shopper(anyone)
    dairy, bakery = make_shop(shopper.brand, north=3), make_shop(shopper.brand, north=4)
    for shop, about in ((dairy, DAIRY), (bakery, BAKERY)):
        offer_at(shopper.brand, targets=stores_and_areas(shop), in_a_sale=about, priority=60)
    plain = weigh(shopper, {dairy: 300.0, bakery: 400.0})
    assert plain[dairy.number].key == plain[bakery.number].key
    shopper.buys_bread()
    shopper.permits_profiling()
    with certain():
        scored = weigh(shopper, {dairy: 300.0, bakery: 400.0})
    assert scored[bakery.number].key < scored[dairy.number].key
    shopper.forbids_profiling()
    assert weigh(shopper, {dairy: 300.0, bakery: 400.0}) == plain


def test_a_fallback_is_worth_a_fence_only_where_nothing_else_is(anyone: Speaker) -> None:
    shopper = Shopper(anyone)
    alone = make_shop(make_brand())
    spare = offer_at(shopper.brand, is_fallback=True, priority=99)
    found = weigh(shopper, {shopper.store: 300.0, alone: 300.0})
    assert found[shopper.store.number].offer.offer_id != spare.id
    assert alone.number not in found
    with db.system_transaction():
        db.execute(
            text("DELETE FROM offer_place WHERE store_number = :s AND offer_number <> :o"),
            {"s": shopper.store.number, "o": spare.number},
        )
    assert weigh(shopper, {shopper.store: 300.0})[shopper.store.number].offer.offer_id == spare.id


def test_an_expected_score_is_the_score_when_nothing_is_drawn() -> None:
    better = ScoredOffer(1, FACTORS._replace(affinity=-100_000), Weights())
    worse = ScoredOffer(2, FACTORS, Weights())
    with certain():
        assert order_entries([worse, better], seed=1).places == [1, 0]
    assert expected_score(better) - expected_score(worse) == pytest.approx(400_000 * Weights().affinity)


def test_what_is_known_of_an_uptake_moves_the_expected_score() -> None:
    taken = ScoredOffer(1, FACTORS._replace(successes=40, failures=60), Weights())
    assert expected_score(taken) > expected_score(ScoredOffer(2, FACTORS, Weights()))


def test_no_store_is_no_statement() -> None:
    now = clock.now()
    with db.system_transaction():
        assert weigh_stores({}, member_id=db.new_id(), brand_ids=[], language="fr", now=now, until=now) == {}
