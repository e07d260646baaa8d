"""What the days of a store are like."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.accounts.models import Brand
from app.sql import db
from geo.places.almanac import Almanac, almanac_of, read_almanacs
from tests.factories import PARIS, make_store

BOXING_DAY = date(2026, 12, 26)
ELEVEN = datetime(2026, 5, 18, 9, tzinfo=UTC)
"""A Monday, 11:00 in Paris."""


def almanac(hours: str | None = None, *, country: str = "FR", at: tuple[float, float] = PARIS, **given: Any) -> Almanac:
    place = {"time_zone": "Europe/Paris", "country": country, "lon": at[0], "lat": at[1], "address": None}
    return almanac_of(**place | given, opening_hours=hours)


@pytest.mark.parametrize(
    ("where", "holiday"),
    [
        ({}, False),
        ({"at": (7.7521, 48.5734)}, True),  # Strasbourg
        ({"at": (7.07, 48.75), "address": "67260 Sarre-Union"}, True),
    ],
)
def test_the_second_day_of_christmas_is_a_holiday_in_alsace(where: Any, holiday: bool) -> None:
    assert almanac(**where).calendar.is_public_holiday(BOXING_DAY) is holiday


def test_near_the_border_of_alsace_nobody_knows_without_a_postcode() -> None:
    assert almanac(at=(7.11, 48.4)).calendar.is_public_holiday(BOXING_DAY) is None


def test_a_country_of_which_nothing_is_known_has_no_holidays() -> None:
    assert almanac(country="XX").calendar.is_public_holiday(BOXING_DAY) is False


def test_doors_open_between_two_instants() -> None:
    doors = almanac("Mo-Sa 10:00-12:00,14:00-19:00").doors
    assert doors is not None
    assert doors.open_between(ELEVEN, ELEVEN + timedelta(hours=4)) == [
        (ELEVEN, ELEVEN + timedelta(hours=1)),
        (ELEVEN + timedelta(hours=3), ELEVEN + timedelta(hours=4)),
    ]
    assert doors.open_between(ELEVEN + timedelta(days=6), ELEVEN + timedelta(days=6, hours=4)) == []


def test_hours_that_nobody_told_and_hours_that_tell_nothing_are_not_known() -> None:
    assert almanac().doors is None
    doors = almanac('"sur rendez-vous"').doors
    assert doors is not None
    assert doors.open_between(ELEVEN, ELEVEN + timedelta(hours=4)) is None


def test_stores_of_a_chain_in_one_part_of_a_country_share_an_almanac(brand: Brand) -> None:
    stores = [make_store(brand, lon=PARIS[0] + step, opening_hours="Mo-Sa 10:00-19:00") for step in (0, 0.2)]
    with db.system_transaction():
        found = read_almanacs([store.id for store in stores])
    assert len(set(found.values())) == 1
