"""Metres and boxes on the spheroid, rings around stores, and how shapes are written."""

import json
import random

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.sql import db
from geo.fences import shapes, spheroid
from geo.fences.shapes import make_circle, make_outline

LONS, LATS = st.floats(-180, 180), st.floats(-90, 90)
RADII = st.floats(10, 50_000)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((0, 0), (1, 0), 111_319.491),
        ((0, 0), (0, 1), 110_574.389),
        ((2, 49), (2, 48), 111_200.037),
        ((-73.8, 40.6), (2.55, 49 + 1 / 60), 5_853_226.256),
        ((179.5, 0), (-179.5, 0), 111_319.491),
        ((10, 90), (20, 89), 111_693.865),
        ((5, 5), (5, 5), 0),
    ],
)
def test_metres_are_those_of_geographiclib(one, other, metres):
    """The third is the example of its manual page GeodSolve(1)."""
    assert spheroid.metres_between(*one, *other) == pytest.approx(metres, abs=0.001)


def test_metres_are_those_of_the_database():
    chance = random.Random(20260518)
    pairs = [[chance.uniform(-180, 180), chance.uniform(-90, 90)] for _ in range(200)]
    pairs = [(lon, lat, lon + chance.uniform(-1, 1), max(-90, lat - chance.random())) for lon, lat in pairs]
    asked = "ST_Distance(geography(ST_Point($1, $2, 4326)), geography(ST_Point($3, $4, 4326)))"
    with db.system_transaction():
        for lon, lat, east, south in pairs:
            there = ((east + 180) % 360 - 180, south)
            [(metres,)] = db.fetch(f"SELECT {asked}", [lon, lat, *there])
            assert spheroid.metres_between(lon, lat, *there) == pytest.approx(metres, abs=0.001)


@given(LONS, LATS, RADII, st.floats(0, 360))
def test_what_is_so_far_away_is_in_the_box_around(lon, lat, radius_m, azimuth):
    there_lon, there_lat = spheroid.point_at_distance(lon, lat, azimuth=azimuth, metres=radius_m)
    box = spheroid.box_around(lon, lat, radius_m)
    assert box.south - 1e-9 <= there_lat <= box.north + 1e-9
    turned = (there_lon - box.west) % 360
    assert box.east - box.west >= 360 or turned <= box.east - box.west + 1e-9 or turned >= 360 - 1e-9


@given(LONS, LATS, RADII, st.floats(0, 360))
def test_there_and_back_is_as_far(lon, lat, radius_m, azimuth):
    there = spheroid.point_at_distance(lon, lat, azimuth=azimuth, metres=radius_m)
    assert spheroid.metres_between(lon, lat, *there) == pytest.approx(radius_m, abs=0.001)


@given(LONS, LATS, RADII)
def test_a_box_begins_on_this_turn_of_the_earth(lon, lat, radius_m):
    box = make_circle(lon, lat, radius_m).box
    assert -180 <= box.west < 180
    assert box.east <= shapes.FAR_EAST


def test_a_circle_is_written_with_corners_on_it():
    written = json.loads(shapes.write_geojson(make_circle(2.3522, 48.8566, 200)))
    [ring] = written["coordinates"]
    assert len(ring) == shapes.CORNERS + 1
    assert {round(spheroid.metres_between(2.3522, 48.8566, *corner), 1) for corner in ring} == {200.0}
    assert shapely.is_ccw(shapely.LinearRing(ring))


def test_a_circle_around_a_pole_is_all_beyond_a_parallel():
    written = json.loads(shapes.write_geojson(make_circle(10, 90, 1000)))
    assert written["bbox"][0::2] == [-180.0, 180.0]


def test_an_outline_has_a_circle_that_holds_all_of_it():
    shape = make_outline(shapely.box(2.35, 48.85, 2.36, 48.86))
    corners = shapely.get_coordinates(shape.area)
    furthest = max(spheroid.metres_between(shape.lon, shape.lat, *corner) for corner in corners)
    assert furthest <= shape.radius_m <= furthest + 1


def test_a_ring_around_a_store_leaves_out_what_is_taken_away():
    ring = shapes.subtract_areas(make_circle(2.3522, 48.8566, 500), [make_circle(2.3522, 48.8566, 100).area])
    assert not ring.is_circle
    assert not ring.area.covers(shapely.Point(2.3522, 48.8566))
    assert ring.area.covers(shapely.Point(*spheroid.point_at_distance(2.3522, 48.8566, azimuth=45, metres=300)))


def test_what_is_taken_away_elsewhere_leaves_a_circle():
    whole = make_circle(2.3522, 48.8566, 500)
    assert shapes.subtract_areas(whole, [make_circle(2.5, 48.8566, 500).area]) is whole


def test_a_shape_in_what_is_taken_away_leaves_nothing():
    assert shapes.subtract_areas(make_circle(2.35, 48.85, 100), [make_circle(2.35, 48.85, 200).area]) is None


def test_what_is_taken_away_meets_a_shape_on_the_other_side_of_the_180th_meridian():
    left = shapes.subtract_areas(make_circle(179.999, 0, 500), [shapely.box(-180, -1, -179, 1)])
    assert left.box.east == pytest.approx(180)


def test_wkt_has_no_exponents():
    assert shapes.write_wkt(shapes.write_geojson(make_outline(shapely.box(0.0000001, 51, 0.01, 51.01)))).startswith(
        "POLYGON ((0.01 51, 0.01 51.01, 0.0000001 51.01,"
    )
