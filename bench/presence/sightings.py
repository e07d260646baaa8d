"""`python -m bench.presence.sightings`: sightings over HTTP, beside the same rows written in SQL.

In one run and one database, taking turns, in processor time of whoever asks or serves and of PostgreSQL:
  one       POST /v1/sightings with one fix inside a store's fence: token, permission, fences, visit, commit
  fifty     the same with 50 fixes of 50 minutes
  sql_1     the rows that `one` leaves (a minute, a visit), by an INSERT each in one transaction
  sql_50    the rows that `fifty` leaves (50 minutes, a visit), by an INSERT each in one transaction
  write_50  the same rows by the one statement of the service

Each report is the first of its member, of a phone that stays within some metres, and a quarter of an hour late, as if
it had had no network: it makes visits and is answered with nothing. What an answer costs is measured by
`bench.presence.answers`. `served_over_sql_50` is how many sightings are served for one that is written in SQL, were
both given as much of the processor.
"""

import argparse
import http.client
import json
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from app.accounts.models import Brand, Member, MemberSession
from app.accounts.tokens import issue_access_token
from app.consent.models import PermissionEvent, PermissionState
from app.sql import db
from bench import machine
from bench.machine import say
from bench.presence.parts import make_database
from bench.processor import seconds_of
from geo.fences.models import Fence, FenceVersion
from geo.places.models import Store
from geo.presence.models import NOWHERE, PURPOSE

NAME = "ici_bench_sightings"
SECRET = "a secret for benches only, never for anything else"
PORT = 18433
FOLDER = machine.ROOT / "var" / "bench" / "sightings"
STORES, EACH, FIXES = 200, 30, 50
LON, LAT = 2.3522, 48.8566
LATE = timedelta(minutes=15)
KINDS = ("one", "fifty", "sql_1", "sql_50", "write_50")

