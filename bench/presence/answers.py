"""`python -m bench.presence.answers`: a beacon sighting that answers with an offer, beside "near me".

In one run and one database, taking turns, over HTTP, in processor time of the server and of PostgreSQL:
  nearby    POST /v1/nearby-offers, which answers with the offers around
  sighting  POST /v1/sightings with one beacon: a visit begins, and its arrival is answered with three offers
  shelf     the same with a beacon at a shelf: the visit, its arrival and its zone, and what stands there comes first

Each sighting is the first of its member, since the second in a minute brings nothing. `sighting_over_nearby` is the
rate of one over that of the other, were both given as much of the processor.
"""

import argparse
import http.client
import json
import statistics
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts.models import Brand, ConsoleUser, Member, MemberSession
from app.accounts.tokens import issue_access_token
from app.consent.models import PermissionEvent, PermissionState
from app.languages import Text
from app.sql import db
from bench import machine
from bench.machine import say
from bench.presence.parts import make_database
from bench.processor import seconds_of
from geo.beacons.models import Beacon
from geo.places.models import Store
from geo.places.read_model import places_changed
from geo.zones.models import Zone
from offers.planning.approval import approve_offer
from offers.planning.drafts import Draft, InASale, Targets, draft_offer
from wallet.purchases.basket import Products

NAME = "ici_bench_answers"
SECRET = "a secret for benches only, never for anything else"
PORT = 18431
FOLDER = machine.ROOT / "var" / "bench" / "answers"
STORES, OFFERS, MEMBERS = 100, 30, 4_000
LON, LAT = 2.3522, 48.8566
SHELVES = ("tea", "coffee", "bread", "milk", "fruit")
PERMITTED = (("geofence", "personalised_offers"), ("beacon", "in_store_offers"))
LEAST = 0.5
"""What is asked for."""

Caller = tuple[str, int]
"""A token, and the number of the store where the member stands."""


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
    callers = _build(server)
    ours = _bodies()
    found: dict[str, list[float]] = {name: [] for name in ours}
    each = len(callers) // len(ours) // (rounds + 1)
    database = server.status().pid
    with _served(server) as pid:
        for number in range(rounds + 1):  # the first fills caches of plans, pages and verified tokens
            say(f"round {number} of {rounds}")
            for name, body in ours.items():
                some = [next(callers[name]) for _ in range(each)]
                before = seconds_of(pid) + seconds_of(database)
                _ask(name, some, body)
                found[name].append((seconds_of(pid) + seconds_of(database) - before) / each)
    measured = {name: times[1:] for name, times in found.items()}
    ratios = {
        f"{name}_over_nearby": statistics.median(
            near / own for near, own in zip(measured["nearby"], measured[name], strict=True)
        )
        for name in ("sighting", "shelf")
    }
    medians = {name: round(statistics.median(times) * 1e6) for name, times in measured.items()}
    print("  ".join(f"{name} {microseconds} us" for name, microseconds in medians.items()))
    for name, ratio in ratios.items():
        print(f"{name:24}{ratio:6.2f}  asked: at least {LEAST}  {'met' if ratio >= LEAST else 'NOT MET'}")
    return ratios, {"median_us": medians}


class _Callers(dict[str, Iterator[Caller]]):
    """Members who have not called yet, by what they will ask."""

    def __len__(self) -> int:
        return MEMBERS


def _bodies() -> dict[str, Callable[[int], dict[str, Any]]]:
    return {
        "nearby": lambda n: {"lat": LAT + n / 1_000, "lon": LON, "accuracy_m": 20},
        "sighting": lambda n: _heard(_frame(n, at_shelf=False)),
        "shelf": lambda n: _heard(_frame(n, at_shelf=True)),
    }


def _heard(frame: bytes) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {"beacons": [{"id": "1", "at": at, "kind": "ibeacon", "frame": frame.hex()}]}


def _frame(store: int, *, at_shelf: bool) -> bytes:
    return uuid.UUID(int=7).bytes + (store + 1).to_bytes(2) + (1 + at_shelf).to_bytes(2)


