"""Country and time zone follow from coordinates."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.sql import db
from geo.places import whereabouts
from geo.places.whereabouts import degrees_of, degrees_of_lambert_93, locate_point, metres_between, same_clock
from tests.sizes import chosen

PLACES = {
    "Paris": (2.3522, 48.8566, "FR", "Europe/Paris"),
    "Monaco": (7.4246, 43.7384, "MC", "Europe/Monaco"),
    "Andorra": (1.5218, 42.5063, "AD", "Europe/Andorra"),
    "San Marino": (12.4473, 43.9424, "SM", "Europe/San_Marino"),
    "Saint-Denis": (55.4504, -20.8789, "RE", "Indian/Reunion"),
    "Phoenix": (-112.074, 33.4484, "US", "America/Phoenix"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_is_in_its_country_and_on_its_clock(name):
    lon, lat, country, time_zone = PLACES[name]
    place = locate_point(lon, lat, countries=[country])
    assert place is not None
    assert (place.country, place.time_zone) == (country, time_zone)


def test_the_open_sea_is_in_no_country():
    assert locate_point(-30.0, 40.0, countries=["FR"]) is None


def test_beside_a_border_the_brand_is_believed():
    lon, lat = 7.4119, 43.72814  # a garage on the edge of Monaco
    assert [locate_point(lon, lat, countries=[country]).country for country in ("MC", "FR")] == ["MC", "FR"]


def test_far_from_a_border_the_coordinates_are_believed():
    assert locate_point(2.3522, 48.8566, countries=["MC"]).country == "FR"


def test_two_zones_with_one_clock_agree():
    assert same_clock("Europe/Paris", "Europe/Monaco")


def test_summer_time_tells_zones_apart():
    assert not same_clock("America/Phoenix", "America/Denver")


def test_a_degree_of_latitude_is_111_km():
    assert metres_between(2.0, 48.0, 2.0, 49.0) == pytest.approx(111_195, abs=1)


def test_one_look_is_enough_where_the_brand_is(monkeypatch):
    looks = []
    monkeypatch.setattr(whereabouts.tzfpy, "get_tz", lambda lon, lat: looks.append((lon, lat)) or "Europe/Paris")
    for named in ("", "FR"):
        locate_point(2.3522, 48.8566, countries=["FR"], named=named)
    assert len(looks) == 2


def test_beside_a_border_a_country_that_is_named_comes_before_those_of_the_brand():
    place = locate_point(7.4119008, 43.7281359, countries=["FR"], named="MC")
    assert place.country == "MC"


@given(x=st.floats(100_000, 1_250_000), y=st.floats(6_030_000, 7_140_000))
@settings(max_examples=chosen().rows)
def test_lambert_93_is_what_postgis_makes_of_it(x, y):
    drawn = func.ST_Transform(func.ST_SetSRID(func.ST_MakePoint(x, y), 2154), 4326)
    with db.system_transaction():
        [(lon, lat)] = db.rows(select(func.ST_X(drawn), func.ST_Y(drawn)))
    assert degrees_of_lambert_93(x, y) == (pytest.approx(lon, abs=1e-8), pytest.approx(lat, abs=1e-8))


@given(x=st.floats(-2e7, 2e7), y=st.floats(-2e7, 2e7))
def test_any_metres_come_to_some_degrees(x, y):
    assert [facts["projection"] for _, facts in degrees_of(x, y)] == ["Lambert 93", "Web Mercator"]


def test_the_top_of_the_cone_is_a_point_too():
    assert list(degrees_of(700_000, 12_655_612.049876))
