"""Which fences a spot is in or near, to the metre, wherever on Earth, and by the index."""

import math
import random
import uuid
from collections.abc import Sequence

import pytest

from app.sql import db
from geo.fences import fences, outlines, queries, shapes, spheroid
from geo.fences.drafts import ShapeGiven
from geo.fences.hits import FenceHit, Spot, fences_of_stores, find_fences, read_fences
from tests.factories import NOON, PARIS, made, make_brand, make_store
from tests.fences.factories import circle, make_fence, outline, square
from tests.tracing import traced


def hits(brand, *spots: Sequence[float], within_m: float = 0.0, accuracy_m: float = 10) -> list[FenceHit]:
    with db.system_transaction():
        asked = [Spot(lon, lat, accuracy_m) for lon, lat in spots]
        return find_fences(asked, brand_ids=[brand.id], within_m=within_m)


def away(lon, lat, *, metres, azimuth):
    return spheroid.point_at_distance(lon, lat, azimuth=azimuth, metres=metres)


def test_a_spot_in_a_circle_is_told_all_of_it(brand):
    store = make_store(brand)
    fence = make_fence(brand, circle(radius_m=200), store=store)
    [hit] = hits(brand, PARIS)
    assert hit == FenceHit(0, fence.id, fence.number, 1, brand.id, store.id, 0.0, 200.0)


@pytest.mark.parametrize("azimuth", [0, 45, 90, 135, 180, 225, 270, 315])
@pytest.mark.parametrize("place", [PARIS, (0.001, 0.0), (-179.9999, -17.7), (24.9, 69.9), (30.0, -89.5)])
def test_a_circle_ends_at_its_metres_in_every_direction(brand, place, azimuth):
    make_fence(brand, circle(*place, radius_m=1000))
    inside, outside = (away(*place, metres=metres, azimuth=azimuth) for metres in (999.9, 1000.1))
    turned = [((lon + 180) % 360 - 180, lat) for lon, lat in (inside, outside)]
    assert [hit.spot for hit in hits(brand, *turned)] == [0]


def test_the_corners_of_its_box_are_not_in_a_circle(brand):
    """Another server's roaming fences take the box for the circle: up to 1.41 times the radius counts as near."""
    make_fence(brand, circle(radius_m=200))
    corners = [away(*PARIS, metres=200 * math.sqrt(2) - 5, azimuth=azimuth) for azimuth in (45, 135, 225, 315)]
    assert hits(brand, *corners) == []


def test_outside_is_the_distance_to_the_circle(brand):
    make_fence(brand, circle(radius_m=200))
    [hit] = hits(brand, away(*PARIS, metres=350, azimuth=77), within_m=160)
    assert hit.outside_m == pytest.approx(150, abs=0.01)


def test_outside_is_the_distance_to_the_nearest_side(brand):
    make_fence(brand, outline(square(2.35, 48.85, 0.01)))
    east, north = away(2.36, 48.855, metres=120, azimuth=90), away(2.3551, 48.86, metres=80, azimuth=0)
    found = hits(brand, east, north, within_m=150)
    assert [hit.outside_m for hit in found] == pytest.approx([120, 80], abs=0.1)


def test_the_edge_of_an_outline_is_inside(brand):
    make_fence(brand, outline(square(2.35, 48.85, 0.01)))
    assert len(hits(brand, (2.35, 48.855), (2.36, 48.86))) == 2


def test_a_hole_is_outside(brand):
    make_fence(brand, outline(square(2.35, 48.85, 0.03), square(2.36, 48.86, 0.01)))
    assert [hit.spot for hit in hits(brand, (2.365, 48.865), (2.355, 48.855))] == [1]


def test_the_sides_of_an_outline_are_straight_in_degrees(brand):
    """The shortest way on the Earth bends to the north of a long side along a parallel: by 2 m for 10 km."""
    make_fence(brand, outline([[2.3, 48.8], [2.44, 48.8], [2.44, 48.85], [2.3, 48.85], [2.3, 48.8]]))
    middle = away(2.37, 48.85, metres=1, azimuth=0)
    assert hits(brand, middle) == []


