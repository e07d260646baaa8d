"""The nearest store agrees with the exact distance on the spheroid, on real data."""

import random
import re
import uuid
from typing import Any

import pytest
from geoalchemy2 import Geography
from sqlalchemy import Select, cast, func, literal, select, type_coerce

from app.sql import db
from geo.places.imports.readers import read_rows
from geo.places.imports.store_import import import_stores
from geo.places.models import Store, point_at
from geo.places.queries import open_stores_of
from tests.factories import NOON, make_brand, make_store
from tests.places.factories import PARIS_SUPERMARKETS, real_file

POINT = re.compile(r'<trkpt lat="([-\d.]+)" lon="([-\d.]+)"')
TOP = 10
ROUNDING_M = 0.001
"""Distances measured twice may differ in their last digits."""


@pytest.fixture(scope="module")
def paris(app):
    """A brand with the 574 good supermarkets of the real file."""
    brand = make_brand()
    with db.system_transaction():
        import_stores(
            brand_id=brand.id,
            countries=brand.countries,
            rows=read_rows(real_file(PARIS_SUPERMARKETS)),
            now=NOON,
            report=lambda line: None,
        )
    return brand


def track(name):
    """The points of a real recording, with the seven decimals that a store has."""
    text = real_file(name).read_text(encoding="utf-8")
    return [(round(float(lon), 7), round(float(lat), 7)) for lat, lon in POINT.findall(text)]


def nearest_stores(lon: float, lat: float, brand_id: uuid.UUID, limit: int) -> Select[Any]:
    """(Store, distance_m): the open stores of a brand nearest to a point, found as "near me" finds places.

    The index orders by distance on a sphere, which is up to 0.3 % off. So the first `limit` of its order only say how
    far to look: none of the true nearest is further away than the furthest of them.
    """
    spot = func.ST_SetSRID(func.ST_MakePoint(literal(lon), literal(lat)), 4326)
    point = type_coerce(cast(spot, Geography), Geography)
    distance_m = func.ST_Distance(Store.location, point)
    by_index = open_stores_of(brand_id).with_only_columns(distance_m.label("distance_m"))
    first = by_index.order_by(Store.location.op("<->")(point)).limit(limit).subquery()
    reach_m = select(func.max(first.c.distance_m)).scalar_subquery()
    near = func.ST_DWithin(Store.location, point, reach_m + ROUNDING_M)
    found = open_stores_of(brand_id).with_only_columns(Store, distance_m.label("distance_m")).where(near)
    return found.order_by(distance_m, Store.number).limit(limit)


def by_index(brand, lon, lat):
    found = db.rows(nearest_stores(lon, lat, brand.id, TOP))
    return [(store.number, distance_m) for store, distance_m in found]


def by_brute_force(brand, lon, lat):
    """Every store measured, without any index."""
    distance_m = func.ST_Distance(Store.location, cast(point_at(lon, lat), Geography))
    measured = select(Store.number, distance_m).where(Store.brand_id == brand.id)
    return sorted(((number, metres) for number, metres in db.rows(measured)), key=lambda one: (one[1], one[0]))[:TOP]


def assert_agreement(brand, points):
    with db.system_transaction():
        for lon, lat in points:
            assert by_index(brand, lon, lat) == by_brute_force(brand, lon, lat)


def test_the_nearest_stores_agree_all_over_paris(paris):
    chance = random.Random(20260518)
    assert_agreement(
        paris, [(round(chance.uniform(2.22, 2.47), 7), round(chance.uniform(48.80, 48.91), 7)) for _ in range(300)]
    )


def test_the_nearest_stores_agree_at_the_doors_of_stores(paris):
    with db.system_transaction():
        doors = [(store.lon, store.lat) for store in db.all_of(select(Store).where(Store.brand_id == paris.id))]
    assert_agreement(paris, doors[::5])


@pytest.mark.parametrize("name", ["gpxpy-cerknicko-jezero.gpx", "gpxpy-around-visnjan-with-car.gpx"])
def test_the_nearest_stores_agree_far_away_along_a_real_walk(paris, name):
    walk = track(name)
    assert_agreement(paris, walk[:: max(1, len(walk) // 50)])


def test_the_nearest_stores_of_a_real_walk_shifted_to_paris_agree(paris):
    walk = track("gpxpy-cerknicko-jezero.gpx")
    west, south = walk[0]
    shifted = [(round(2.3522 + lon - west, 7), round(48.8566 + lat - south, 7)) for lon, lat in walk]
    assert_agreement(paris, shifted[:: max(1, len(shifted) // 100)])


def test_metres_are_those_of_the_spheroid():
    brand = make_brand()
    make_store(brand, lon=2.0, lat=49.0)
    with db.system_transaction():
        [(_, distance_m)] = db.rows(nearest_stores(2.0, 48.0, brand.id, 1))
    assert distance_m == pytest.approx(111_200.17, abs=0.5)  # the sphere says 111 195


def test_closed_stores_and_other_brands_are_not_near():
    brand = make_brand()
    make_store(brand, status="closed")
    make_store(make_brand())
    with db.system_transaction():
        assert db.rows(nearest_stores(2.3522, 48.8566, brand.id, 5)) == []


def test_the_search_runs_on_its_index(paris):
    statement = nearest_stores(2.35, 48.85, paris.id, 5).compile(dialect=db.engine().dialect)
    with db.system_transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", dict(statement.params)).scalars().all()
    assert any("ix_store_near" in line for line in plan)
