"""The stores that a report is about, and the visits to them that it may change: read together, once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.sql import db
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
SELECT minute, store_id, zone_id, fence_id, touchpoint, kind, brand_id, fence_version, permission_event_id, confidence,
 lasts_minutes
FROM sighting
WHERE member_id = $1 AND minute >= $2 AND kind <> 'crossed'
 AND (store_id = ANY ($3::uuid[]) OR kind IN ('away', 'gone'))
"""
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


def read_stores(
    *, member_id: uuid.UUID, store_ids: Collection[uuid.UUID], since: int
) -> Mapping[uuid.UUID, StoreKnown]:
    """These stores, and all where the member is, or may have been at this minute or later."""
    after = instant_of(since - GRACE - 1)
    found: dict[uuid.UUID, StoreKnown] = {}
    for row in db.fetch(STORES, [member_id, list(store_ids), after, NOWHERE]):
        store_id, brand_id, zone, is_open, areas, minutes, *visit = row
        known = found.setdefault(
            store_id, StoreKnown(store_id, brand_id, zone, is_open, areas, minutes or DWELL_MINUTES, [])
        )
        if visit[0] is not None:
            own = dict(zip(VISIT_COLUMNS, visit, strict=True))
            whose = {"member_id": member_id, "brand_id": brand_id, "store_id": store_id}
            known.visits.append(db.as_read(Visit, own | whose))
    return found


def read_marks(
    *, member_id: uuid.UUID, stores: Mapping[uuid.UUID, StoreKnown], since: int
) -> dict[tuple[object, ...], Mark]:
    """What is known already of the minutes that the visits to these stores are made of, by key."""
    entered = [visit.entered_at for store in stores.values() for visit in store.visits if visit.entered_at is not None]
    start = min([*entered, instant_of(since)]) - timedelta(minutes=GRACE + 1)
    found = {}
    for minute, *rest in db.fetch(SIGHTINGS, [member_id, start, list(stores)]):
        mark = Mark(int(minute.timestamp()) // 60, *rest)
        found[mark.key] = mark
    return found


def read_crossings(*, member_id: uuid.UUID, since: int) -> set[tuple[int, uuid.UUID]]:
    """The fences that the member is known to have passed across since this minute, with the minute of each."""
    rows = db.fetch(CROSSINGS, [member_id, instant_of(since)])
    return {(int(minute.timestamp()) // 60, fence_id) for minute, fence_id in rows}
