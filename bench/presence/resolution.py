"""`python -m bench.presence.resolution`: whose is an id that changes, among 1,000 and among 100,000 radios.

In one run, on two databases, in processor time of this process and of PostgreSQL:
  few, many      `recognise_beacons` with one known id, among 1,000 radios and among 100,000
  few_trip, many_trip  a statement that asks nothing, beside each
  fifty          fifty ids in one statement, among 100,000, per id
  unknown        an id of nobody, among 100,000: looked up, and kept for the search
  extend         the ids of the coming half hour, per radio
  search         the search for a lost clock, per radio that nobody hears, with 500 unknown ids waiting

`constant` is what an id costs among 1,000 over what it costs among 100,000: 1 if it is the same.
"""

import random
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg

from app import config, factory
from app.config import Config
from app.sql import db
from bench import machine, processor
from bench.machine import say
from bench.presence.parts import run_part
from geo.beacons import ephemeral, identity_keys, resolution
from geo.beacons.hearing import Advertised, recognise_beacons

SEED = 20260518
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BRAND, STORE = uuid.UUID("019b76da-a800-7007-9b25-d123dc0eefea"), uuid.UUID("019b76da-a800-7007-9b25-d123dc0eefeb")
FOLDER = machine.ROOT / "var" / "bench" / "files"
SECRET = "a secret for benches only, never for anything else"
FEW, MANY = 1_000, 100_000
EXPONENT, CLOCK_S = 10, 1_000_000
IDS, TIMES, UNKNOWN = 1_000, 3, 200
"""How many are asked in each round, and how often."""
WAITING, LOST = 500, 2_000


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int = 9) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios and figures, on two databases of its own in this cluster, which are made if they are not there."""
    found: dict[str, list[float]] = defaultdict(list)
    heard = {radios: _heard(radios) for radios in (FEW, MANY)}
    for radios in heard:
        extended = _open(server, radios)
        if extended is not None and radios == MANY:
            found["extend"].append(extended / radios)
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for radios, name in ((FEW, "few"), (MANY, "many")):
            _open(server, radios)
            asks: dict[str, Callable[[], int]] = {name: partial(_ask, heard[radios] * TIMES, 1), f"{name}_trip": _trips}
            if radios == MANY:
                asks |= {"fifty": partial(_ask, heard[radios] * TIMES, 50), "unknown": _ask_unknown, "search": _search}
            _take_turns(asks, found)
    seconds = {name: statistics.median(times) for name, times in found.items()}
    for what, value in seconds.items():
        say(f"{what}: {value * 1e6:.0f} µs")
    median_us = {name: round(value * 1e6) for name, value in seconds.items()}
    constant = statistics.median(few / many for few, many in zip(found["few"], found["many"], strict=True))
    return {"constant": constant}, {"radios": {"few": FEW, "many": MANY}, "median_us": median_us}


def _take_turns(asks: dict[str, Callable[[], int]], found: dict[str, list[float]]) -> None:
    with db.system_transaction():
        backend = db.driver_connection().info.backend_pid
        for ask in asks.values():
            ask()  # pages and plans are read
        for name, ask in asks.items():
            started = _processor(backend)
            count = ask()
            found[name].append((_processor(backend) - started) / count)


def _processor(backend: int) -> float:
    return time.process_time() + processor.seconds_of(backend)


def _ask(heard: Sequence[Advertised], at_a_time: int) -> int:
    for start in range(0, len(heard), at_a_time):
        found = recognise_beacons(heard[start : start + at_a_time], now=NOW)
        if None in found:
            raise RuntimeError("an id that is known was not recognised")
    return len(heard)


def _ask_unknown() -> int:
    for _ in range(UNKNOWN):
        recognise_beacons([Advertised("eddystone_eid", uuid.uuid4().bytes[:8], NOW)], now=NOW)
    return UNKNOWN


def _trips() -> int:
    for _ in range(IDS * TIMES):
        db.fetch("SELECT 1")
    return IDS * TIMES


def _search() -> int:
    waiting = [(uuid.uuid4().bytes[:8], NOW) for _ in range(WAITING)]
    resolution.note_unknown(waiting, now=NOW)
    resolution.find_lost_clocks(now=NOW)
    return LOST


def _key(number: int) -> bytes:
    return random.Random(SEED + number).randbytes(ephemeral.KEY_BYTES)


def _heard(radios: int) -> list[Advertised]:
    known = range(FEW + LOST, radios) if radios == MANY else range(radios)
    numbers = random.Random(SEED).sample(known, IDS)
    eids = (ephemeral.make_eid(_key(number), exponent=EXPONENT, clock_s=CLOCK_S) for number in numbers)
    return [Advertised("eddystone_eid", eid, NOW) for eid in eids]


def _open(server: Any, radios: int) -> float | None:
    """Connect to a database with so many radios; if it had to be made, what working their ids out took."""
    name = f"ici_bench_radios_{radios}"
    is_new = not server.database_exists(name)
    if is_new:
        machine.make_database(server, name, folder=FOLDER)
    config.use_config(
        Config(
            environment="test", database_url=server.url("app", name), owner_database_url=None, secret=SECRET,
            var=FOLDER, mail="development", sms="development", public_url="http://localhost",
        )
    )  # fmt: skip
    factory.import_models()
    if is_new:
        _build(server.url("owner", name).replace("+psycopg", ""), radios)
    db.connect(server.url("app", name), settings=db.ONE_PLAN)
    if not is_new:
        return None
    with db.system_transaction():
        backend = db.driver_connection().info.backend_pid
    started = _processor(backend)
    resolution.extend_ids(now=NOW)
    return _processor(backend) - started


def _build(url: str, radios: int) -> None:
    say(f"{radios} radios")
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO brand (id, code, name, countries, time_zone, currency, legal_name, postal_address,"
            " privacy_contact) VALUES (%s, 'bench', 'Bench', '{FR}', 'Europe/Paris', 'EUR', 'Bench SAS',"
            " '1 rue du Banc, 69001 Lyon, FR', 'privacy@bench.example')",
            [BRAND],
        )
        cursor.execute(
            "INSERT INTO store (id, brand_id, reference, name, location, time_zone, country, created_at, updated_at)"
            " VALUES (%s, %s, 'S', 'S', 'SRID=4326;POINT(4.8 45.7)', 'Europe/Paris', 'FR', %s, %s)",
            [STORE, BRAND, NOW, NOW],
        )
        ids = [db.new_id() for _ in range(radios)]
        beacons = "COPY beacon (id, brand_id, store_id, kind, label, created_at, updated_at) FROM STDIN"
        with cursor.copy(beacons) as copy:
            for number, id in enumerate(ids):
                copy.write_row((id, BRAND, STORE, "eddystone_eid", str(number), NOW, NOW))
        clocks = "COPY beacon_clock (beacon_id, sealed_key, key_hash, exponent, clock_s, set_at, known_until, heard_at)"
        with cursor.copy(f"{clocks} FROM STDIN") as copy:
            for number, id in enumerate(ids):
                key = _key(number)
                heard_at = None if FEW <= number < FEW + LOST else NOW
                sealed, hashed = identity_keys.seal_key(id, key), identity_keys.hash_key(key)
                copy.write_row((id, sealed, hashed, EXPONENT, CLOCK_S, NOW, NOW - timedelta(days=1), heard_at))
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
