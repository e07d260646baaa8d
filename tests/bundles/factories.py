"""Members who match offers themselves, beside the server that answers them."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h3
import orjson
import pytest

from app.accounts.models import Brand, Member
from app.sql import hot_statements
from geo.places.models import Store
from geo.private.cells import FINEST, cell_at
from offers.bundles import own_facts, shelf
from offers.bundles.matcher import PhoneFix, match_offers
from offers.deciding.answers import Fix, Question, conclude_answers, is_allowed, search_offers
from tests.consent.factories import session_of
from tests.coupons.factories import acting_as
from tests.factories import made, make_store
from tests.planning.factories import publish

TWIN = Path(__file__).parent / "ask_twin.mjs"
DEGREE_M = 111_195


def at_sea(seed: int) -> tuple[float, float]:
    """The middle of a cell (lat, lon) where no other test has stores."""
    rng = random.Random(seed)
    lat, lon = h3.cell_to_latlng(cell_at(rng.uniform(-62, -35), rng.uniform(-179.9, 179.9), FINEST))
    return lat, lon


def make_stores(
    brand: Brand, around: tuple[float, float], count: int, *, rng: random.Random, now: datetime
) -> list[Store]:
    """Published stores within two and a half kilometres."""
    with made():
        stores = [make_store(brand, lat=lat, lon=lon) for lat, lon in (moved(around, rng) for _ in range(count))]
        publish(*stores, now=now)
    return stores


def moved(around: tuple[float, float], rng: random.Random, *, most_m: float = 2500) -> tuple[float, float]:
    """A place not far from another, to seven decimals as stores have them."""
    lat, lon = around
    north, east = (rng.uniform(-most_m, most_m) / DEGREE_M for _ in range(2))
    east = lon + east / 0.6
    return round(lat + north, 7), round(east - 360 if east > 180 else east + 360 if east < -180 else east, 7)


@contextmanager
def fresh_looks() -> Iterator[None]:
    """Each request sees what was committed before it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offers.bundles.catalogue.LOOK_EVERY_S", 0.0)
        yield


def bundle_here(place: tuple[float, float]) -> dict[str, Any]:
    """The bundle of the cell of a place."""
    found: dict[str, Any] = orjson.loads(shelf.cell_bundle(cell_at(*place, FINEST)).body)
    return found


def facts_of(member: Member, *, now: datetime) -> dict[str, Any]:
    """The member's own facts, as their phone reads them."""
    with acting_as(member):
        said = own_facts.read_own_facts(member_id=member.id, session_id=session_of(member).id, now=now)
    found: dict[str, Any] = orjson.loads(orjson.dumps(said))
    return found


def answered(member: Member, fix: PhoneFix, *, now: datetime, brand: str | None = None) -> list[dict[str, Any]]:
    """What the server answers the member at this place and instant."""
    asked = Fix(fix.lat, fix.lon, fix.accuracy_m, fix.radius_m, brand)
    question = Question(asked, member.id, session_of(member).id, "en", now)
    with hot_statements.kept_connection() as connection:
        [rows] = search_offers(connection, [question])
        if not is_allowed(rows):
            return []
        [answer] = conclude_answers(connection, [(question, rows)])
    found: list[dict[str, Any]] = orjson.loads(answer.text)["offers"]
    return found


def matched(bundle: dict[str, Any], facts: dict[str, Any], fix: PhoneFix, *, now: datetime) -> list[dict[str, Any]]:
    """What the phone finds, in the words of the server."""
    found = match_offers(bundle, facts, fix, now_ms=milliseconds(now))
    assert found.is_covered
    return [
        {
            "offer": one.offer["cards"]["en"],
            "store_id": one.store["id"],
            "metres": one.metres,
            "open": one.is_open,
            "coupon_code": one.coupon_code,
            "permission_event_id": one.permission_event_id,
            "fallback": one.offer["fallback"],
        }
        for one in found.matches
    ]


def assert_same(server: Sequence[dict[str, Any]], phone: Sequence[dict[str, Any]]) -> None:
    """The same offers in the same order, at the same stores, with the same coupons, by the same permissions."""
    same = ("offer", "open", "coupon_code", "permission_event_id", "fallback")
    assert [one["offer"]["id"] for one in phone] == [one["offer"]["id"] for one in server]
    assert [{name: one[name] for name in same} for one in phone] == [
        {name: one[name] for name in same} for one in server
    ]
    assert [one["store_id"] for one in phone] == [one["store"]["id"] for one in server]
    for here, there in zip(phone, server, strict=True):
        assert abs(here["metres"] - there["distance_m"]) < 0.501


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def whole_milliseconds(at: datetime) -> datetime:
    """An instant as a phone says it."""
    return datetime.fromtimestamp(milliseconds(at) / 1000, UTC)


def ask_twin(cases: Sequence[dict[str, Any]]) -> list[Any]:
    """What the JavaScript twin finds in each case. Skips where there is no node."""
    if shutil.which("node") is None:
        assert os.environ.get("ICI_ORACLE") != "required", "node is not installed: make setup-clients"
        pytest.skip("node is not installed: make setup-clients")
    answer = subprocess.run(["node", str(TWIN)], input=json.dumps(cases), capture_output=True, text=True, check=True)
    found: list[Any] = json.loads(answer.stdout)
    return found
