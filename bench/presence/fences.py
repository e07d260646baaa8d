"""`python -m bench.presence.fences`: which fences is this fix in, over 200,000 circles and 5,000 outlines.

In one run and one database, taking turns, in processor time of this process and of PostgreSQL:
  hit        `find_fences` with one spot
  hit_fifty  the same with fifty spots in one statement, per spot
  knn        the twenty nearest centres of the same fences, on their geography: the least that an index can be asked
  boxless    the circles of the same brand by `ST_DWithin` with each row's own radius, as they would be found without
             a stored box

Circles are of 100 to 500 metres in fifteen towns, but one in a thousand is of 20 km: a bound that all circles keep to
would find hundreds at each spot. `knn_over_hit` is how many hit tests cost what one KNN costs; `boxless_over_hit` how
many cost what one search without boxes costs.
"""

import math
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import shapely

from app.sql import db
from bench import machine, processor
from bench.machine import say
from bench.presence.parts import run_part
from bench.shops import SPREAD, TOWNS
from geo.fences import shapes, spheroid
from geo.fences.hits import Spot, find_fences

NAME = "ici_bench_fences"
SEED = 20260518
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BRAND = uuid.UUID("019b76da-a800-7007-9b25-d123dc0eefea")
CIRCLES, OUTLINES = 200_000, 5_000
WITHIN_M = 100.0
HUGE_M, HUGE_EVERY = 20_000, 1_000
SPOTS, FIFTIES, BOXLESS = 400, 8, 2
"""How many are asked in each round."""
WRITTEN = "x" * 850
"""As long as the GeoJSON of a circle: it lies in the rows that are read."""

