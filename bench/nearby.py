"""`make bench-nearby`: the served endpoint against the limit of the machine, and against what one would pick instead.

In one run, on one machine, with random members and positions:
  limit    the one statement of the endpoint under pgbench -M prepared
  sql      all the SQL of an answer: that statement, then the decision row with its commit
  served   POST /v1/nearby-offers over HTTP: token, permission, limits, ranking, decision row, log line
  scored   the same for members who let brands look at what they buy: profile, factors, draws, a longer decision row
  standin  a minimal FastAPI + asyncpg service that runs the same statement and nothing else
  knn      only the 12 nearest places by geography
  grown    the limit again with ten times the stores

`scored_over_served` is scoring on against scoring off, next to each other in each round; half of the walkers have
profiles (a hundred articles), half have none. `served_over_limit` is strict: the decision row is part of what is
served, but not of the limit. `served_over_sql` compares like with like, the same SQL with and without our service
around it. A machine that is shared changes its pace from minute to minute, so ratios are made within each round and
their medians reported. Each measurement is made again when the hypervisor took more than a fiftieth of the machine
meanwhile; `stolen` says what remained.
"""

import argparse
import json
import re
import shutil
import statistics
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from app import config, factory
from app.accounts.tokens import issue_access_token
from app.config import Config
from app.sql import db
from bench import machine, world
from bench.machine import say
from geo.places.read_model import publish_places
from offers.deciding.queries import NEARBY, PLACES_PER_BRAND, RECORD
from offers.planning.read_model.rebuild import rebuild_read_model

SECRET = "a secret for benches only, never for anything else"
OURS, THEIRS = 18411, 18412
FOLDER = machine.ROOT / "var" / "bench" / "files"
GROWN = "ici_bench_grown"

LOOKUP = r"""
\set n random(0, :walkers - 1)
SELECT lon, lat, format('{%s}', lon) AS lons, format('{%s}', lat) AS lats, format('{%s}', member) AS members,
 format('{%s}', session) AS sessions FROM walker WHERE n = :n \gset
"""
"""pgbench cannot read members from a file, so each transaction first looks one up, as the arrays of one that the
statement takes. That cost is measured alone and taken off, so that the limit is the statement's own."""

KNN = """
SELECT store_number FROM place_bare ORDER BY location <-> ST_MakePoint(:lon, :lat)::geography LIMIT 12;
"""


def main() -> None:
    asked = _arguments()
    server = machine.cluster()
    with machine.huge_pages() as reserved:
        server.start()
        try:
            ratios, figures = _measure(server, asked)
        finally:
            if not asked.keep:
                server.destroy()
            else:
                server.stop()
    machine.result(ratios, figures | {"huge_pages": reserved})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=int, default=50_000)
    parser.add_argument("--offers", type=int, default=200_000)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--walkers", type=int, default=20_000, help="members that the load signs in as")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=4, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds; medians are reported")
    parser.add_argument("--no-grown", action="store_true", help="leave out the world with ten times the stores")
    parser.add_argument("--keep", action="store_true", help="keep the database, and use the one that was kept")
    return parser.parse_args()


