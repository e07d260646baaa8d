"""Phones for tests: what they report, beside fences and beacons that stand where a test needs them."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand, Member
from app.consent.models import Level, PermissionState
from app.sql import db
from geo.beacons.models import Beacon
from geo.fences.models import Fence, FenceVersion
from geo.places.models import Store
from geo.presence import reports
from geo.presence.facts import BeaconHeard, CheckIn, CrossingSaid, FixSaid, Report
from geo.presence.models import PURPOSE, Sighting, Visit
from geo.presence.reports import Taken
from geo.zones.models import Zone
from tests.consent.factories import evidence, give, say_no
from tests.factories import NOON, PARIS, made, save

LON, LAT = PARIS
FAR = (LON + 0.05, LAT)
"""Some 3.6 kilometres away."""


def at(minutes: float, *, since: datetime = NOON) -> datetime:
    """So many minutes after noon."""
    return since + timedelta(minutes=minutes)


def allow(
    member: Member, brand: Brand, touchpoint: str = "geofence", *, level: Level = Level.PROACTIVE, **given: Any
) -> PermissionState:
    """A yes to visits by this touchpoint, an hour before noon unless the test says otherwise."""
    now = given.pop("now", at(-60))
    proof = evidence(now=now)
    proof["os_permission"] |= given.pop("phone", {})
    return give(
        member,
        brand,
        touchpoint=touchpoint,
        purpose=PURPOSE,
        level=level,
        evidence=proof,
        now=now,
        **given,
    )


def refuse(member: Member, brand: Brand, touchpoint: str = "geofence", *, now: datetime = NOON, **given: Any) -> None:
    """A no to visits by this touchpoint."""
    say_no(member, brand, touchpoint=touchpoint, purpose=PURPOSE, now=now, **given)


def make_circle(
    store: Store | None, brand: Brand, *, where: tuple[float, float] = PARIS, radius_m: float = 150
) -> Fence:
    """A circle in force, of a store or of none."""
    with made():
        named = {"code": uuid.uuid4().hex[:8], "name": "Rivoli", "status": "active", "live_version": 1}
        about = {"brand_id": brand.id, "store_id": store.id if store is not None else None}
        fence = db.add(Fence(**named, **about, created_at=NOON, updated_at=NOON))
        degrees = 0.01
        corners = [(where[0] + x * degrees, where[1] + y * degrees) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        ring = ", ".join(f"{lon} {lat}" for lon, lat in (*corners, corners[0]))
        shape = f"SRID=4326;POLYGON(({ring}))"
        drawn = {
            "is_circle": True,
            "lon": where[0],
            "lat": where[1],
            "radius_m": radius_m,
            "shape": shape,
            "box": shape,
        }
        db.add(
            FenceVersion(
                fence_id=fence.id,
                version=1,
                brand_id=brand.id,
                geojson="{}",
                made_at=NOON,
                in_force_at=NOON,
                is_live=True,
                **drawn,
            )
        )
    return fence


def make_zone(store: Store) -> Zone:
    """A part of a store."""
    own = {"code": uuid.uuid4().hex[:8], "kind": "shelf", "name_fr": "Thés", "name_en": "Teas", "products": {}}
    return save(Zone(brand_id=store.brand_id, store_id=store.id, created_at=NOON, updated_at=NOON, **own))


def make_beacon(store: Store, *, zone: Zone | None = None, **given: Any) -> bytes:
    """An iBeacon in a store; its frame."""
    frame = uuid.uuid4().bytes + b"\x00\x01\x00\x01"
    fields = {"zone_id": zone.id if zone else None, "kind": "ibeacon", "identifier": frame, "label": "Thés"}
    save(
        Beacon(
            **{"brand_id": store.brand_id, "store_id": store.id, "created_at": NOON, "updated_at": NOON}
            | fields
            | given
        )
    )
    return frame


def fix(minutes: float, where: tuple[float, float] = PARIS, *, accuracy_m: float = 10, **given: Any) -> FixSaid:
    """A position so many minutes after noon."""
    said = {"id": given.pop("id", f"f{minutes}-{where}"), "at": given.pop("at", at(minutes))}
    return FixSaid(**said, lon=where[0], lat=where[1], accuracy_m=accuracy_m, **given)


def crossing(minutes: float, fence_id: uuid.UUID, *, is_entry: bool = True) -> CrossingSaid:
    """The phone says that it came into a fence, or out of it."""
    return CrossingSaid(f"c{minutes}{is_entry}", at(minutes), is_entry, fence_id=fence_id)


def heard(minutes: float, frame: bytes, **given: Any) -> BeaconHeard:
    """An iBeacon."""
    return BeaconHeard(given.pop("id", f"b{minutes}"), at(minutes), "ibeacon", frame, **given)


def check_in(minutes: float, store: Store) -> CheckIn:
    return CheckIn(f"i{minutes}", at(minutes), store_id=store.id)


def report(member: Member, *items: Any, now: datetime | None = None, background: bool = False, **asked: Any) -> Taken:
    """The phone of a member reports these; right after the last of them unless the test says otherwise."""
    said = Report(
        fixes=[one for one in items if isinstance(one, FixSaid)],
        beacons=[one for one in items if isinstance(one, BeaconHeard)],
        crossings=[one for one in items if isinstance(one, CrossingSaid)],
        check_ins=[one for one in items if isinstance(one, CheckIn)],
    )
    with db.member_transaction(member.id):
        return reports.take_report(
            **{
                "member_id": member.id,
                "session_id": None,
                "installation_id": None,
                "report": said,
                "now": now or max(one.at for one in items),
                "background": background,
                **asked,
            }
        )


def visit_store(member: Member, store: Store, *, now: datetime) -> None:
    """A visit that is open, as the member said that they are there."""
    with made():
        brand = db.get(Brand, store.brand_id)
    allow(member, brand, "in_app", now=now)
    report(member, CheckIn("1", now, store_id=store.id), now=now)


def visits(member: Member) -> Sequence[Visit]:
    """Every visit of a member, the first first."""
    with made():
        return db.all_of(
            select(Visit)
            .where(Visit.member_id == member.id)
            .order_by(Visit.store_id, Visit.entered_at, Visit.id)
            .execution_options(populate_existing=True)
        )


def told(member: Member) -> list[tuple[Any, ...]]:
    """What visits say, without their ids."""
    names = ("store_id", "day", "evidence", "confidence", "entered_at", "seen_at", "lasts_until", "dwelled_at")
    return [tuple(getattr(visit, name) for name in (*names, "exited_at", "touchpoint")) for visit in visits(member)]


def sightings(member: Member) -> Sequence[Sighting]:
    with made():
        return db.all_of(select(Sighting).where(Sighting.member_id == member.id).order_by(Sighting.minute))


def kinds(taken: Taken) -> list[str]:
    """What happened, in its order."""
    return [str(one.kind) for one in taken.transitions]
