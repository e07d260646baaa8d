"""What a report says of places, as minutes at stores: fences, beacons, tags and zones are looked up, each kind at once.

Nothing is looked up for a touchpoint that the member permits nowhere.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.consent.models import Level
from app.sql import db
from geo.beacons.health import Hearing, note_heard
from geo.beacons.hearing import recognise_beacons
from geo.fences.hits import FenceHit, Spot, find_fences, read_fences
from geo.presence.evidence import journeys
from geo.presence.evidence.permits import BEACON, GEOFENCE, IN_APP, QR, PresencePermits
from geo.presence.evidence.readings import advertised_in, note_stores
from geo.presence.evidence.stores import StoreKnown
from geo.presence.facts import BeaconHeard, FixSaid, Report, ReportFinding, ReportFindingCode
from geo.presence.models import NOWHERE, MarkKind
from geo.zones.tags import resolve_tags

ENTRY_LASTS = 240
"""Minutes: a phone that says when it came in says when it goes; in between it may be silent."""
BEACON_LASTS, BEACON_LASTS_UNSEEN = 1, 10
"""Minutes of silence in which a beacon still holds: 30 seconds are enough while somebody looks at the app (rounded up
to the minute that is kept), while a sleeping phone listens every few minutes."""
SAID_LASTS = 30
"""Minutes that a check-in holds by itself."""
METRE_DIGITS = 5
"""Digits of a degree that are a metre: no phone is more exact."""

ZONES = "SELECT id, store_id FROM zone WHERE id = ANY ($1::uuid[]) AND status = 'open'"


class PlaceSaid(NamedTuple):
    """What one item of a report says of one store, before anybody asked whether it may be kept."""

    item_id: str
    touchpoint: str
    at: datetime
    kind: MarkKind
    store_id: uuid.UUID
    zone_id: uuid.UUID | None
    fence_id: uuid.UUID | None
    fence_version: int | None
    confidence: int
    lasts_minutes: int


class Surveyed(NamedTuple):
    """All that a report says of places: `seen`, and positions with the fences at and between them, by place; `hearings`
    are what it says of the beacons themselves."""

    seen: Sequence[PlaceSaid]
    fixes: Sequence[FixSaid]
    hits: Mapping[int, Sequence[FenceHit]]
    on_the_way: Mapping[int, Sequence[FenceHit]]
    findings: Sequence[ReportFinding]
    hearings: Sequence[Hearing] = ()

    @property
    def store_ids(self) -> set[uuid.UUID]:
        """Every store that it is about."""
        fences = [hit for found in (self.hits, self.on_the_way) for hits in found.values() for hit in hits]
        return {one.store_id for one in self.seen} | {hit.store_id for hit in fences if hit.store_id is not None}


def survey_report(
    report: Report, permits: PresencePermits, *, heard: Sequence[Any] | None = None, now: datetime
) -> Surveyed:
    """Look up what a sifted report is about, as far as its touchpoints are permitted anywhere; `heard` are the rows
    about its beacons, where they were read already."""
    findings: list[ReportFinding] = []
    allowed = {touchpoint: bool(permits.standing(touchpoint)) for touchpoint in (GEOFENCE, BEACON, QR, IN_APP)}
    for touchpoint, ids in _ids_by_touchpoint(report).items():
        if ids and not allowed[touchpoint]:
            reason = permits.why_not(touchpoint)
            findings.append(ReportFinding(ReportFindingCode.NOT_PERMITTED, ids, touchpoint, reason))
    seen: list[PlaceSaid] = []
    unknown: list[str] = []
    hearings = _hear(report, seen, unknown, permits=permits, heard=heard, now=now) if allowed[BEACON] else []
    if allowed[GEOFENCE]:
        _cross_fences(report, seen, unknown)
    _enter_zones(report, seen, unknown, allowed)
    _check_in(report, seen, unknown, allowed)
    if unknown:
        findings.append(ReportFinding(ReportFindingCode.UNKNOWN_PLACE, unknown))
    if not (allowed[GEOFENCE] and report.fixes):
        return Surveyed(seen, (), {}, {}, findings, hearings)
    return _find_fixes(report.fixes, seen, permits, findings)._replace(hearings=hearings)


def _ids_by_touchpoint(report: Report) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {GEOFENCE: [fix.id for fix in report.fixes], BEACON: [b.id for b in report.beacons]}
    for crossing in report.crossings:
        ids[GEOFENCE if crossing.fence_id is not None else BEACON].append(crossing.id)
    for said in report.check_ins:
        ids.setdefault(QR if said.tag is not None else IN_APP, []).append(said.id)
    return ids


def _hear(
    report: Report,
    seen: list[PlaceSaid],
    unknown: list[str],
    *,
    permits: PresencePermits,
    heard: Sequence[Any] | None,
    now: datetime,
) -> list[Hearing]:
    """Beacons heard, which are returned, and the reach of beacons that a phone came into or out of."""
    regions = [crossing for crossing in report.crossings if crossing.frame is not None]
    if not (report.beacons or regions):
        return []
    items: list[Any] = [*report.beacons, *regions]
    frames = advertised_in(report)
    found = recognise_beacons(frames, now=now, rows=heard)
    note_stores(frames, found)
    lasts = BEACON_LASTS_UNSEEN if permits.facts.background else BEACON_LASTS
    hearings = []
    for item, one in zip(items, found, strict=True):
        if one is None:
            unknown.append(item.id)
            continue
        is_entry = True
        if isinstance(item, BeaconHeard):
            hearings.append(Hearing(one, item.at, item.battery_mv))
            kind, holds = MarkKind.BEACON, lasts
        else:
            is_entry = item.is_entry
            kind, holds = (MarkKind.ENTERED, ENTRY_LASTS) if is_entry else (MarkKind.LEFT, 0)
            if one.zone_id is not None:  # out of reach of a shelf's beacon is in the store still
                kind, holds = MarkKind.BEACON, BEACON_LASTS_UNSEEN
        about = (one.store_id, one.zone_id if is_entry else None, None, None, 1 if one.is_mobile else 3, holds)
        seen.append(PlaceSaid(item.id, BEACON, item.at, kind, *about))
    return hearings


def note_hearings(
    hearings: Sequence[Hearing],
    permits: PresencePermits,
    stores: Mapping[uuid.UUID, StoreKnown],
    *,
    member_id: uuid.UUID,
    now: datetime,
) -> None:
    """Let the fleet's health know, of stores whose beacons the member permits for more than one answer."""
    noted = []
    for one in hearings:
        store = stores.get(one.heard.store_id)
        if store is not None:
            verdict = permits.verdict(BEACON, store.brand_id, store.id, store.area_ids)
            if verdict.allowed and verdict.level is not Level.ONE_SHOT:
                noted.append(one)
    note_heard(whose=member_id, hearings=noted, now=now)


