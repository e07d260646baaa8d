"""The version of a brand's catalogue grows by one with each transaction that changes what its bundles say."""

import random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.accounts.models import Brand
from app.sql import db
from offers.bundles.catalogue import read_versions
from offers.planning.read_model.rebuild import rebuild_read_model
from offers.planning.read_model.sold_out import note_sold_out
from offers.planning.read_model.uptake import note_uptake
from tests.beacons.factories import make_beacon
from tests.bundles.factories import at_sea, make_stores
from tests.factories import made, make_brand
from tests.fences.factories import make_fence
from tests.planning.factories import approve, end, make_offer, pause, publish, redraft, resume
from tests.racing import at_once


def version_of(brand: Brand) -> int:
    with db.system_transaction():
        assert db.fetch("SELECT count(*) FROM catalogue_change") == [(0,)]
        return read_versions().get(brand.id, 0)


def run(statement: str, **values: Any) -> None:
    with db.system_transaction():
        db.execute(text(statement), values)


class Quay:
    def __init__(self, seed: int) -> None:
        self.brand = make_brand()
        self.stores = make_stores(self.brand, at_sea(seed), 3, rng=random.Random(seed), now=clock.now())
        self.offer = make_offer(self.brand, now=clock.now())


def test_each_change_of_an_offer_or_a_store_counts_once() -> None:
    quay = Quay(201)
    offers, brand, now = [quay.offer], quay.brand, clock.now()
    radios: list[Any] = []
    offers.append(redraft(offers[-1], brand, now=now))
    seen = [version_of(brand)]
    for change in (
        lambda: offers.append(approve(offers[-1], brand, now=now)),
        lambda: offers.append(pause(offers[-1], brand, now=now)),
        lambda: offers.append(resume(offers[-1], brand, now=now)),
        lambda: publish(*quay.stores, now=now),
        lambda: run("UPDATE place SET open_during = '{}' WHERE brand_id = :id", id=brand.id),
        lambda: run("UPDATE live_offer SET sold_out_until = 'infinity' WHERE brand_id = :id", id=brand.id),
        lambda: run("UPDATE live_offer SET spent_until = 'infinity' WHERE brand_id = :id", id=brand.id),
        lambda: run("UPDATE live_offer SET firings_from = now() WHERE brand_id = :id", id=brand.id),
        lambda: end(offers[-1], brand, now=now),
        lambda: make_fence(brand, store=quay.stores[0], now=now),
        lambda: radios.append(make_beacon(quay.stores[0])),
        lambda: run("UPDATE beacon SET status = 'inactive' WHERE id = :id", id=radios[0].id),
        lambda: run("DELETE FROM place WHERE brand_id = :id", id=brand.id),
    ):
        change()
        seen.append(version_of(brand))
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_how_an_offer_does_changes_no_catalogue() -> None:
    quay = Quay(202)
    before = version_of(quay.brand)
    run(
        "INSERT INTO offer_uptake (offer_id, exposures, taken, usual_ppm, popularity_ppm, counted_at)"
        " VALUES (:id, 9, 3, 1, 1, now())",
        id=quay.offer.id,
    )
    with db.system_transaction():
        assert note_uptake(offer_id=quay.offer.id) == 1
        note_sold_out(now=clock.now(), offer_id=quay.offer.id)
    assert version_of(quay.brand) == before


def test_what_is_rolled_back_does_not_count() -> None:
    quay = Quay(203)
    before = version_of(quay.brand)
    with pytest.raises(DBAPIError):
        _publish_and_fail(quay)
    assert version_of(quay.brand) == before


def _publish_and_fail(quay: Quay) -> None:
    with made():
        publish(*quay.stores, now=clock.now())
        db.execute(text("SELECT 1 / 0"))


def test_a_rebuild_counts_once_for_each_brand() -> None:
    quays = [Quay(204), Quay(205)]
    before = [version_of(quay.brand) for quay in quays]
    with db.system_transaction():
        rebuild_read_model(now=clock.now())
    assert [version_of(quay.brand) for quay in quays] == [version + 1 for version in before]


def test_changes_at_once_of_the_same_brands_in_any_order_all_count(crowd: None) -> None:
    """Each transaction counts at its end, in one order of brands: none waits in a circle."""
    quays = [Quay(206), Quay(207)]
    before = [version_of(quay.brand) for quay in quays]

    def change(number: int) -> None:
        with db.system_transaction():
            for quay in quays if number % 2 else reversed(quays):
                noted = "INSERT INTO catalogue_change (brand_id) VALUES (:id)"  # as a change of any row of it does
                db.execute(text(noted), {"id": quay.brand.id})

    at_once(8, change)
    assert [version_of(quay.brand) for quay in quays] == [version + 8 for version in before]
