"""Country and time zone follow from coordinates."""

import pytest

from geo.places.whereabouts import locate_point, metres_between, same_clock

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