def _cross_fences(report: Report, seen: list[PlaceSaid], unknown: list[str]) -> None:
    said = [crossing for crossing in report.crossings if crossing.fence_id is not None]
    fences = {fence.id: fence for fence in read_fences({c.fence_id for c in said if c.fence_id is not None})}
    for crossing in said:
        fence = fences.get(crossing.fence_id or NOWHERE)
        if fence is None:
            unknown.append(crossing.id)
        elif fence.store_id is not None:
            kind, holds = (MarkKind.ENTERED, ENTRY_LASTS) if crossing.is_entry else (MarkKind.LEFT, 0)
            about = (fence.store_id, None, fence.id, fence.version)
            seen.append(PlaceSaid(crossing.id, GEOFENCE, crossing.at, kind, *about, 2, holds))


def _enter_zones(report: Report, seen: list[PlaceSaid], unknown: list[str], allowed: Mapping[str, bool]) -> None:
    """Zones that a phone came into or out of, and those that the member says they are in."""
    crossings = [one for one in report.crossings if one.zone_id is not None and allowed[BEACON]]
    check_ins = [one for one in report.check_ins if one.zone_id is not None and allowed[IN_APP]]
    items: list[Any] = [*crossings, *check_ins]
    asked = {one.zone_id for one in items}
    zones = dict(db.fetch(ZONES, [list(asked)])) if asked else {}
    unknown += [one.id for one in items if one.zone_id not in zones]
    for one in crossings:
        if (store_id := zones.get(one.zone_id)) is not None:
            zone_id = one.zone_id if one.is_entry else None
            about = (MarkKind.BEACON, store_id, zone_id, None, None, 2, BEACON_LASTS_UNSEEN)
            seen.append(PlaceSaid(one.id, BEACON, one.at, *about))
    for said in check_ins:
        if (store_id := zones.get(said.zone_id)) is not None:
            known = (MarkKind.CHECKED_IN, store_id, said.zone_id, None, None, 1, SAID_LASTS)
            seen.append(PlaceSaid(said.id, IN_APP, said.at, *known))


def _check_in(report: Report, seen: list[PlaceSaid], unknown: list[str], allowed: Mapping[str, bool]) -> None:
    tags = resolve_tags(said.tag for said in report.check_ins if said.tag is not None) if allowed[QR] else {}
    for said in report.check_ins:
        if said.store_id is not None and allowed[IN_APP]:
            about = (said.store_id, None, None, None, 1, SAID_LASTS)
            seen.append(PlaceSaid(said.id, IN_APP, said.at, MarkKind.CHECKED_IN, *about))
        elif said.tag is not None and allowed[QR]:
            target = tags.get(said.tag)
            if target is None or target.store_id is None:
                unknown.append(said.id)
                continue
            there = (target.store_id, target.zone_id, None, None, 2, SAID_LASTS)
            seen.append(PlaceSaid(said.id, QR, said.at, MarkKind.TAG, *there))


def _find_fixes(
    fixes: Sequence[FixSaid], seen: list[PlaceSaid], permits: PresencePermits, findings: list[ReportFinding]
) -> Surveyed:
    """The fences at positions, and on the straight ways between them, in one statement. Positions within a metre of
    each other are looked up once: a phone that stays somewhere sends the same again and again."""
    ways = journeys.ways_between(fixes)
    alike: dict[tuple[float, float], list[int]] = {}
    for place, fix in enumerate(fixes):
        alike.setdefault((round(fix.lon, METRE_DIGITS), round(fix.lat, METRE_DIGITS)), []).append(place)
    at = [*alike.values()]
    spots = [Spot(*where, 0.0) for where in alike] + [spot for _, spot in ways]
    brands = {brand_id for brand_id, _ in permits.standing(GEOFENCE)}
    hits: dict[int, list[FenceHit]] = {}
    on_the_way: dict[int, list[FenceHit]] = {}
    for hit in find_fences(spots, brand_ids=brands, within_m=max(fix.accuracy_m for fix in fixes)):
        if hit.spot < len(at):
            for place in at[hit.spot]:
                hits.setdefault(place, []).append(hit)
        elif hit.outside_m <= 0:
            on_the_way.setdefault(ways[hit.spot - len(at)][0], []).append(hit)
    return Surveyed(seen, fixes, hits, on_the_way, findings)