def _measure(server: Any, asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    size = world.Size(asked.stores, asked.offers, asked.members)
    if not asked.no_grown:
        # Members only as many as the load signs in as.
        database(server, GROWN, world.Size(asked.stores * 10, asked.offers, 2 * asked.walkers), asked)
    here = database(server, "ici_bench", size, asked)  # the last one, since its members are those of the load
    rounds: list[dict[str, dict[str, float]]] = []
    with _served(server), _standin(server):
        ours, theirs = f"http://127.0.0.1:{OURS}", f"http://127.0.0.1:{THEIRS}"
        for url, requests in ((ours, "ours.txt"), (ours, "scored.txt"), (theirs, "theirs.txt")):
            _load(url, requests, asked, seconds=6)  # caches of plans, pages and verified tokens fill
        # What is divided by each other is measured next to each other.
        measures: dict[str, Callable[[], dict[str, float]]] = {
            "lookup": lambda: limit(server, "lookup", LOOKUP, asked),
            "bare_knn": lambda: limit(server, "bare_knn", LOOKUP + KNN, asked),
            "limit": lambda: limit(server, "limit", LOOKUP + statement(), asked),
            "served": lambda: _load(ours, "ours.txt", asked),
            "scored": lambda: _load(ours, "scored.txt", asked),
            "fastapi": lambda: _load(theirs, "theirs.txt", asked),
            "sql": lambda: limit(server, "sql", LOOKUP + statement() + decision(), asked),
        }
        if not asked.no_grown:
            measures |= {
                "grown_lookup": lambda: limit(server, "lookup", LOOKUP, asked, GROWN),
                "grown": lambda: limit(server, "limit", LOOKUP + statement(), asked, GROWN),
            }
        for number in range(asked.rounds):
            say(f"round {number + 1} of {asked.rounds}")
            rounds.append({name: machine.quietly(measure) for name, measure in measures.items()})
        medians = {name: _median([measured[name] for measured in rounds]) for name in measures}
        half = machine.quietly(lambda: _half(ours, medians["served"], asked))
    each = [
        _ratios({name: found.get("tps") or found["rps"] for name, found in measured.items()}) for measured in rounds
    ]
    figures: dict[str, Any] = medians | {
        "ratios_of_each_round": [{name: round(value, 3) for name, value in ratios.items()} for ratios in each],
        "served_at_half_load": half,
        "index": here["index"],
        "size": vars(size) | {"live_offer_places": here["offer_places"]},
    }
    return _median(each), figures


def _ratios(rates: dict[str, float]) -> dict[str, float]:
    """The ratios of one round, from what it measured per second; look-ups are taken off."""
    alone = {name: less(rates[name], rates["lookup"]) for name in ("limit", "sql", "bare_knn")}
    found = {
        "served_over_limit": rates["served"] / alone["limit"],
        "scored_over_served": rates["scored"] / rates["served"],
        "scored_over_limit": rates["scored"] / alone["limit"],
        "served_over_sql": rates["served"] / alone["sql"],
        "served_over_fastapi": rates["served"] / rates["fastapi"],
        "limit_over_bare_knn": alone["limit"] / alone["bare_knn"],
        "served_over_bare_knn": rates["served"] / alone["bare_knn"],
    }
    if "grown" in rates:
        found["cost_of_ten_times_the_stores"] = alone["limit"] / less(rates["grown"], rates["grown_lookup"])
    return found


def database(server: Any, name: str, size: world.Size, asked: argparse.Namespace) -> dict[str, Any]:
    """Build the world, or take the one that an earlier run kept, and write the load's requests."""
    settings = Config(
        environment="test", database_url=server.url("app", name), owner_database_url=server.url("owner", name),
        secret=SECRET, var=FOLDER, mail="development", sms="development", public_url="http://localhost",
    )  # fmt: skip
    config.use_config(settings)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (asked.keep and _has(server, name, "walker")):
        machine.make_database(server, name, folder=FOLDER)
        _fill(server, name, size, asked)
    if not _has(server, name, "place_bare"):
        _publish(server, name)
    with _superuser(server, name) as connection:
        walkers = connection.execute("SELECT member, session, lon, lat, profiled FROM walker ORDER BY n").fetchall()
        _write_requests(walkers)
        return {"index": _index_used(connection, walkers[7][:4]), "offer_places": _count(connection, "offer_place")}


def _has(server: Any, name: str, relation: str) -> bool:
    """How far an earlier run came: each step ends with a relation of the bench's own."""
    if not server.database_exists(name):
        return False
    with _superuser(server, name) as connection:
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (relation,)).fetchone()
        return bool(row and row[0])