MINUTE = """
INSERT INTO sighting (member_id, minute, store_id, zone_id, fence_id, touchpoint, kind, brand_id, fence_version,
 permission_event_id, confidence, lasts_minutes)
VALUES (%s, %s, %s, %s, %s, 'geofence', 'fix', %s, 1, %s, 3, 120) ON CONFLICT DO NOTHING
"""
VISIT = """
INSERT INTO visit (member_id, id, brand_id, store_id, day, touchpoint, permission_event_id, evidence, confidence,
 entered_at, seen_at, lasts_until) VALUES (%s, %s, %s, %s, %s, 'geofence', %s, 'fix', 3, %s, %s, %s)
"""
WRITE = """
INSERT INTO sighting (member_id, minute, store_id, zone_id, fence_id, touchpoint, kind, brand_id, fence_version,
 permission_event_id, confidence, lasts_minutes)
SELECT %s, minute, %s, %s, %s, 'geofence', 'fix', %s, 1, %s, 3, 120 FROM unnest(%s::timestamptz[]) AS minute
ON CONFLICT DO NOTHING
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = measure(server, rounds=asked.rounds)
    finally:
        server.destroy()
    machine.result(ratios, figures)


def measure(server: Any, *, rounds: int = 9) -> tuple[dict[str, float], dict[str, Any]]:
    """The ratios and figures, on a new database of its own in this cluster."""
    place, members = _build(server, count=EACH * len(KINDS) * (rounds + 1))
    found: dict[str, list[float]] = {name: [] for name in KINDS}
    database = server.status().pid
    with _served(server) as pid, psycopg.connect(server.url("app", NAME).replace("+psycopg", "")) as connection:
        for number in range(rounds + 1):  # the first fills caches of plans, pages and verified tokens
            say(f"round {number} of {rounds}")
            for name in KINDS:
                some = [next(members) for _ in range(EACH)]
                before = _processor(pid, database)
                if name in ("one", "fifty"):
                    _report(some, fixes=FIXES if name == "fifty" else 1)
                    spent = sum(_processor(pid, database)[1:]) - sum(before[1:])
                else:
                    _insert(connection, place, some, name)
                    spent = sum(_processor(pid, database)) - sum(before)
                found[name].append(spent / EACH)
    seconds = {name: statistics.median(times[1:]) for name, times in found.items()}

    def share(served: str, written: str) -> float:
        pairs = zip(found[served][1:], found[written][1:], strict=True)
        return statistics.median(own and sql / own for own, sql in pairs)

    ratios = {
        "served_over_sql_1": share("one", "sql_1"),
        "served_over_sql_50": share("fifty", "sql_50"),
        "served_over_write_50": share("fifty", "write_50"),
    }
    counts = {"one": 1, "fifty": FIXES, "sql_1": 1, "sql_50": FIXES, "write_50": FIXES}
    return ratios, {
        "median_us": {name: round(value * 1e6) for name, value in seconds.items()},
        "sightings_per_processor_second": {name: round(counts[name] / value) for name, value in seconds.items()},
    }


def _processor(pid: int, database: int) -> tuple[float, float, float]:
    """Seconds of processor so far: of this process, the server, PostgreSQL."""
    return time.process_time(), seconds_of(pid), seconds_of(database)


class _Caller:
    """A member with a token, and the permission that a row names."""

    def __init__(self, member_id: uuid.UUID, token: str, event_id: uuid.UUID) -> None:
        self.member_id, self.token, self.event_id = member_id, token, event_id


class _Place:
    """The store where all of them are."""

    def __init__(self, brand_id: uuid.UUID, store_id: uuid.UUID, fence_id: uuid.UUID) -> None:
        self.brand_id, self.store_id, self.fence_id = brand_id, store_id, fence_id


def _report(callers: list[_Caller], *, fixes: int) -> None:
    """Report one by one, and see that each begins a visit."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    now = datetime.now(UTC)
    said = [
        {
            "id": str(n),
            "at": (now - LATE - timedelta(minutes=n)).isoformat(),
            "lat": LAT + n / 1e6,
            "lon": LON,
            "accuracy_m": 12,
        }
        for n in range(fixes)
    ]
    body = json.dumps({"fixes": said})
    for caller in callers:
        headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
        connection.request("POST", "/v1/sightings", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200 or b"entered" not in told:
            raise RuntimeError(f"{answer.status} {told[:300]!r}")
    connection.close()


def _insert(connection: psycopg.Connection[Any], place: _Place, callers: list[_Caller], name: str) -> None:
    """Write what a report leaves, a transaction for each."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    minutes = [now - timedelta(minutes=n) for n in range(1 if name == "sql_1" else FIXES)]
    for caller in callers:
        who, where = caller.member_id, (place.store_id, NOWHERE, place.fence_id, place.brand_id, caller.event_id)
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ici.member_id', %s, true)", [str(who)], prepare=True)
            if name == "write_50":
                cursor.execute(WRITE, [who, *where, minutes], prepare=True)
            else:
                cursor.executemany(MINUTE, [(who, minute, *where) for minute in minutes])
            visit = (who, uuid.uuid4(), place.brand_id, place.store_id, now.date(), caller.event_id)
            cursor.execute(VISIT, [*visit, minutes[-1], now, now + timedelta(hours=2)], prepare=True)


def _served(server: Any) -> Any:
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(PORT)]
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": SECRET, "ICI_DATABASE_URL": server.url("app", NAME),
    }  # fmt: skip
    ready = f"http://127.0.0.1:{PORT}/readyz"
    return machine.running(command, environment=environment, ready=ready, log=FOLDER / "server.log")


def _build(server: Any, *, count: int) -> tuple[_Place, Iterator[_Caller]]:
    """A brand with stores along a meridian, each with a fence, and members who permit positions."""
    say(f"building {STORES} stores and {count:,} members")
    make_database(server, NAME, folder=FOLDER, secret=SECRET)
    now = datetime.now(UTC)
    with db.system_transaction():
        named = {"code": "bench", "name": "Bench", "countries": ["FR"]}
        brand = db.add(Brand(**named, time_zone="Europe/Paris", currency="EUR", created_at=now))
        place, *_ = [_fenced(brand, n, now) for n in range(STORES)]
        members = _members(brand, count, now)
    return place, iter(members)


def _fenced(brand: Brand, number: int, now: datetime) -> _Place:
    lat = LAT + number / 200
    dated = {"created_at": now, "updated_at": now}
    named = {"reference": f"S{number}", "name": f"Magasin {number}", "time_zone": "Europe/Paris", "country": "FR"}
    store = db.add(Store(brand_id=brand.id, location=f"SRID=4326;POINT({LON} {lat})", **named, **dated))
    own = {"code": f"f{number}", "name": "F", "status": "active", "live_version": 1}
    fence = db.add(Fence(brand_id=brand.id, store_id=store.id, **own, **dated))
    west, east, south, north = LON - 0.0021, LON + 0.0021, lat - 0.0014, lat + 0.0014
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    shape = f"SRID=4326;POLYGON(({ring}))"
    drawn = {"is_circle": True, "lon": LON, "lat": lat, "radius_m": 150.0, "shape": shape, "box": shape}
    lasting = {"geojson": "{}", "made_at": now, "in_force_at": now, "is_live": True}
    db.add(FenceVersion(fence_id=fence.id, version=1, brand_id=brand.id, **drawn, **lasting))
    return _Place(brand.id, store.id, fence.id)


def _members(brand: Brand, count: int, now: datetime) -> list[_Caller]:
    members = db.add_all([Member(language="fr", created_at=now) for _ in range(count)])
    lasting = {"created_at": now, "expires_at": now + timedelta(days=1)}
    sessions = db.add_all(
        [MemberSession(member_id=member.id, generation=0, rotated_at=now, **lasting) for member in members]
    )
    cell = {
        "touchpoint": "geofence", "purpose": PURPOSE, "brand_id": brand.id, "scope_kind": "brand",
        "scope_id": brand.id, "level": "proactive", "state": "given", "expires_at": now + timedelta(days=90),
    }  # fmt: skip
    events = db.add_all(
        [
            PermissionEvent(member_id=member.id, actor="data_subject", evidence={}, recorded_at=now, **cell)
            for member in members
        ]
    )
    db.add_all(
        [
            PermissionState(member_id=event.member_id, event_id=event.id, version=1, changed_at=now, **cell)
            for event in events
        ]
    )
    later = now + timedelta(hours=1)
    tokens = [
        issue_access_token(member_id=one.member_id, session_id=one.id, generation=0, now=later) for one in sessions
    ]
    return [_Caller(event.member_id, token, event.id) for event, token in zip(events, tokens, strict=True)]


if __name__ == "__main__":
    main()
