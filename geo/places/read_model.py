"""Keeps `place`, the read model that "near me" searches, true to the stores.

Whoever changes a store or the stores of an area first holds the places of the brand (`lock_places`), then writes, then
calls `places_changed`, all in one transaction.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, any_, delete, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.sql import db, locks
from geo.places import queries
from geo.places.hours.timetable import Surroundings
from geo.places.models import Place, StoreStatus
from geo.places.opening_hours import open_intervals, surroundings_of

PUBLISHED_DAYS = 15
REFRESH_BELOW = timedelta(days=10)
BATCH = 500
EVERY_PLACE = "places"

AFTER_PLACES_CHANGE: list[Callable[[Sequence[uuid.UUID], datetime], None]] = []
"""What else must follow when stores or the sets of stores of areas change, called with the ids of those stores and
the present instant.

This is the one seam towards the rooms that geo may not import: `offers.planning` adds itself when it is loaded, to
work out anew which offers hold at these stores. It runs in the transaction of the change.
"""


def places_changed(*, store_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Publish these stores and tell whoever listens. Ids of stores that are gone are passed on too."""
    lock_places(db.all_of(queries.brands_of(store_ids)))
    publish_places(store_ids=store_ids, now=now)
    for listener in AFTER_PLACES_CHANGE:
        listener(store_ids, now)


def lock_places(brand_ids: Sequence[uuid.UUID]) -> None:
    """One change of a brand's places, or of the offers at them, at a time: a new store and a new offer must not miss
    each other. It comes before the first place is written, so that no two changes wait in a circle."""
    locks.share_name(EVERY_PLACE)
    for brand_id in sorted(brand_ids):
        locks.lock_name(f"{EVERY_PLACE}:{brand_id}")


def lock_every_place() -> None:
    """Keep the places of all brands as they are, for work on the whole read model."""
    locks.lock_name(EVERY_PLACE)


def publish_places(*, store_ids: Sequence[uuid.UUID] | None, now: datetime) -> int:
    """Write the place of each of these stores (all stores when None); a closed store has none. Returns how many.

    Whether offers hold at a place is not ours to say: `offered` stays as it is, and a new place starts without.
    """
    batches = _every_store() if store_ids is None else _in_batches(store_ids)
    return sum(_publish(batch, now=now) for batch in batches)


def refresh_opening_hours(*, now: datetime) -> int:
    """Publish again the places whose opening intervals will soon end. Returns how many."""
    due = db.all_of(queries.ids_known_until(now + REFRESH_BELOW))
    lock_places(db.all_of(queries.brands_of(due)))
    return publish_places(store_ids=due, now=now)


def set_offered(*, store_numbers: Sequence[int], offered: bool) -> int:
    """Say whether at least one live offer holds at these places. Returns how many places changed."""
    changed = db.execute(
        update(Place)
        .where(Place.store_number == _any(store_numbers), Place.offered.is_not(offered))
        .values(offered=offered)
        .returning(Place.store_number)
    )
    return len(changed.all())


def _any(numbers: Sequence[int]) -> Any:
    return any_(literal(list(numbers), ARRAY(BigInteger)))


def _every_store() -> Iterator[Sequence[uuid.UUID]]:
    last: uuid.UUID | None = None
    while batch := db.all_of(queries.ids_after(last, limit=BATCH)):
        yield batch
        last = batch[-1]


def _in_batches(store_ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    ordered = sorted(store_ids)  # everybody locks in one order
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _publish(store_ids: Sequence[uuid.UUID], *, now: datetime) -> int:
    stores = db.rows(queries.stores_to_publish(store_ids))
    start = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    published = [_place(store, start) for store in stores if store.status == StoreStatus.OPEN]
    closed = [store.number for store in stores if store.status != StoreStatus.OPEN]
    if published:
        db.fetch(UPSERT, [orjson.dumps(published).decode()])
    if closed:
        db.execute(delete(Place).where(Place.store_number == _any(closed)))
    return len(published)


def _place(store: Any, start: datetime) -> dict[str, Any]:
    ranges = None
    if store.opening_hours is not None:
        around = surroundings_of(
            store.opening_hours,
            time_zone=store.time_zone,
            country=store.country,
            lon=store.lon,
            lat=store.lat,
            address=store.address,
        )
        ranges = _ranges(store.opening_hours, around, start)
    card = {
        "id": str(store.id),
        "name": store.name,
        "address": store.address,
        "opening_hours": store.opening_hours,
        "time_zone": store.time_zone,
        "lat": store.lat,
        "lon": store.lon,
    }
    return {
        "number": store.number,
        "open_during": ranges,
        "known_until": None if ranges is None else (start + timedelta(days=PUBLISHED_DAYS)).isoformat(),
        "card": orjson.dumps(card).decode(),
    }


@lru_cache(maxsize=8192)
def _ranges(hours: str, around: Surroundings, start: datetime) -> str | None:
    """The opening intervals as PostgreSQL writes a multirange. Chains share few timetables, so most are remembered."""
    intervals = open_intervals(hours, around=around, start=start, days=PUBLISHED_DAYS)
    if intervals is None:
        return None
    return "{" + ",".join(f"[{begins.isoformat()},{ends.isoformat()})" for begins, ends in intervals) + "}"


# The areas are read here and not beside the stores: this statement begins after the stores are locked, so it sees the
# sets of areas as the publication before it left them. One JSON text carries all places: the driver writes arrays of
# texts one by one.
UPSERT = """
INSERT INTO place (store_number, store_id, brand_id, location, area_ids, open_during, open_known_until, card)
SELECT s.number, s.id, s.brand_id, s.location,
       ARRAY(SELECT a.area_id FROM area_store AS a WHERE a.store_id = s.id ORDER BY a.area_id),
       p.open_during::tstzmultirange, p.known_until, p.card
FROM json_to_recordset($1::json) AS p (number bigint, open_during text, known_until timestamptz, card text)
JOIN store AS s ON s.number = p.number
ON CONFLICT (store_number) DO UPDATE
SET location = excluded.location, area_ids = excluded.area_ids, open_during = excluded.open_during,
    open_known_until = excluded.open_known_until, card = excluded.card
"""