def _fill(server: Any, name: str, size: world.Size, asked: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    say(f"building {name}: {size.stores:,} stores, {size.offers:,} offers, {size.members:,} members")
    with _superuser(server, name) as connection:
        built = world.build(connection, size, load_members=min(2 * asked.walkers, size.members), now=now)
        connection.execute(
            "CREATE TABLE walker"
            " (n int PRIMARY KEY, member text, session text, lon float8, lat float8, profiled boolean)"
        )
        rows = zip(built.members, built.sessions, built.places, strict=True)
        world.copy(
            connection,
            "walker",
            "n, member, session, lon, lat, profiled",
            ((n, str(m), str(s), lon, lat, n >= built.profiled) for n, (m, s, (lon, lat)) in enumerate(rows)),
        )
        connection.execute("GRANT SELECT ON walker TO ici_app")


def _publish(server: Any, name: str) -> None:
    say("publishing the read model, by the project's own verbs")
    now = datetime.now(UTC)
    factory.import_models()
    db.connect(server.url("app", name))
    with db.system_transaction():
        publish_places(store_ids=None, now=now)
    say("places are published; now the offers")
    with db.system_transaction():
        rebuild_read_model(now=now)
    db.engine().dispose()
    with _superuser(server, name, autocommit=True) as connection:
        # A table of its own: an index more on `place` would be one that the statement must not have.
        connection.execute("CREATE TABLE place_bare AS SELECT store_number, location FROM place ORDER BY store_number")
        connection.execute("CREATE INDEX ON place_bare USING gist (location)")
        connection.execute("GRANT SELECT ON place_bare TO ici_app")
        connection.execute("VACUUM (ANALYZE)")


def _superuser(server: Any, name: str, *, autocommit: bool = False) -> "psycopg.Connection[Any]":
    given = machine.arguments(server.url("superuser", name))
    return psycopg.connect(
        host=given["PGHOST"], user=given["PGUSER"], password=given["PGPASSWORD"], dbname=name, autocommit=autocommit
    )


def _write_requests(walkers: list[tuple[str, str, float, float, bool]]) -> None:
    """Tokens are made an hour ahead, so that they outlive the run."""
    later = datetime.now(UTC) + timedelta(hours=1)
    names = ("ours.txt", "scored.txt", "theirs.txt")
    with ExitStack() as stack:
        ours, scored, theirs = (stack.enter_context((FOLDER / name).open("w")) for name in names)
        for member, session, lon, lat, profiled in walkers:
            token = issue_access_token(
                member_id=uuid.UUID(member), session_id=uuid.UUID(session), generation=0, now=later
            )
            body = json.dumps({"lat": lat, "lon": lon, "accuracy_m": 20})
            (scored if profiled else ours).write(f"Bearer {token}\t{body}\n")
            if not profiled:
                theirs.write(f"{member}/{session}\t{body}\n")


def statement(*, prefix: str = "") -> str:
    """The statement as pgbench sends it, for one who asks: the same text, with pgbench's names for the parameters."""
    names = {
        1: "ARRAY[now()]", 2: ":members", 3: ":sessions", 4: ":lons", 5: ":lats", 6: "ARRAY[2020]", 7: "ARRAY['fr']",
        8: f"{PLACES_PER_BRAND}::int",
    }  # fmt: skip
    text = re.sub(r"\$(\d)", lambda found: names[int(found.group(1))], NEARBY)
    return prefix + " ".join(text.split()) + ";\n"


def decision() -> str:
    """One decision row as pgbench sends it: the same text, a fresh UUIDv7, a list of usual length."""
    milliseconds = "lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')"
    values = {
        1: ":members",
        2: f"ARRAY[{milliseconds} || '7' || substr(md5(random()::text), 1, 19)]",
        3: "ARRAY[now()]",
        4: "ARRAY['bench']",
        5: "ARRAY['{019b76da-a800-7007-9b25-d123dc0eefea}']",
        6: f"ARRAY['{{{','.join(['101,1,2002,1'] * 7)}}}']",
        7: "ARRAY[7]",
        8: "ARRAY[NULL]",
        9: "ARRAY[NULL]",
        10: "ARRAY['nearby']",
        11: "ARRAY['{}']",
    }
    return re.sub(r"\$(\d+)", lambda found: values[int(found.group(1))], " ".join(RECORD.split())) + ";\n"


def limit(
    server: Any, name: str, script: str, asked: argparse.Namespace, database: str = "ici_bench"
) -> dict[str, float]:
    script = script.replace(":walkers", str(min(asked.walkers, asked.members)))
    return machine.pgbench(
        script, url=server.url("app", database), name=name, clients=asked.connections, seconds=asked.seconds
    )


def less(tps: float, lookup_tps: float) -> float:
    """The rate of a step alone, given the rate with and of its look-up."""
    return 1 / (1 / tps - 1 / lookup_tps)


def _load(
    url: str, requests: str, asked: argparse.Namespace, *, seconds: int = 0, pause_ms: int = 0
) -> dict[str, float]:
    return machine.wrk(
        url=url,
        requests=FOLDER / requests,
        path="/v1/nearby-offers",
        connections=asked.connections,
        seconds=seconds or asked.seconds,
        pause_ms=pause_ms,
    )


def _half(url: str, full: dict[str, float], asked: argparse.Namespace) -> dict[str, float]:
    """Latencies when each connection rests as long as brings the load to half."""
    between_ms = asked.connections / (full["rps"] / 2) * 1000
    return _load(url, "ours.txt", asked, pause_ms=max(1, round(between_ms - full["p50_ms"] / 2)))


def _median(found: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(each[key] for each in found) for key in found[0]}


def _served(server: Any) -> Any:
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": SECRET,
        "ICI_DATABASE_URL": server.url("app", "ici_bench"),
    }  # fmt: skip
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(OURS)]
    return machine.running(
        command, environment=environment, ready=f"http://127.0.0.1:{OURS}/readyz", log=FOLDER / "ours.log"
    )


def _standin(server: Any) -> Any:
    given = machine.arguments(server.url("superuser", "ici_bench"))
    environment = {f"STANDIN_{key.removeprefix('PG')}": value for key, value in given.items()}
    granian = shutil.which("granian", path=str(machine.ROOT / ".venv/bin")) or "granian"
    command = [granian, "--interface", "asgi", "--port", str(THEIRS), "--workers", "2", "--log-level", "warning"]
    command += ["--http", "1", "--no-ws", "bench.standin:app"]
    return machine.running(
        command, environment=environment, ready=f"http://127.0.0.1:{THEIRS}/openapi.json", log=FOLDER / "theirs.log"
    )


def _index_used(connection: "psycopg.Connection[Any]", walker: tuple[str, str, float, float]) -> str:
    """The index by which the plan finds the places."""
    member, session, lon, lat = walker
    values = {"members": member, "sessions": session, "lons": lon, "lats": lat}
    text = re.sub(r":(\w+s)\b", lambda found: f"'{{{values[found.group(1)]}}}'", statement(prefix="EXPLAIN "))
    plan = "\n".join(row[0] for row in connection.execute(text).fetchall())  # type: ignore[arg-type]
    (Path(FOLDER) / "plan.txt").write_text(plan)
    return ", ".join(sorted(set(re.findall(r"Index (?:Only )?Scan using (\w+)", plan))))


def _count(connection: "psycopg.Connection[Any]", table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
