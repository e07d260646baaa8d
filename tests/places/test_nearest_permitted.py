"""The nearest twenty places that a member permits: one search on the index of brand and point, whatever the brand."""

import json
from typing import Any

import orjson
import pytest

from app import clock
from app.sql import db
from geo.places.nearest import NEAREST, PermittedGround, find_nearest_places
from tests.factories import PARIS, made, make_area, make_brand, make_store
from tests.planning.factories import make_offer, publish

MANY, RARE = 600, 3


@pytest.fixture(scope="module")
def crowd(app: Any) -> tuple[Any, Any]:
    """A brand with a store at every corner of a large town, and one with three, further away than all those."""
    common, rare = make_brand(), make_brand()
    with made():
        shops = [
            make_store(common, lon=PARIS[0] + 0.004 * (n % 40), lat=PARIS[1] + 0.003 * (n // 40)) for n in range(MANY)
        ]
        shops += [make_store(rare, lon=PARIS[0] + 0.2, lat=PARIS[1] + 0.1 * n) for n in range(RARE)]
        publish(*shops, now=clock.now())
        for brand in (common, rare):
            make_offer(brand, now=clock.now())
    with db.system_transaction():
        db.fetch("ANALYZE place")
    return common, rare


def plan_of(grounds: list[PermittedGround], *, most: int = 20) -> dict[str, Any]:
    """The node of the plan that reads places, as it ran: the one plan that is made for all members."""
    asked = orjson.dumps([one._asdict() for one in grounds], default=lambda ids: sorted(map(str, ids))).decode()
    with db.system_transaction():
        connection = db.driver_connection()
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE nearest (text, int, float8, float8, float8) AS {NEAREST}".encode())
        values = f"'{asked}', {most}, {PARIS[0]}, {PARIS[1]}, 50000"
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE nearest ({values})"
        found = connection.execute(explain.encode()).fetchone()
        connection.execute("DEALLOCATE nearest")
    assert found is not None
    plan = found[0] if isinstance(found[0], list) else json.loads(found[0])
    [node] = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") == "place"]
    return node


def _nodes(node: dict[str, Any]) -> Any:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def assert_by_index(node: dict[str, Any]) -> None:
    assert (node["Node Type"], node["Index Name"]) == ("Index Scan", "ix_place_near")
    assert "brand_id" in node["Index Cond"]
    assert "<->" in node["Order By"]


def test_the_nearest_twenty_stop_after_twenty(crowd: Any) -> None:
    common, _ = crowd
    node = plan_of([PermittedGround(common.id, whole=True)])
    assert_by_index(node)
    assert node["Actual Rows"] == 20


def test_a_rare_brand_among_many_others_is_found_on_the_index_of_brand_and_point(crowd: Any) -> None:
    _, rare = crowd
    node = plan_of([PermittedGround(rare.id, whole=True)])
    assert_by_index(node)
    assert node["Actual Rows"] == RARE
    assert node.get("Rows Removed by Filter", 0) == 0


def test_several_brands_are_searched_each_on_the_index_in_one_statement(crowd: Any) -> None:
    node = plan_of([PermittedGround(brand.id, whole=True) for brand in crowd])
    assert_by_index(node)
    assert node["Actual Loops"] == 2


def test_a_permission_in_part_is_a_filter_on_the_same_search(crowd: Any) -> None:
    common, _ = crowd
    with db.system_transaction():
        near = find_nearest_places(
            [PermittedGround(common.id, whole=True)], lon=PARIS[0], lat=PARIS[1], reach_m=50_000, most=1
        )[0]
    assert_by_index(plan_of([PermittedGround(common.id, whole=True, closed=frozenset({near.store_id}))]))
    assert_by_index(plan_of([PermittedGround(common.id, whole=False, opened=frozenset({near.store_id}))]))


def test_places_come_nearest_first_and_none_beyond_the_reach(crowd: Any) -> None:
    common, rare = crowd
    grounds = [PermittedGround(common.id, whole=True), PermittedGround(rare.id, whole=True)]
    with db.system_transaction():
        found = find_nearest_places(grounds, lon=PARIS[0], lat=PARIS[1], reach_m=2000, most=500)
    metres = [place.metres for place in found if place.metres is not None]
    assert {place.brand_id for place in found} == {common.id}
    assert metres == sorted(metres)
    assert metres[-1] <= 2000


def test_an_area_opens_its_stores(crowd: Any) -> None:
    brand = make_brand()
    inside, outside = make_store(brand), make_store(brand)
    area = make_area(brand, inside)
    publish(inside, outside, now=clock.now())
    make_offer(brand, now=clock.now())
    with db.system_transaction():
        found = find_nearest_places(
            [PermittedGround(brand.id, whole=False, opened=frozenset({area.id}))],
            lon=PARIS[0],
            lat=PARIS[1],
            reach_m=1000,
            most=9,
        )
    assert [place.store_id for place in found] == [inside.id]