@pytest.mark.parametrize("lon", [179.95, -179.95, 180.0, -180.0])
def test_an_outline_over_the_180th_meridian_is_found_from_both_sides(brand, lon):
    make_fence(brand, outline([[179.9, 0.1], [-179.9, 0.1], [-179.9, 0.2], [179.9, 0.2], [179.9, 0.1]]))
    assert len(hits(brand, (lon, 0.15))) == 1


@pytest.mark.parametrize(("lon", "outside_m"), [(179.89, 1113.2), (-179.89, 1113.2)])
def test_nearness_goes_over_the_180th_meridian(brand, lon, outside_m):
    make_fence(brand, outline([[179.9, 0.1], [-179.9, 0.1], [-179.9, 0.2], [179.9, 0.2], [179.9, 0.1]]))
    [hit] = hits(brand, (lon, 0.15), within_m=1200)
    assert hit.outside_m == pytest.approx(outside_m, abs=1)


def test_a_fence_that_ends_at_the_180th_meridian_is_near_from_beyond(brand):
    make_fence(brand, outline(square(179.99, 0.1, 0.01)))
    [hit] = hits(brand, (-179.999, 0.105), within_m=200)
    assert hit.outside_m == pytest.approx(111.3, abs=0.1)


@pytest.mark.parametrize("lon", [0, 90, 180, -90])
def test_a_circle_around_a_pole_is_found_from_all_sides(brand, lon):
    make_fence(brand, circle(10, 90, radius_m=500))
    inside, outside = (away(0, 90, metres=metres, azimuth=0)[1] for metres in (499, 501))
    assert [hit.spot for hit in hits(brand, (lon, inside), (lon, outside))] == [0]


def test_a_spot_at_zero_is_near_nothing_of_ours(brand):
    make_fence(brand)
    assert hits(brand, (0.0, 0.0), within_m=50_000) == []


@pytest.mark.parametrize("accuracy_m", [0, 5, 5000])
def test_accuracy_moves_no_fence(brand, accuracy_m):
    make_fence(brand)
    assert [hit.outside_m for hit in hits(brand, PARIS, accuracy_m=accuracy_m)] == [0.0]


@pytest.mark.parametrize("spot", [(math.nan, 48.8), (2.3, math.inf), (2.3, 91), (181, 48.8), (1e300, 0)])
def test_what_is_no_place_on_earth_is_near_nothing(brand, spot):
    make_fence(brand)
    assert [hit.spot for hit in hits(brand, spot, PARIS)] == [1]


def test_only_fences_in_force_of_these_brands_are_found(brand):
    make_fence(brand, is_live=False)
    make_fence(make_brand())
    ended = make_fence(brand)
    with made():
        fences.end_fence(brand_id=brand.id, fence_id=ended.id, by=None, now=NOON)
    assert hits(brand, PARIS) == []


def test_several_spots_and_fences_come_the_nearest_first(brand):
    far, near = (make_fence(brand, circle(radius_m=radius_m)) for radius_m in (100, 150))
    found = hits(brand, away(*PARIS, metres=300, azimuth=10), PARIS, within_m=400)
    assert [(hit.spot, hit.fence_id) for hit in found] == [(0, near.id), (0, far.id), (1, far.id), (1, near.id)]


def test_the_statement_finds_what_measuring_every_fence_finds(brand):
    """Over the 180th meridian, near the poles, and where most people are."""
    chance = random.Random(20260518)
    centres = [(179.995, 0.1), (-179.999, -17.0), (2.35, 48.85), (10.0, 89.97), (-60.0, -89.99), (24.0, 66.0)]
    ways = [(chance.choice(centres), chance.uniform(0, 3000), chance.uniform(0, 360)) for _ in range(120)]
    places = [away(*centre, metres=metres, azimuth=azimuth) for centre, metres, azimuth in ways]
    turned = [((lon + 180) % 360 - 180, lat) for lon, lat in places]
    drawn = {}
    with made():
        for place in turned[:30]:
            given = (
                circle(*place, radius_m=chance.uniform(10, 2000)) if chance.random() < 0.6 else around(place, chance)
            )
            drawn[make_fence(brand, given).id] = given
    found = {(hit.spot, hit.fence_id): hit.outside_m for hit in hits(brand, *turned[30:], within_m=500)}
    for number, spot in enumerate(turned[30:]):
        for id, given in drawn.items():
            outside_m = measured(given, spot)
            if abs(outside_m - 500) > 0.5 and (number, id) in found:
                assert found[number, id] == pytest.approx(outside_m, abs=0.5), (given, spot)
            elif abs(outside_m - 500) > 0.5:
                assert outside_m > 500, (given, spot)


