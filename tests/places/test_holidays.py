"""Holidays of the part of a country in which a store lies."""

from datetime import date

import pytest

from geo.places.hours.calendars import HolidayCalendar
from geo.places.hours.regions import find_regions

STRASBOURG, COLMAR, METZ, SARREBOURG = (7.7507, 48.5846), (7.3585, 48.0794), (6.1757, 49.1193), (7.0540, 48.7345)
NANCY, PARIS, BELFORT = (6.1844, 48.6921), (2.3376, 48.8606), (6.8633, 47.6380)
SAVERNE_PASS = (7.3083, 48.7450)  # in Bas-Rhin, two kilometres from Moselle


def regions(country: str, point: tuple[float, float], address: str | None = None) -> tuple[str, ...]:
    return find_regions(country=country, lon=point[0], lat=point[1], address=address)


def holiday(day: str, country: str = "FR", *parts: str, kind: str = "PH") -> bool | None:
    return HolidayCalendar(country, parts or ("",)).is_holiday(kind, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("point", "codes"),
    [
        (STRASBOURG, ("6AE",)),
        (COLMAR, ("6AE",)),
        (METZ, ("57",)),
        (SARREBOURG, ("57",)),
        (NANCY, ("",)),
        (BELFORT, ("",)),
        (PARIS, ("",)),
    ],
)
def test_a_french_town_lies_in_alsace_in_moselle_or_elsewhere(point, codes):
    assert regions("FR", point) == codes


@pytest.mark.parametrize(
    ("country", "point", "code"),
    [
        ("DE", (11.57, 48.14), "BY"),
        ("DE", (13.40, 52.52), "BE"),
        ("DE", (8.68, 50.11), "HE"),
        ("DE", (6.90, 53.55), "NI"),  # on the coast
        ("CH", (6.63, 46.52), "VD"),
        ("CH", (7.44, 46.95), "BE"),
        ("CH", (8.95, 46.00), "TI"),
        ("AT", (11.40, 47.27), "7"),
        ("ES", (2.17, 41.39), "CT"),
        ("ES", (-15.43, 28.12), "CN"),
        ("GB", (-3.19, 55.95), "SCT"),
        ("GB", (-5.93, 54.60), "NIR"),
    ],
)
def test_a_town_lies_in_its_land_canton_or_nation(country, point, code):
    assert regions(country, point) == (code,)


def test_a_country_without_parts_has_none():
    assert regions("IT", (12.50, 41.89)) == ("",)


def test_beside_a_border_both_parts_are_believed():
    assert regions("FR", SAVERNE_PASS) == ("57", "6AE")


def test_a_postcode_decides_between_parts():
    nearly_vosges = (7.1108, 48.3467)  # Saales
    assert regions("FR", nearly_vosges) == ("", "6AE")
    assert regions("FR", nearly_vosges, "12 rue du Col, 67420 Saales") == ("6AE",)
    assert regions("FR", nearly_vosges, "12 rue du Col, 88490 Lubine") == ("",)


@pytest.mark.parametrize("day", ["2026-12-26", "2026-04-03"])
@pytest.mark.parametrize("part", ["57", "6AE"])
def test_alsace_and_moselle_keep_two_days_of_their_own(day, part):
    assert (holiday(day, "FR", part), holiday(day)) == (True, False)


ABOLITION = {
    "GP": "2026-05-27",
    "MQ": "2026-05-22",
    "GF": "2026-06-10",
    "RE": "2026-12-20",
    "YT": "2026-04-27",
    "BL": "2026-10-09",
    "MF": "2026-05-28",
}


@pytest.mark.parametrize(("country", "day"), ABOLITION.items())
def test_the_day_of_abolition_is_a_holiday_where_it_is_kept(country, day):
    """Code du travail, L3422-2; for Saint-Barthélemy and Saint-Martin, loi 83-550."""
    assert (holiday(day, country), holiday(day)) == (True, False)


@pytest.mark.parametrize("country", [*ABOLITION, "NC", "PF", "PM", "WF", "FR", "MC"])
def test_the_french_speaking_world_rests_on_new_years_day(country):
    assert holiday("2027-01-01", country) is True


def test_a_canton_and_a_land_have_days_of_their_own():
    assert (holiday("2026-03-01", "CH", "NE"), holiday("2026-03-01", "CH", "VD")) == (True, False)
    assert (holiday("2026-01-06", "DE", "BY"), holiday("2026-01-06", "DE", "BE")) == (True, False)


def test_a_day_that_only_one_of_two_parts_keeps_may_be_a_holiday():
    assert (holiday("2026-12-26", "FR", "", "6AE"), holiday("2026-12-25", "FR", "", "6AE")) == (None, True)


def test_a_day_that_some_towns_keep_may_be_a_holiday():
    assert holiday("2026-08-15", "DE", "BY") is None


def test_in_a_country_that_nobody_knows_any_day_may_be_a_holiday():
    assert holiday("2026-07-14", "ZZ") is None


@pytest.mark.parametrize(("day", "known"), [("2026-07-22", True), ("2026-09-23", False), ("2026-02-18", None)])
def test_school_is_out_when_the_three_zones_of_france_say_so(day, known):
    assert holiday(day, kind="SH") is known


def test_school_holidays_elsewhere_are_not_known():
    assert holiday("2026-07-22", "DE", "BY", kind="SH") is None