def _ask(name: str, callers: list[Caller], body: Callable[[int], dict[str, Any]]) -> None:
    """Ask one by one, and see that each is answered with offers."""
    path = "/v1/nearby-offers" if name == "nearby" else "/v1/sightings"
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    for token, store in callers:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept-Language": "fr"}
        connection.request("POST", path, json.dumps(body(store)), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200 or not json.loads(said)["offers"]:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
    connection.close()


def _served(server: Any) -> Any:
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(PORT)]
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": SECRET, "ICI_DATABASE_URL": server.url("app", NAME),
    }  # fmt: skip
    ready = f"http://127.0.0.1:{PORT}/readyz"
    return machine.running(command, environment=environment, ready=ready, log=FOLDER / "server.log")


def _build(server: Any) -> _Callers:
    """A brand with stores, shelves, beacons and offers, and members who permit both ways."""
    say(f"building {STORES} stores, {OFFERS} offers, {MEMBERS:,} members")
    make_database(server, NAME, folder=FOLDER, secret=SECRET)
    now = datetime.now(UTC)
    with db.system_transaction():
        brand = db.add(
            Brand(
                code="bench", name="Bench", countries=["FR"], time_zone="Europe/Paris", currency="EUR", created_at=now
            )
        )
        _stores(brand, now)
        _offers(brand, now)
        tokens = _members(brand, now)
    third = len(tokens) // 3
    parts = {name: tokens[n * third : (n + 1) * third] for n, name in enumerate(_bodies())}
    return _Callers({name: iter([(token, n % STORES) for n, token in enumerate(own)]) for name, own in parts.items()})


def _stores(brand: Brand, now: datetime) -> None:
    dated = {"created_at": now, "updated_at": now}
    stores = db.add_all(
        [
            Store(
                brand_id=brand.id,
                reference=f"S{n}",
                name=f"Magasin {n}",
                location=f"SRID=4326;POINT({LON} {LAT + n / 1_000})",
                time_zone="Europe/Paris",
                country="FR",
                **dated,
            )
            for n in range(STORES)
        ]
    )
    places_changed(store_ids=[store.id for store in stores], now=now)
    for n, store in enumerate(stores):
        shelf = {"categories": [f"food/{SHELVES[n % len(SHELVES)]}"]}
        here = {"brand_id": brand.id, "store_id": store.id, **dated}
        zone = db.add(Zone(code="A1", kind="shelf", name_fr="Rayon", name_en="Shelf", products=shelf, **here))
        for at_shelf in (False, True):
            frame = _frame(n, at_shelf=at_shelf)
            zone_id = zone.id if at_shelf else None
            db.add(Beacon(kind="ibeacon", identifier=frame, label=f"B{n}{at_shelf}", zone_id=zone_id, **here))


def _offers(brand: Brand, now: datetime) -> None:
    author, approver = (
        db.add(
            ConsoleUser(
                brand_id=brand.id, email=f"{role}@example.org", name=role, role=role, password_hash="!", created_at=now
            )
        )
        for role in ("merchandiser", "approver")
    )
    for n in range(OFFERS):
        draft = Draft(
            title=Text(fr=f"Offre {n}", en=f"Offer {n}"),
            text=Text(fr="Dix pour cent.", en="Ten percent."),
            benefit={"kind": "percent", "percent": 10},
            targets=Targets(brand=True),
            starts_local=(now - timedelta(days=2)).replace(tzinfo=None),
            ends_local=(now + timedelta(days=20)).replace(tzinfo=None),
            in_a_sale=InASale(products=Products(categories=frozenset({f"food/{SHELVES[n % len(SHELVES)]}"}))),
        )
        offer = draft_offer(brand_id=brand.id, draft=draft, by=author.id, now=now)
        approve_offer(brand_id=brand.id, offer_id=offer.id, revision=offer.revision, by=approver.id, now=now)


def _members(brand: Brand, now: datetime) -> list[str]:
    later = now + timedelta(hours=1)
    members = db.add_all([Member(language="fr", created_at=now) for _ in range(MEMBERS)])
    lasting = {"created_at": now, "expires_at": now + timedelta(days=1)}
    sessions = db.add_all(
        [MemberSession(member_id=member.id, generation=0, rotated_at=now, **lasting) for member in members]
    )
    for touchpoint, purpose in PERMITTED:
        cell = {
            "touchpoint": touchpoint, "purpose": purpose, "brand_id": brand.id, "scope_kind": "brand",
            "scope_id": brand.id, "level": "alert_on_request", "state": "given", "expires_at": now + timedelta(days=90),
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
    return [issue_access_token(member_id=one.member_id, session_id=one.id, generation=0, now=later) for one in sessions]


if __name__ == "__main__":
    main()