def around(place, chance):
    """An outline around a place, not over a pole."""
    ring = [away(*place, metres=chance.uniform(100, 900), azimuth=azimuth) for azimuth in range(350, 0, -30)]
    lat = max(-89.9, min(89.9, place[1]))
    flat = outline([[*corner] for corner in [*ring, ring[0]]])
    return flat if abs(place[1]) < 89 else circle(place[0], lat, 300)


def measured(given, spot):
    if given.circle is not None:
        lon, lat, radius_m = given.circle
        return max(0.0, spheroid.metres_between(round(lon, 7), round(lat, 7), *spot) - radius_m)
    return shapes.measure_outside(outlines.read_geojson(given.geojson).shape.area, *spot)


def test_a_ring_around_a_store_leaves_its_middle_out(brand):
    store = make_store(brand)
    inner = make_fence(brand, circle(radius_m=100))
    ring = make_fence(brand, ShapeGiven(around_store_m=400, minus_fence_ids=[inner.id]), store=store)
    found = hits(brand, away(*PARIS, metres=250, azimuth=45), PARIS)
    assert [(hit.spot, hit.fence_id) for hit in found] == [(0, ring.id), (1, inner.id)]


def test_many_spots_of_many_brands_are_one_statement(brand):
    make_fence(brand)
    brands = [brand.id, *(uuid.uuid4() for _ in range(20))]
    with traced() as traffic, db.system_transaction():
        find_fences([Spot(*PARIS, 10)] * 50, brand_ids=brands, within_m=100)
    assert traffic.statements == len(["BEGIN", "for the system", "the search", "COMMIT"])


def test_asking_about_nothing_asks_nothing(brand):
    assert hits(brand) == []
    with db.system_transaction():
        assert find_fences([Spot(*PARIS, 1)], brand_ids=[], within_m=1) == []
        assert (read_fences([]), fences_of_stores([])) == ([], [])


def test_the_fences_of_a_store_are_those_in_force(brand):
    store = make_store(brand)
    live = make_fence(brand, store=store)
    make_fence(brand, store=store, is_live=False)
    make_fence(brand)
    with db.system_transaction():
        [found] = fences_of_stores([store.id])
        assert read_fences([live.id]) == [found]
    assert (found.id, found.version, found.store_id, found.lon, found.lat, found.radius_m, found.is_circle) == (
        *(live.id, 1, store.id, *PARIS, 200.0, True),
    )


def test_the_search_runs_on_its_index(brand):
    """A radius of its own in every row must not make it read every row."""
    make_fence(brand)
    values = (
        "'{0}', '{2.35}', '{48.85}', '{2.35}', '{2.34}', '{48.84}', '{2.36}', '{48.86}',"
        f" ARRAY['{brand.id}'::uuid], 100"
    )
    with db.system_transaction() as session:
        driver = session.connection().connection.driver_connection
        driver.execute("SET LOCAL enable_seqscan = off")
        driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        driver.execute(f"PREPARE hit_test AS {queries.HITS}", prepare=False)
        plan = [line for (line,) in driver.execute(f"EXPLAIN EXECUTE hit_test({values})", prepare=False).fetchall()]
        driver.execute("DEALLOCATE hit_test")
    text = "\n".join(plan)
    assert "ix_fence_version_box" in text
    assert "Index Cond: ((brand_id = brand.id) AND (box &&" in text
    assert "Seq Scan" not in text
