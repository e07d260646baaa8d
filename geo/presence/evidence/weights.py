"""What of a report may be kept, at the grain of a minute: each item weighed by the permission that holds at its store.

Pure. What only one answer may rest on (`one_shot`) is told apart: it is never kept.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.consent.decision.verdicts import Verdict
from app.consent.models import Level, Reason
from geo.fences.hits import FenceHit
from geo.presence.evidence import journeys
from geo.presence.evidence.permits import BEACON, GEOFENCE, PresencePermits
from geo.presence.evidence.sightings import Surveyed
from geo.presence.evidence.stores import StoreKnown
from geo.presence.facts import FixSaid, ReportFinding, ReportFindingCode
from geo.presence.models import NOWHERE
from geo.presence.visits import Mark


class Weighed(NamedTuple):
    """What may be kept, by key; what may serve one answer and is not kept; and what had no effect, or little."""

    marks: dict[tuple[object, ...], Mark]
    fleeting: dict[tuple[object, ...], Mark]
    findings: Sequence[ReportFinding]


def put_mark(marks: dict[tuple[object, ...], Mark], mark: Mark) -> None:
    """Add a mark; of two that are the same, the better one of each value stays."""
    known = marks.setdefault(key := mark.key, mark)
    if known.confidence < mark.confidence or known.lasts_minutes < mark.lasts_minutes:
        marks[key] = known._replace(
            confidence=max(known.confidence, mark.confidence),
            lasts_minutes=max(known.lasts_minutes, mark.lasts_minutes),
        )


def weigh_sightings(surveyed: Surveyed, permits: PresencePermits, stores: Mapping[uuid.UUID, StoreKnown]) -> Weighed:
    """The minutes that may be kept of a report."""
    scales = _Scales(permits, stores)
    for one in surveyed.seen:
        verdict = scales.permit(one.touchpoint, one.store_id, one.item_id)
        if verdict is None or verdict.event_id is None:
            continue
        mark = Mark(
            minute=journeys.minute_of(one.at),
            store_id=one.store_id,
            zone_id=one.zone_id or NOWHERE,
            fence_id=one.fence_id or NOWHERE,
            touchpoint=one.touchpoint,
            kind=one.kind,
            brand_id=stores[one.store_id].brand_id,
            fence_version=one.fence_version,
            permission_event_id=verdict.event_id,
            confidence=one.confidence,
            lasts_minutes=one.lasts_minutes,
        )
        scales.put(mark, verdict)
    if surveyed.fixes:
        _weigh_fixes(surveyed, scales)
    return Weighed(scales.marks, scales.fleeting, scales.findings())


class _Scales:
    """Weighs items, and remembers what was too light and why."""

    def __init__(self, permits: PresencePermits, stores: Mapping[uuid.UUID, StoreKnown]) -> None:
        self.permits, self.stores = permits, stores
        self.marks: dict[tuple[object, ...], Mark] = {}
        self.fleeting: dict[tuple[object, ...], Mark] = {}
        self.denied: dict[tuple[str, Reason], list[str]] = {}
        self.noted: dict[ReportFindingCode, list[str]] = {}

    def permit(self, touchpoint: str, store_id: uuid.UUID, item_id: str | None) -> Verdict | None:
        """The verdict that allows this at a store; None where none does, which is noted about the item."""
        store = self.stores.get(store_id)
        if store is None or not store.is_open:
            if item_id is not None:
                self.noted.setdefault(ReportFindingCode.UNKNOWN_PLACE, []).append(item_id)
            return None
        verdict = self.permits.verdict(touchpoint, store.brand_id, store.id, store.area_ids)
        if verdict.allowed:
            return verdict
        if item_id is not None and touchpoint == BEACON and verdict.reason is Reason.NOT_ASKED:
            # Of a brand that the member never met, a beacon is as unknown as any other radio.
            self.noted.setdefault(ReportFindingCode.UNKNOWN_PLACE, []).append(item_id)
        elif item_id is not None:
            ids = self.denied.setdefault((touchpoint, verdict.reason), [])
            ids += [item_id] * (item_id not in ids[-1:])
        return None

    def put(self, mark: Mark, verdict: Verdict) -> None:
        put_mark(self.fleeting if verdict.level is Level.ONE_SHOT else self.marks, mark)

    def findings(self) -> list[ReportFinding]:
        denied = [
            ReportFinding(ReportFindingCode.NOT_PERMITTED, ids, touchpoint, reason)
            for (touchpoint, reason), ids in self.denied.items()
        ]
        return denied + [ReportFinding(code, ids) for code, ids in self.noted.items()]


def _weigh_fixes(surveyed: Surveyed, scales: _Scales) -> None:
    fixes = surveyed.fixes
    jumped = journeys.find_jumps(fixes)
    scales.noted |= {
        code: ids
        for code, ids in (
            (ReportFindingCode.MOCKED, [fix.id for fix in fixes if fix.is_mock]),
            (ReportFindingCode.JUMPED, [fix.id for fix in fixes if fix.id in jumped]),
        )
        if ids
    }
    hits = {place: _permitted(fixes[place], found, scales) for place, found in surveyed.hits.items()}
    places = {}
    for place, fix in enumerate(fixes):
        inside, unsure = journeys.stores_at(fix, hits.get(place, ()))
        # What is hard to believe takes nobody out of a store.
        places[fix.id] = (inside, unsure or fix.is_mock or fix.id in jumped)
        for hit in inside:
            verdict = scales.permit(GEOFENCE, hit.store_id or NOWHERE, None)
            if verdict is not None and verdict.event_id is not None:
                confidence = journeys.confidence_of(fix, jumped)
                scales.put(journeys.marks_inside(fix, hit, event_id=verdict.event_id, confidence=confidence), verdict)
    away = scales.permits.away_event()
    if away is not None:
        for mark in journeys.marks_outside(fixes, places, event_id=away):
            put_mark(scales.marks, mark)
    for mark in journeys.marks_crossed(fixes, places, surveyed.on_the_way, hits, _events(surveyed, scales)):
        put_mark(scales.marks, mark)


def _permitted(fix: FixSaid, found: Sequence[FenceHit], scales: _Scales) -> list[FenceHit]:
    """The fences of stores where positions are permitted, and those of no store; others are as if they were not."""
    return [
        hit
        for hit in found
        if hit.store_id is None
        or scales.permit(GEOFENCE, hit.store_id, fix.id if hit.outside_m <= 0 else None) is not None
    ]


def _events(surveyed: Surveyed, scales: _Scales) -> dict[uuid.UUID, uuid.UUID]:
    """What permits to count who passes across each fence on the way; for more than one answer."""
    events = {}
    for hit in (hit for found in surveyed.on_the_way.values() for hit in found):
        store = scales.stores.get(hit.store_id) if hit.store_id is not None else None
        verdict = scales.permits.verdict(GEOFENCE, hit.brand_id, hit.store_id, store.area_ids if store else ())
        if verdict.allowed and verdict.event_id is not None and verdict.level is not Level.ONE_SHOT:
            events[hit.fence_id] = verdict.event_id
    return events
