"""The stores that a report is about, and the visits to them that it may change: read together, once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.sql import db
from app.sql.trips import Call
from geo.presence.models import NOWHERE, Visit
from geo.presence.visits import GRACE, Mark

DWELL_MINUTES = 5
"""Unless a brand or a store says otherwise."""

STORES = """
WITH lately AS (
 SELECT * FROM visit WHERE member_id = $1 AND entered_at IS NOT NULL AND (exited_at IS NULL OR lasts_until >= $3)
)
SELECT s.id, s.brand_id, s.time_zone, s.status = 'open',
 ARRAY(SELECT area_id FROM area_store WHERE store_id = s.id),
 (SELECT minutes FROM dwell_time AS d WHERE d.brand_id = s.brand_id AND d.store_id IN (s.id, $4)
  ORDER BY d.store_id = $4 LIMIT 1),
 v.id, v.day, v.touchpoint, v.permission_event_id, v.evidence, v.confidence, v.fence_id, v.fence_version,
 v.entered_at, v.seen_at, v.lasts_until, v.dwelled_at, v.exited_at
FROM store AS s LEFT JOIN lately AS v ON v.store_id = s.id
WHERE s.id = ANY ($2::uuid[]) OR v.id IS NOT NULL
ORDER BY v.entered_at, v.id
"""
VISIT_COLUMNS = (
    "id",
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

SIGHTINGS = """
WITH lately AS (
 SELECT store_id, entered_at FROM visit
 WHERE member_id = $1 AND entered_at IS NOT NULL AND (exited_at IS NULL OR lasts_until >= $3)
)
SELECT minute, store_id, zone_id, fence_id, touchpoint, kind, brand_id, fence_version, permission_event_id, confidence,
 lasts_minutes
FROM sighting
WHERE member_id = $1 AND minute >= LEAST($4, (SELECT min(entered_at) FROM lately)) - make_interval(mins => $5)
 AND kind <> 'crossed'
 AND (store_id = ANY ($2::uuid[]) OR store_id IN (SELECT store_id FROM lately) OR kind IN ('away', 'gone'))
"""
"""What is known of a member (1) at these stores (2) and at those of the visits that `STORES` finds (after 3), from this
instant (4), or from the first of these visits, and some minutes before (5)."""
CROSSINGS = "SELECT minute, fence_id FROM sighting WHERE member_id = $1 AND minute >= $2 AND kind = 'crossed'"


class StoreKnown(NamedTuple):
    """What must be known of a store, and a member's visits to it that may change, the first first."""

    id: uuid.UUID
    brand_id: uuid.UUID
    time_zone: str
    is_open: bool
    area_ids: Sequence[uuid.UUID]
    dwell_minutes: int
    visits: list[Visit]

    def day_of(self, minute: int) -> date:
        """The date in the store's own time."""
        return instant_of(minute).astimezone(ZoneInfo(self.time_zone)).date()


def instant_of(minute: int) -> datetime:
    """The beginning of a minute since 1970."""
    return datetime.fromtimestamp(minute * 60, UTC)


class PresenceKnown(NamedTuple):
    """The stores that a report is about, and what is known already of the minutes that visits to them are made of."""

    stores: Mapping[uuid.UUID, StoreKnown]
    marks: Mapping[tuple[object, ...], Mark]


def read_known(
    *, member_id: uuid.UUID, store_ids: Collection[uuid.UUID], since: int, first: Sequence[Call] = ()
) -> PresenceKnown:
    """These stores, and all where the member is, or may have been at this minute or later, with what is known of them;
    in one trip with the statements that go `first`."""
    asked = ask_known(member_id=member_id, store_ids=store_ids, since=since)
    *_, found, minutes = db.fetch_each(*first, *asked)
    return known_in(found, minutes, member_id=member_id)


def ask_known(*, member_id: uuid.UUID, store_ids: Collection[uuid.UUID], since: int) -> list[Call]:
    """The two statements of `read_known`, to be sent with others."""
    start, some, margin = instant_of(since), list(store_ids), GRACE + 1
    after = instant_of(since - margin)
    sightings = Call(SIGHTINGS, [member_id, some, after, start, margin])
    return [Call(STORES, [member_id, some, after, NOWHERE]), sightings]


def known_in(found: Sequence[Any], minutes: Sequence[Any], *, member_id: uuid.UUID) -> PresenceKnown:
    """What the rows of these two say."""
    marks = [Mark(int(minute.timestamp()) // 60, *rest) for minute, *rest in minutes]
    return PresenceKnown(_stores_in(found, member_id), {mark.key: mark for mark in marks})


def _stores_in(rows: Sequence[Any], member_id: uuid.UUID) -> dict[uuid.UUID, StoreKnown]:
    found: dict[uuid.UUID, StoreKnown] = {}
    for row in rows:
        store_id, brand_id, zone, is_open, areas, minutes, *visit = row
        known = found.setdefault(
            store_id, StoreKnown(store_id, brand_id, zone, is_open, areas, minutes or DWELL_MINUTES, [])
        )
        if visit[0] is not None:
            own = dict(zip(VISIT_COLUMNS, visit, strict=True))
            whose = {"member_id": member_id, "brand_id": brand_id, "store_id": store_id}
            known.visits.append(db.as_read(Visit, own | whose))
    return found


def read_crossings(*, member_id: uuid.UUID, since: int) -> set[tuple[int, uuid.UUID]]:
    """The fences that the member is known to have passed across since this minute, with the minute of each."""
    rows = db.fetch(CROSSINGS, [member_id, instant_of(since)])
    return {(int(minute.timestamp()) // 60, fence_id) for minute, fence_id in rows}
