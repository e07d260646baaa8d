"""`python -m bench.presence.nearest`: the nearest twenty stores that a member permits, among 200,000 places.

In one run and one database, taking turns, in processor time of this process and of PostgreSQL:
  permitted  what the member said is read and judged, and the twenty nearest places of the brand are found
  search     the search alone, of the same brand from the same points
  rare       the search alone, of a brand with 21 stores in the country
  forbidden  the same question for a member who permits nothing: no place is searched
  measured   the search of the brand without its index: each place measured and sorted

`search_over_permitted` is how much of the whole the search is, `search_over_rare` how many searches of a common brand
cost what one of a rare brand costs, `measured_over_permitted` how many questions cost one without the index.
"""

import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg

from app import factory
from app.config import Config
from app.sql import db
from bench import machine, nearby, processor
from bench.machine import say
from bench.presence.parts import run_part
from bench.shops import SPREAD, TOWNS
from geo.places.nearest import PermittedGround, find_nearest_places
from geo.presence.allowance import BY_FENCE, grounds_of, read_watching

NAME = "ici_bench_nearest"
SEED = 20260518
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BRANDS = [uuid.UUID(int=0x019B76DA_A800_7007_9B25_D123DC0EE000 + number) for number in range(40)]
COMMON, RARE = BRANDS[0], BRANDS[-1]
PLACES, RARE_PLACES = 200_000, 21
MEMBER, NOBODY = uuid.UUID(int=0x019B76DA_A800_7007_9B25_D123DC0EEFEA), uuid.UUID(int=1)
REACH_M, MOST = 50_000.0, 20
POINTS, MEASURED = 300, 3
"""How many are asked in each round."""

WITHOUT_INDEX = """
SELECT store_id FROM place WHERE brand_id = $3::uuid AND offered
ORDER BY ST_Distance(location, ST_MakePoint($1::float8, $2::float8)::geography) LIMIT 20
"""

Point = tuple[float, float]


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int = 9) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios and figures, on a database of its own in this cluster, which is made if it is not there."""
    if not server.database_exists(NAME):
        _build(server)
    factory.create_app(
        Config(
            environment="test", database_url=server.url("app", NAME), owner_database_url=None, secret=nearby.SECRET,
            var=nearby.FOLDER, mail="development", sms="development", public_url="http://localhost",
        )
    )  # fmt: skip
    rng = random.Random(SEED + 1)
    points = [_somewhere(rng) for _ in range(POINTS)]
    measures: dict[str, Callable[[], int]] = {
        "permitted": lambda: _ask(points, MEMBER),
        "forbidden": lambda: _ask(points, NOBODY),
        "search": lambda: _search(points, COMMON),
        "rare": lambda: _search(points, RARE),
        "measured": lambda: _measure_each(points[:MEASURED]),
    }
    found: dict[str, list[float]] = {name: [] for name in measures}
    with db.system_transaction():
        backend = db.driver_connection().info.backend_pid
        for ask in measures.values():
            ask()  # pages and plans are read
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for name, ask in measures.items():
                started = _processor(backend)
                count = ask()
                found[name].append((_processor(backend) - started) / count)
    seconds = {name: statistics.median(times) for name, times in found.items()}
    for name, value in seconds.items():
        say(f"{name}: {value * 1e6:.0f} µs")
    ratios = {
        "search_over_permitted": seconds["search"] / seconds["permitted"],
        "search_over_rare": seconds["search"] / seconds["rare"],
        "measured_over_permitted": seconds["measured"] / seconds["permitted"],
    }
    return ratios, {
        "places": PLACES,
        "places_of_the_rare_brand": RARE_PLACES,
        "median_us": {name: round(value * 1e6) for name, value in seconds.items()},
    }


def _ask(points: Sequence[Point], member_id: uuid.UUID) -> int:
    for lon, lat in points:
        grounds = grounds_of(read_watching(member_id=member_id, now=NOW), BY_FENCE)
        found = find_nearest_places(grounds, lon=lon, lat=lat, reach_m=REACH_M, most=MOST)
        assert bool(found) is (member_id == MEMBER)
    return len(points)


def _search(points: Sequence[Point], brand_id: uuid.UUID) -> int:
    ground = [PermittedGround(brand_id, whole=True)]
    for lon, lat in points:
        find_nearest_places(ground, lon=lon, lat=lat, reach_m=REACH_M, most=MOST)
    return len(points)


def _measure_each(points: Sequence[Point]) -> int:
    for lon, lat in points:
        db.fetch(WITHOUT_INDEX, [lon, lat, COMMON])
    return len(points)


def _processor(backend: int) -> float:
    return time.process_time() + processor.seconds_of(backend)


def _somewhere(rng: random.Random) -> Point:
    _, _, lat, lon = rng.choice(TOWNS)
    return round(lon + rng.gauss(0, SPREAD), 7), round(lat + rng.gauss(0, SPREAD), 7)


def _build(server: Any) -> None:
    say(f"{PLACES} places of {len(BRANDS)} brands")
    machine.make_database(server, NAME, folder=machine.ROOT / "var" / "bench" / "files")
    url = server.url("superuser", NAME).replace("+psycopg", "")
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for number, brand_id in enumerate(BRANDS):
            cursor.execute(
                "INSERT INTO brand (id, code, name, countries, time_zone, currency) VALUES (%s, %s, 'Bench', '{FR}',"
                " 'Europe/Paris', 'EUR')",
                [brand_id, f"bench-{number}"],
            )
        stores = list(_stores())
        columns = "id, number, brand_id, reference, name, location, time_zone, country, created_at, updated_at"
        with cursor.copy(f"COPY store ({columns}) FROM STDIN") as copy:
            for number, (id, brand_id, text) in enumerate(stores, start=1):
                copy.write_row((id, number, brand_id, f"s{number}", "Bench", text, "Europe/Paris", "FR", NOW, NOW))
        columns = "store_number, store_id, brand_id, location, area_ids, card, offered"
        with cursor.copy(f"COPY place ({columns}) FROM STDIN") as copy:
            for number, (id, brand_id, text) in enumerate(stores, start=1):
                copy.write_row((number, id, brand_id, text, [], "x" * 200, True))
        cursor.execute("INSERT INTO member (member_id, language, created_at) VALUES (%s, 'fr', %s)", [MEMBER, NOW])
        cursor.execute(
            "INSERT INTO permission_state (member_id, touchpoint, purpose, brand_id, scope_kind, scope_id, event_id,"
            " level, state, version, changed_at)"
            " VALUES (%s, 'geofence', 'in_store_offers', %s, 'brand', %s, %s, 'proactive', 'given', 1, %s)",
            [MEMBER, COMMON, COMMON, db.new_id(), NOW],
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _stores() -> Iterator[tuple[uuid.UUID, uuid.UUID, str]]:
    """The last brand has a few, the others share the rest, the first half of them."""
    rng = random.Random(SEED)
    for number in range(PLACES):
        lon, lat = _somewhere(rng)
        brand_id = RARE if number < RARE_PLACES else COMMON if number % 2 else rng.choice(BRANDS[1:-1])
        yield db.new_id(), brand_id, f"SRID=4326;POINT({lon} {lat})"


if __name__ == "__main__":
    main()
