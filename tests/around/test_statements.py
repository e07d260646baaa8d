"""What is around costs a few statements, each by its index, however many stores and articles there are."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.factory import Ici
from app.sql import db
from geo.availability import queries
from offers.around.queries import OFFERS_AT
from tests.around.factories import LAT, LON, Stranger, stocked
from tests.availability.factories import TEA
from tests.deciding.factories import Town
from tests.factories import make_brand
from tests.speaking import Speaker
from tests.tracing import sent_statements

QUOTA, SAVEPOINT, SEARCH = 2, 1, 2
"""What a network asks is counted by two statements; a savepoint stands by for when an index gives up; the search asks
for stores, then for offers."""


@pytest.fixture
def stranger(anyone: Speaker) -> Stranger:
    return Stranger(anyone)


def sent_for(stranger: Stranger, **asked: Any) -> int:
    with sent_statements() as sent:
        stranger.told(**asked)
    return len(sent)


def test_everything_around_costs_two_statements_besides_the_count_of_the_network(stranger: Stranger) -> None:
    for north in range(12):
        stocked(stranger.shop(north=north))
    stranger.offer()
    assert sent_for(stranger, gtin=TEA) == sent_for(stranger) == QUOTA + SAVEPOINT + SEARCH


def test_the_search_costs_no_more_statements_than_near_me(anyone: Speaker, stranger: Stranger) -> None:
    town = Town(anyone)
    town.ask()
    with sent_statements() as sent:
        town.ask()
    assert len(sent) >= SEARCH


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from nodes(child)
    elif isinstance(node, dict):
        yield node
        for child in node.values():
            if isinstance(child, list | dict):
                yield from nodes(child)


def plan_of(statement: str, *values: Any, seqscan: bool = True) -> list[dict[str, Any]]:
    """The parts of the plan that a server makes for all questions, as strangers ask. `seqscan` is off where
    the tables of tests have too few rows for an index to be worth anything."""
    with db.transaction():
        db.execute(text(f"SET LOCAL enable_seqscan = {'on' if seqscan else 'off'}"))
        db.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        db.execute(text("PREPARE asked AS " + statement.replace(":", r"\:")))
        said = ", ".join("NULL" if value is None else f"'{value}'" for value in values)
        found = db.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({said.replace(':', chr(92) + ':')})"))
        plan = found.scalar_one()
        db.execute(text("DEALLOCATE asked"))
    return list(nodes(plan if isinstance(plan, list) else json.loads(plan)))


def indexes(plan: list[dict[str, Any]]) -> set[str]:
    return {part["Index Name"] for part in plan if "Index Name" in part and part.get("Actual Loops")}


def scanned(plan: list[dict[str, Any]]) -> set[str]:
    return {part["Relation Name"] for part in plan if part.get("Node Type") == "Seq Scan" and part["Actual Loops"]}


MANY = """
INSERT INTO store (id, brand_id, reference, name, location, time_zone, country, created_at, updated_at)
SELECT gen_random_uuid(), :brand, 'many-' || n, 'Many',
 ST_MakePoint(2 + n % 100 * 0.01, 48 + n / 100 * 0.01)::geography, 'Europe/Paris', 'FR', now(), now()
FROM generate_series(1, 3000) AS n
"""
PLACES = """
INSERT INTO place (store_number, store_id, brand_id, location, area_ids, card)
SELECT number, id, brand_id, location, '{}', '{"time_zone": "Europe/Paris"}' FROM store WHERE brand_id = :brand
ON CONFLICT DO NOTHING
"""


@pytest.fixture(scope="module")
def crowd(app: Ici) -> Iterator[Stranger]:
    """Three thousand stores of another brand, and their places, around one shop of a rare brand; gone afterwards."""
    stranger, brand = Stranger(Speaker(app.test_client())), make_brand()
    stocked(stranger.shop())
    with db.system_transaction():
        for statement in (MANY, PLACES):
            db.execute(text(statement), {"brand": brand.id})
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE store, place, store_article, brand_article"))
    yield stranger
    with db.system_transaction():
        db.execute(text("DELETE FROM place WHERE brand_id = :brand"), {"brand": brand.id})
        db.execute(text("DELETE FROM store WHERE brand_id = :brand"), {"brand": brand.id})


def asked(stranger: Stranger, *, brand: str | None) -> list[Any]:
    long_ago = clock.now().replace(year=2000).isoformat()
    first = [clock.now().isoformat(), LON, LAT, 5_000, 21, brand]
    return [*first, f"0{TEA}", None, None, long_ago, long_ago, "false", None, 21]


def test_a_rare_brand_is_found_by_brand_and_point(crowd: Stranger) -> None:
    plan = plan_of(queries.AROUND_OF_BRAND, *asked(crowd, brand=crowd.brand.code))
    assert {"ix_store_near", "pk_store_article", "ix_brand_article_gtin"} <= indexes(plan)
    assert not {"store", "place", "store_article", "brand_article"} & scanned(plan)


def test_all_stores_are_found_by_their_point(crowd: Stranger) -> None:
    plan = plan_of(queries.AROUND_ANY, *asked(crowd, brand=None))
    assert {"ix_place_around", "pk_store_article"} <= indexes(plan)
    assert not {"store", "place", "store_article"} & scanned(plan)


def test_a_wide_radius_looks_at_no_more_stores_than_are_answered(crowd: Stranger) -> None:
    values = asked(crowd, brand=None)
    values[3] = 50_000
    plan = plan_of(queries.AROUND_ANY, *values)
    seen = [part["Actual Rows"] for part in plan if part.get("Index Name") == "ix_place_around"]
    assert seen == [21]


def test_offers_are_found_by_the_stores(crowd: Stranger) -> None:
    crowd.offer()
    with db.transaction():
        numbers = db.execute(text("SELECT array_agg(store_number) FROM offer_place")).scalar_one()
    plan = plan_of(OFFERS_AT, clock.now().isoformat(), f"{{{numbers[-1]}}}", "fr", seqscan=False)
    assert "pk_offer_place" in indexes(plan)


def test_a_price_list_is_merged_by_keys(crowd: Stranger) -> None:
    one = [{"store": 1, "key": f"0{TEA}", "price": 249, "currency": "EUR", "price_at": clock.now().isoformat()}]
    with db.transaction():
        statement = queries.MERGE_STORE_ARTICLES.replace("$1", f"'{crowd.brand.id}'").replace(
            "$2", f"'{json.dumps(one)}'"
        )
        found = db.execute(text("EXPLAIN (FORMAT JSON) " + statement.replace(":", r"\:"))).scalar_one()
    plan = list(nodes(found))
    assert "store_article" not in {part.get("Relation Name") for part in plan if part.get("Node Type") == "Seq Scan"}
