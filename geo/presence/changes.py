"""What minutes change in visits: a pure comparison of what was kept with what is so now."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.sql import db
from geo.presence.evidence.stores import StoreKnown, instant_of
from geo.presence.models import NOWHERE, MarkKind, Visit
from geo.presence.transitions import Evidence, Transition, TransitionKind
from geo.presence.visits import INSIDE, OUTSIDE, Mark, Stay, find_stays

LATE = timedelta(minutes=10)
"""What happened longer ago brings nothing any more: the member may be elsewhere. Phones asleep tell an entry within two
minutes usually, and within six at worst."""


class VisitChange(NamedTuple):
    """A visit as it is now, or one that turned out to be part of another; and what happened by that."""

    visit: Visit
    is_gone: bool = False
    transitions: Sequence[Transition] = ()


def find_changes(
    *,
    member_id: uuid.UUID,
    stores: Mapping[uuid.UUID, StoreKnown],
    known: Mapping[tuple[object, ...], Mark],
    marks: Mapping[tuple[object, ...], Mark],
    since: int,
    now: datetime,
) -> list[VisitChange]:
    """What all these minutes change; `known` are those that were kept before, `since` is the first new one. Pure."""
    together = {**known, **marks}
    outside = [mark for mark in together.values() if mark.kind in OUTSIDE]
    by_store: dict[uuid.UUID, list[Mark]] = {}
    for mark in together.values():
        if mark.kind not in OUTSIDE:
            by_store.setdefault(mark.store_id, []).append(mark)
    changes: list[VisitChange] = []
    for store in stores.values():
        own = _from_the_beginning(by_store.get(store.id, []), store, since=since)
        if own or store.visits:
            stays = _stays_at(store, [*own, *outside], now=now)
            minutes = {instant_of(mark.minute) for mark in own if mark.kind in INSIDE}
            changes += _compare(member_id, store, stays, minutes, _zones_known(known, store.id), now=now)
    return changes


def _from_the_beginning(marks: Sequence[Mark], store: StoreKnown, *, since: int) -> list[Mark]:
    """The minutes from the beginning of the first visit that may change: what was before began none, or one that is
    over. Of that time only the phone's own word counts on: positions lag behind it."""
    entered = (int(visit.entered_at.timestamp()) // 60 for visit in store.visits if visit.entered_at is not None)
    start = min(entered, default=since)
    return [mark for mark in marks if mark.minute >= min(start, since) or mark.kind == MarkKind.LEFT]


def fleeting_transitions(
    marks: Collection[Mark], stores: Mapping[uuid.UUID, StoreKnown], *, now: datetime
) -> list[Transition]:
    """What happens by minutes that may serve one answer and are not kept: an arrival, a zone."""
    found = []
    for store_id in sorted({mark.store_id for mark in marks}):
        own = [mark for mark in marks if mark.store_id == store_id]
        stays = _stays_at(stores[store_id], own, now=now)
        if stays and stays[-1].exited is None:
            visit_id = db.new_id()
            found += [_transition(TransitionKind.ENTERED, visit_id, stays[-1], stays[-1].first, now=now)]
            found += _zone_transitions(visit_id, stays[-1], stays[-1].zones, now=now)
    return found


def _stays_at(store: StoreKnown, marks: Sequence[Mark], *, now: datetime) -> list[Stay]:
    minute = int(now.timestamp()) // 60
    return find_stays(marks, store_id=store.id, dwell_minutes=store.dwell_minutes, now_minute=minute)


def _zones_known(known: Mapping[tuple[object, ...], Mark], store_id: uuid.UUID) -> list[tuple[int, uuid.UUID]]:
    own = (mark for mark in known.values() if mark.store_id == store_id)
    return [(mark.minute, mark.zone_id) for mark in own if mark.zone_id != NOWHERE]


def _compare(
    member_id: uuid.UUID,
    store: StoreKnown,
    stays: Sequence[Stay],
    minutes: Collection[datetime],
    zones: Sequence[tuple[int, uuid.UUID]],
    *,
    now: datetime,
) -> Iterator[VisitChange]:
    """Give each visit of before its place: the first in a stay is that stay, others in it are part of it. `minutes` are
    those that are known of somebody inside."""
    free = list(store.visits)
    for stay in stays:
        same = [visit for visit in free if _overlaps(visit, stay)]
        free = [visit for visit in free if visit not in same]
        yield from (VisitChange(visit, is_gone=True) for visit in same[1:])
        before = same[0] if same else None
        visit = _visit_of(member_id, store, stay, before.id if before is not None else db.new_id())
        happened = _transitions(before, visit, stay, zones, now=now)
        # A shelf heard in a minute that was known already changes nothing of the visit, and is news all the same.
        if happened or before is None or _values(before) != _values(visit):
            yield VisitChange(visit, transitions=happened)
    for visit in free:
        if visit.entered_at in minutes:
            # What made it means something else by what came late: a position after the phone said that it had left.
            yield VisitChange(visit, is_gone=True)
        # Else its minutes are gone by now, so nothing can be worked out any more.
        elif visit.is_open and visit.lasts_until is not None and visit.lasts_until < now:
            ended = db.as_read(Visit, {name: getattr(visit, name) for name in COLUMNS} | {"exited_at": visit.seen_at})
            yield VisitChange(ended)


def _overlaps(visit: Visit, stay: Stay) -> bool:
    entered = visit.entered_at
    begins_before_end = entered is not None and (stay.exited is None or entered <= instant_of(stay.exited))
    return begins_before_end and (visit.exited_at is None or instant_of(stay.entered) <= visit.exited_at)


COLUMNS = (
    "member_id",
    "id",
    "brand_id",
    "store_id",
    "day",
    "touchpoint",
    "permission_event_id",
    "evidence",
    "confidence",
    "fence_id",
    "fence_version",
    "entered_at",
    "seen_at",
    "lasts_until",
    "dwelled_at",
    "exited_at",
)


def _values(visit: Visit) -> list[object]:
    return [getattr(visit, name) for name in COLUMNS]


def _visit_of(member_id: uuid.UUID, store: StoreKnown, stay: Stay, visit_id: uuid.UUID) -> Visit:
    first = stay.first
    of_fence = first.fence_id != NOWHERE
    own = {
        "member_id": member_id,
        "id": visit_id,
        "brand_id": store.brand_id,
        "store_id": store.id,
        "day": store.day_of(stay.entered),
        "touchpoint": first.touchpoint,
        "permission_event_id": first.permission_event_id,
        "evidence": str(INSIDE.get(first.kind, Evidence.DECLARED)),
        "confidence": stay.confidence,
        "fence_id": first.fence_id if of_fence else None,
        "fence_version": first.fence_version if of_fence else None,
        "entered_at": instant_of(stay.entered),
        "seen_at": instant_of(stay.seen),
        "lasts_until": instant_of(stay.until),
        "dwelled_at": instant_of(stay.dwelled) if stay.dwelled is not None else None,
        "exited_at": instant_of(stay.exited) if stay.exited is not None else None,
    }
    return db.as_read(Visit, own)


def _transitions(
    before: Visit | None, visit: Visit, stay: Stay, zones: Sequence[tuple[int, uuid.UUID]], *, now: datetime
) -> list[Transition]:
    """What is so now and was not before, in the order of time."""
    found = []
    if before is None:
        found.append(_transition(TransitionKind.ENTERED, visit.id, stay, stay.first, now=now))
    known = set() if before is None else {zone for minute, zone in zones if _was_in(before, minute)}
    entered = {zone: mark for zone, mark in stay.zones.items() if zone not in known}
    found += _zone_transitions(visit.id, stay, entered, now=now)
    if stay.dwelled is not None and (before is None or before.dwelled_at is None):
        at = _transition(TransitionKind.DWELLED, visit.id, stay, stay.first, now=now)
        found.append(at._replace(occurred_at=instant_of(stay.dwelled), is_late=_is_late(stay, stay.seen, now=now)))
    if stay.exited is not None and (before is None or before.exited_at is None):
        at = _transition(TransitionKind.EXITED, visit.id, stay, stay.first, now=now)
        found.append(at._replace(occurred_at=instant_of(stay.exited), is_late=now - instant_of(stay.exited) > LATE))
    return found


def _was_in(visit: Visit, minute: int) -> bool:
    at = instant_of(minute)
    return visit.entered_at is not None and visit.entered_at <= at <= (visit.exited_at or at)


def _zone_transitions(
    visit_id: uuid.UUID, stay: Stay, zones: Mapping[uuid.UUID, Mark], *, now: datetime
) -> list[Transition]:
    found = []
    for zone_id, mark in sorted(zones.items(), key=lambda one: (one[1].minute, one[0])):
        at = _transition(TransitionKind.ZONE_ENTERED, visit_id, stay, mark, now=now)
        found.append(at._replace(zone_id=zone_id, confidence=mark.confidence))
    return found


def _transition(kind: TransitionKind, visit_id: uuid.UUID, stay: Stay, mark: Mark, *, now: datetime) -> Transition:
    of_fence = mark.fence_id != NOWHERE
    return Transition(
        kind=kind,
        visit_id=visit_id,
        brand_id=mark.brand_id or NOWHERE,
        store_id=mark.store_id,
        fence_id=mark.fence_id if of_fence else None,
        fence_version=mark.fence_version if of_fence else None,
        zone_id=None,
        occurred_at=instant_of(mark.minute),
        evidence=INSIDE.get(mark.kind, Evidence.DECLARED),
        confidence=stay.confidence,
        permission_event_id=mark.permission_event_id,
        is_late=_is_late(stay, mark.minute, now=now),
    )


def _is_late(stay: Stay, minute: int, *, now: datetime) -> bool:
    return stay.exited is not None or now - instant_of(minute) > LATE
