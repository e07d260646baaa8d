"""Zones as the console keeps them: parts of one store, named in both languages, with what stands in them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from app.errors import PreconditionFailed
from app.sql import db
from geo.places.errors import StoreUnknown
from geo.places.stores import the_store
from geo.places.stores_of_staff import require_assigned
from geo.zones import queries
from geo.zones.errors import ZoneElsewhere, ZoneUnknown
from geo.zones.models import Zone, ZoneKind, ZoneStatus


@dataclass(frozen=True)
class ZoneGiven:
    """A zone as a person describes it."""

    kind: ZoneKind
    name_fr: str
    name_en: str
    products: Mapping[str, Sequence[str]]


def open_zone(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    code: str,
    given: ZoneGiven,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Zone:
    """Add a zone to a store. Raises `StoreUnknown`, `StoreNotAssigned`; `ZoneCodeTaken` by constraint."""
    store = the_store(brand_id=brand_id, store_id=store_id)
    require_assigned(by, store.id)
    said = {"status": ZoneStatus.OPEN, "version": 1, "created_at": now, "updated_at": now}
    return db.add(Zone(brand_id=brand_id, store_id=store.id, code=code, **asdict(given), **said))


def change_zone(
    *,
    brand_id: uuid.UUID,
    zone_id: uuid.UUID,
    version: int,
    given: ZoneGiven,
    status: ZoneStatus,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Zone:
    """Replace what is said of a zone, which may also be closed or opened again; its store and its code stay.

    Raises `ZoneUnknown`, `StoreNotAssigned`, `PreconditionFailed` unless `version` is the current one.
    """
    zone = db.first(db.locked(queries.zone_of(brand_id, zone_id)))
    if zone is None:
        raise ZoneUnknown
    require_assigned(by, zone.store_id)
    if zone.version != version:
        raise PreconditionFailed
    for name, value in asdict(given).items():
        setattr(zone, name, value)
    zone.status, zone.updated_at = status, now
    zone.version += 1
    return db.add(zone)


def place_of(*, brand_id: uuid.UUID, store_id: uuid.UUID | None, zone_id: uuid.UUID | None) -> uuid.UUID:
    """The store that a thing stands in, if it may stand there: in one of this brand, and in a zone of that store.

    Raises `StoreUnknown` (also without a store and a zone), `ZoneUnknown`, `ZoneElsewhere`.
    """
    if zone_id is not None:
        zone = db.first(queries.zone_of(brand_id, zone_id))
        if zone is None:
            raise ZoneUnknown
        if store_id not in (None, zone.store_id):
            raise ZoneElsewhere
        return zone.store_id
    if store_id is None:
        raise StoreUnknown
    return the_store(brand_id=brand_id, store_id=store_id).id
