"""What happens in stores: planned by the console, on the wall clock of each store."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import complaints
from app.errors import Pointer, PreconditionFailed
from app.languages import Text
from app.sql import db
from geo.availability import queries
from geo.availability.errors import EventStoresForeign, StoreEventUnknown
from geo.availability.models import StoreEvent
from geo.availability.stores_of_staff import require_stores
from geo.places import queries as places


@dataclass(frozen=True)
class EventGiven:
    """An event as a person describes it; its window is wall-clock time of each store, end excluded."""

    store_ids: Sequence[uuid.UUID]
    title: Text
    text: Text
    starts_local: datetime
    ends_local: datetime
    zone_code: str | None = None


def plan_event(*, brand_id: uuid.UUID, given: EventGiven, by: uuid.UUID, now: datetime) -> StoreEvent:
    """Announce an event. Raises `EventStoresForeign`, `StoresOutsideYours`."""
    event = StoreEvent(brand_id=brand_id, created_at=now, version=1)
    _describe(event, given, now=now)
    require_stores(by, event.store_ids)
    return db.add(event)


def change_event(
    *,
    brand_id: uuid.UUID,
    event_id: uuid.UUID,
    version: int,
    given: EventGiven,
    cancelled: bool,
    by: uuid.UUID,
    now: datetime,
) -> StoreEvent:
    """Replace what is said of an event, or cancel it: it is told to nobody any more.

    Raises `StoreEventUnknown`, `PreconditionFailed` unless `version` is the current one, `EventStoresForeign`,
    `StoresOutsideYours` for a store of before or after.
    """
    event = db.first(db.locked(queries.event_of(brand_id, event_id)))
    if event is None:
        raise StoreEventUnknown
    if event.version != version:
        raise PreconditionFailed
    before = event.store_ids
    _describe(event, given, now=now)
    require_stores(by, {*before, *event.store_ids})
    event.cancelled = cancelled
    event.version += 1
    db.session().flush()
    return event


def _describe(event: StoreEvent, given: EventGiven, *, now: datetime) -> None:
    stores = list(dict.fromkeys(given.store_ids))
    known = set(db.all_of(places.ids_among(event.brand_id, stores)))
    foreign = [
        Pointer(f"/store_ids/{place}", complaints.NOT_OF_THE_BRAND)
        for place, store_id in enumerate(given.store_ids)
        if store_id not in known
    ]
    if foreign:
        raise EventStoresForeign(errors=foreign)
    event.store_ids, event.zone_code, event.updated_at = stores, given.zone_code, now
    event.title_fr, event.title_en = given.title.fr, given.title.en
    event.text_fr, event.text_en = given.text.fr, given.text.en
    event.starts_local, event.ends_local = given.starts_local, given.ends_local