KNN = """
SELECT fence_id, ST_Distance(place, CAST(ST_SetSRID(ST_MakePoint($1, $2), 4326) AS geography))
FROM bench_centre ORDER BY place <-> CAST(ST_SetSRID(ST_MakePoint($1, $2), 4326) AS geography) LIMIT 20
"""
BOXLESS_HIT = """
SELECT v.fence_id FROM fence_version AS v JOIN bench_centre AS c ON c.fence_id = v.fence_id
WHERE v.is_live AND v.is_circle AND v.brand_id = $3::uuid
  AND ST_DWithin(c.place, CAST(ST_SetSRID(ST_MakePoint($1, $2), 4326) AS geography), v.radius_m + $4)
"""


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int = 9) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios and figures, on a database of its own in this cluster, which is made if it is not there."""
    if not server.database_exists(NAME):
        _build(server)
    db.connect(server.url("app", NAME), settings=db.ONE_PLAN)
    rng = random.Random(SEED + 1)
    spots = [Spot(*_somewhere(rng), 10.0) for _ in range(SPOTS)]
    measures: dict[str, Callable[[], int]] = {
        "hit": lambda: _hit(spots, 1),
        "hit_fifty": lambda: _hit(spots[: 50 * FIFTIES], 50),
        "knn": lambda: _knn(spots),
        "boxless": lambda: _boxless(spots[:BOXLESS]),
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
        hits = len(find_fences(spots, brand_ids=[BRAND], within_m=WITHIN_M))
    seconds = {name: statistics.median(times) for name, times in found.items()}
    ratios = {f"{name}_over_hit": seconds[name] / seconds["hit"] for name in ("knn", "boxless")}
    ratios["hit_over_hit_of_fifty"] = seconds["hit"] / seconds["hit_fifty"]
    for name, value in seconds.items():
        say(f"{name}: {value * 1e6:.0f} µs")
    return ratios, {
        "fences": {"circles": CIRCLES, "outlines": OUTLINES},
        "hits_per_spot": round(hits / len(spots), 2),
        "median_us": {name: round(value * 1e6) for name, value in seconds.items()},
    }


def _hit(spots: list[Spot], at_a_time: int) -> int:
    for start in range(0, len(spots), at_a_time):
        find_fences(spots[start : start + at_a_time], brand_ids=[BRAND], within_m=WITHIN_M)
    return len(spots)


def _knn(spots: list[Spot]) -> int:
    for spot in spots:
        db.fetch(KNN, [spot.lon, spot.lat])
    return len(spots)


def _boxless(spots: list[Spot]) -> int:
    for spot in spots:
        db.fetch(BOXLESS_HIT, [spot.lon, spot.lat, BRAND, WITHIN_M])
    return len(spots)


def _processor(backend: int) -> float:
    return time.process_time() + processor.seconds_of(backend)


def _somewhere(rng: random.Random) -> tuple[float, float]:
    _, _, lat, lon = rng.choice(TOWNS)
    return round(lon + rng.uniform(-SPREAD, SPREAD), 7), round(lat + rng.uniform(-SPREAD, SPREAD), 7)


def _build(server: Any) -> None:
    say(f"{CIRCLES} circles and {OUTLINES} outlines")
    machine.make_database(server, NAME, folder=machine.ROOT / "var" / "bench" / "files")
    url = server.url("owner", NAME).replace("+psycopg", "")
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO brand (id, code, name, countries, time_zone, currency, legal_name, postal_address,"
            " privacy_contact) VALUES (%s, 'bench', 'Bench', '{FR}', 'Europe/Paris', 'EUR', 'Bench SAS',"
            " '1 rue du Banc, 69001 Lyon, FR', 'privacy@bench.example')",
            [BRAND],
        )
        ids = [db.new_id() for _ in range(CIRCLES + OUTLINES)]
        fences = "COPY fence (id, brand_id, code, name, status, live_version, created_at, updated_at) FROM STDIN"
        with cursor.copy(fences) as copy:
            for number, id in enumerate(ids):
                copy.write_row((id, BRAND, f"f{number}", "Bench", "active", 1, NOW, NOW))
        versions = (
            "COPY fence_version (fence_id, version, brand_id, fence_number, is_circle, lon, lat, radius_m, shape, box,"
            " geojson, made_at, in_force_at, is_live) FROM STDIN"
        )
        with cursor.copy(versions) as copy:
            for number, (id, drawn) in enumerate(zip(ids, _drawn(), strict=True)):
                copy.write_row((id, 1, BRAND, number, *drawn, WRITTEN, NOW, NOW, True))
        cursor.execute(
            "CREATE TABLE bench_centre AS SELECT fence_id,"
            " CAST(ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geography) AS place FROM fence_version"
        )
        cursor.execute("CREATE INDEX ON bench_centre USING gist (place)")
        cursor.execute("CREATE INDEX ON bench_centre (fence_id)")
        cursor.execute("GRANT SELECT ON bench_centre TO ici_app")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _drawn() -> Iterator[tuple[Any, ...]]:
    rng = random.Random(SEED)
    for number in range(CIRCLES):
        lon, lat = _somewhere(rng)
        radius_m = HUGE_M if number % HUGE_EVERY == 0 else rng.randint(100, 500)
        yield (
            True,
            lon,
            lat,
            radius_m,
            f"SRID=4326;POINT({lon} {lat})",
            _box_text(spheroid.box_around(lon, lat, radius_m)),
        )
    for _ in range(OUTLINES):
        lon, lat = _somewhere(rng)
        shape = shapes.make_outline(shapely.Polygon(_star(rng, lon, lat)))
        yield False, shape.lon, shape.lat, shape.radius_m, f"SRID=4326;{shape.area.wkt}", _box_text(shape.box)


def _star(rng: random.Random, lon: float, lat: float) -> list[tuple[float, float]]:
    """A ring of forty corners, none of which crosses another's side."""
    slender = math.cos(math.radians(lat))
    corners = []
    for corner in range(40):
        angle, reach = corner * math.pi / 20, rng.uniform(0.001, 0.004)
        corners.append((lon + reach / slender * math.cos(angle), lat + reach * math.sin(angle)))
    return corners


def _box_text(box: spheroid.Box) -> str:
    return f"SRID=4326;{shapely.box(*box).wkt}"


if __name__ == "__main__":
    main()
