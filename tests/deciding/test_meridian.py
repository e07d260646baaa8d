"""Near the 180th meridian, and wherever the index of PostGIS gives up: an answer, never a fault."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app import clock
from app.sql import db, hot_statements
from geo.places.models import one_meridian
from geo.places.stores import StoreGiven, open_store
from offers.deciding import queries
from tests.deciding.factories import Asker, offer_at, shown
from tests.factories import make_brand, make_store
from tests.planning.factories import publish
from tests.speaking import Speaker

TAVEUNI = -16.8  # an island that the meridian crosses
ACROSS = [180.0, -180.0, 179.98, -179.98, 179.999, -179.999]


@pytest.fixture
def islander(anyone: Speaker) -> Asker:
    """A member who allows a brand with shops on both sides of the meridian and on it."""
    asker, brand, chance = Asker(anyone), make_brand(), random.Random(4)
    for lon in [*ACROSS, *(one_meridian(round(180 - chance.random() / 20, 7)) for _ in range(14))]:
        lat = TAVEUNI + chance.uniform(-0.05, 0.05)
        store = make_store(brand, lon=one_meridian(lon), lat=lat, time_zone="Pacific/Fiji", country="FJ")
        publish(store, now=clock.now())
    offer_at(brand)
    asker.allows(brand)
    return asker


@pytest.mark.parametrize("lon", ACROSS)
def test_on_either_side_of_the_meridian_the_shops_of_both_are_found(islander: Asker, lon: float) -> None:
    assert len(shown(islander.ask(lat=TAVEUNI, lon=lon, radius_m=10_000))) == 1


def test_the_two_spellings_of_the_meridian_are_one_place(islander: Asker) -> None:
    east, west = (islander.ask(lat=TAVEUNI, lon=lon).get_json()["offers"] for lon in (180, -180))
    assert east == west


def test_a_store_is_kept_with_one_spelling_of_the_meridian() -> None:
    with pytest.raises(IntegrityError, match="one_meridian"):
        make_store(make_brand(), lon=-180.0)


def test_a_store_that_is_opened_on_the_meridian_is_kept_so() -> None:
    brand = make_brand(countries=["FJ"])
    given = StoreGiven("Taveuni", TAVEUNI, -180.0, None, None, None)
    with db.system_transaction():
        store = open_store(brand_id=brand.id, reference="1", given=given, now=clock.now())
    assert store.lon == 180


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """PostGIS fails whoever asks in the order of the index; the list grows by each failure."""
    failed: list[str] = []
    ask_statement = hot_statements.ask_statement

    def ask_or_fail(through: Any, statement: str, values: Sequence[Any]) -> Any:
        if queries.BY_INDEX not in statement:
            return ask_statement(through, statement, values)
        failed.append(statement)
        return ask_statement(through, "SELECT ST_GeomFromText('POINT(')", [])

    monkeypatch.setattr(hot_statements, "ask_statement", ask_or_fail)
    return failed


def test_where_the_index_gives_up_each_place_is_measured(islander: Asker, no_index: list[str]) -> None:
    assert len(shown(islander.ask(lat=TAVEUNI, lon=180, radius_m=10_000))) == 1
    assert no_index


def test_an_answer_without_the_index_is_kept_as_any_other(islander: Asker, no_index: list[str]) -> None:
    assert islander.decision(islander.ask(lat=TAVEUNI, lon=180)).shown == 1


def test_measured_one_by_one_the_answer_is_the_same(islander: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    by_index = islander.ask(lat=TAVEUNI, lon=179.98, radius_m=10_000).get_json()["offers"]
    monkeypatch.setattr(queries, "NEARBY", queries.measure_each(queries.NEARBY))
    assert islander.ask(lat=TAVEUNI, lon=179.98, radius_m=10_000).get_json()["offers"] == by_index
