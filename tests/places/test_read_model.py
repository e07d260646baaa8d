"""`place`, the read model of "near me", follows the stores."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import DateTime, literal, select

from app.factory import jobs
from app.sql import db
from geo.places import read_model
from geo.places.models import Place
from geo.places.read_model import PUBLISHED_DAYS, publish_places, refresh_opening_hours, set_offered
from tests.factories import NOON, make_area, make_brand, make_store
from tests.places.factories import place_of


def publish(*stores, now=NOON):
    with db.system_transaction():
        return publish_places(store_ids=[store.id for store in stores], now=now)


def is_open(store, at):
    instant = literal(at, DateTime(timezone=True))
    with db.system_transaction():
        return db.first(select(Place.open_during.bool_op("@>")(instant)).where(Place.store_id == store.id))


def local(hour, day=18):
    """An hour in Paris, in May."""
    return datetime(2026, 5, day, hour - 2, tzinfo=UTC)


def test_a_store_without_hours_has_unknown_hours():
    store = make_store(make_brand())
    publish(store)
    assert (place_of(store).open_during, place_of(store).open_known_until) == (None, None)


def test_hours_are_instants():
    store = make_store(make_brand(), opening_hours="Mo-Sa 09:00-20:00")
    publish(store)
    assert [is_open(store, local(hour)) for hour in (8, 9, 19, 20)] == [False, True, True, False]


def test_a_store_that_is_never_open_is_known_to_be_closed():
    store = make_store(make_brand(), opening_hours="off")
    publish(store)
    assert is_open(store, NOON) is False


def test_hours_are_known_for_two_weeks_to_come():
    store = make_store(make_brand(), opening_hours="24/7")
    publish(store)
    assert place_of(store).open_known_until >= NOON + timedelta(days=14)


def test_the_card_is_the_store_as_people_see_it():
    store = make_store(make_brand(), name='Épicerie "Rivoli"', address="1 rue de Rivoli", lon=2.35, lat=48.85)
    publish(store)
    assert json.loads(place_of(store).card) == {
        "id": str(store.id),
        "name": 'Épicerie "Rivoli"',
        "address": "1 rue de Rivoli",
        "opening_hours": None,
        "time_zone": "Europe/Paris",
        "lat": 48.85,
        "lon": 2.35,
    }


def test_a_place_knows_its_areas():
    brand = make_brand()
    store = make_store(brand)
    areas = [make_area(brand, store), make_area(brand, store)]
    publish(store)
    assert place_of(store).area_ids == sorted(area.id for area in areas)


def test_a_closed_store_has_no_place():
    store = make_store(make_brand())
    publish(store)
    with db.system_transaction():
        db.session().merge(store).status = "closed"
    publish(store)
    assert place_of(store) is None


def test_publishing_again_keeps_what_offers_said():
    store = make_store(make_brand())
    publish(store)
    with db.system_transaction():
        set_offered(store_numbers=[store.number], offered=True)
    publish(store)
    assert place_of(store).offered is True


def test_saying_twice_that_offers_hold_changes_one_place_once():
    store = make_store(make_brand())
    publish(store)
    with db.system_transaction():
        assert [set_offered(store_numbers=[store.number], offered=True) for _ in range(2)] == [1, 0]


def test_places_are_published_in_batches(monkeypatch):
    monkeypatch.setattr(read_model, "BATCH", 2)
    brand = make_brand()
    assert publish(*[make_store(brand) for _ in range(5)]) == 5


def test_hours_that_soon_end_are_refreshed():
    store = make_store(make_brand(), opening_hours="24/7")
    publish(store)
    later = NOON + timedelta(days=PUBLISHED_DAYS - 9)
    with db.system_transaction():
        assert refresh_opening_hours(now=later) >= 1
    assert place_of(store).open_known_until > later + timedelta(days=14)


def test_hours_that_hold_long_enough_are_left_alone():
    store = make_store(make_brand(), opening_hours="24/7")
    publish(store)
    before = place_of(store).open_known_until
    with db.system_transaction():
        refresh_opening_hours(now=NOON + timedelta(days=1))
    assert place_of(store).open_known_until == before


def test_the_refresh_is_a_job():
    assert jobs()["geo.places.refresh_opening_hours"] is refresh_opening_hours


@pytest.mark.parametrize(("zone", "noon_utc"), [("Europe/Paris", 10), ("Indian/Reunion", 8)])
def test_hours_are_read_in_the_stores_own_zone(zone, noon_utc):
    store = make_store(make_brand(), opening_hours="12:00-12:30", time_zone=zone)
    publish(store)
    assert is_open(store, datetime(2026, 5, 18, noon_utc, tzinfo=UTC)) is True


PARIS, STRASBOURG = {"lon": 2.3376, "lat": 48.8606}, {"lon": 7.7507, "lat": 48.5846}
SAINT_DENIS = {"lon": 55.4481, "lat": -20.8789, "country": "RE", "time_zone": "Indian/Reunion"}
FORT_DE_FRANCE = {"lon": -61.0677, "lat": 14.6037, "country": "MQ", "time_zone": "America/Martinique"}


@pytest.mark.parametrize(
    ("town", "noon", "is_holiday"),
    [
        (PARIS, datetime(2026, 12, 26, 11, tzinfo=UTC), False),
        (STRASBOURG, datetime(2026, 12, 26, 11, tzinfo=UTC), True),
        (PARIS, datetime(2026, 12, 20, 11, tzinfo=UTC), False),
        (SAINT_DENIS, datetime(2026, 12, 20, 8, tzinfo=UTC), True),
        (FORT_DE_FRANCE, datetime(2026, 5, 22, 16, tzinfo=UTC), True),
        (FORT_DE_FRANCE, datetime(2026, 12, 20, 16, tzinfo=UTC), False),
    ],
)
def test_a_store_rests_on_the_holidays_of_its_own_part_of_the_country(town, noon, is_holiday):
    store = make_store(make_brand(), opening_hours="Mo-Su 09:00-19:00; PH off", **town)
    publish(store, now=noon - timedelta(days=3))
    assert is_open(store, noon) is not is_holiday
