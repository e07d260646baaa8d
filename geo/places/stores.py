"""Stores as the console keeps them: the same rules as an import, but a doubt is a question, not a correction."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand
from app.accounts.queries import brand_with_code
from app.errors import PreconditionFailed
from app.sql import db
from geo.places import queries
from geo.places.checks import StoreDetails, check_store
from geo.places.errors import StoreRefused, StoreUnknown
from geo.places.models import Store, StoreStatus, point_at
from geo.places.read_model import lock_places, places_changed
from geo.places.rows import StoreRow
from geo.places.stores_of_staff import require_assigned


@dataclass(frozen=True)
class StoreGiven:
    """A store as a person describes it. Degrees WGS 84; without a time zone, that of the place is taken."""

    name: str
    lat: float
    lon: float
    address: str | None
    opening_hours: str | None
    time_zone: str | None


def the_store(*, brand_id: uuid.UUID, store_id: uuid.UUID) -> Store:
    """A store of this brand. Raises `StoreUnknown`."""
    store = db.first(queries.store_of(brand_id, store_id))
    if store is None:
        raise StoreUnknown
    return store


def the_brand(*, code: str) -> Brand:
    """The brand that people call `code`. Raises `BrandUnknown`."""
    # An address can spell bytes that no code has and that the database would choke on.
    brand = db.first(brand_with_code(code)) if re.fullmatch(r"[a-z0-9-]{2,40}", code) else None
    if brand is None:
        raise BrandUnknown
    return brand


def open_store(
    *, brand_id: uuid.UUID, reference: str, given: StoreGiven, now: datetime, by: uuid.UUID | None = None
) -> Store:
    """Add a store to the brand's catalogue, as somebody who speaks for all of it.

    Raises `StoreNotAssigned`, `StoreRefused`; `StoreReferenceTaken` by constraint.
    """
    require_assigned(by, None)
    lock_places([brand_id])
    details = _checked(brand_id, reference, given)
    store = db.add(
        Store(brand_id=brand_id, reference=details.reference, created_at=now, **_columns(details, now), version=1)
    )
    places_changed(store_ids=[store.id], now=now)
    return store


def change_store(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    version: int,
    given: StoreGiven,
    status: StoreStatus,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Store:
    """Replace what is said of a store, which may also be closed or opened again; its reference stays.

    Raises `StoreUnknown`, `StoreNotAssigned`, `PreconditionFailed` unless `version` is the current one, `StoreRefused`.
    """
    store = _store_to_change(brand_id, store_id, by=by)
    if store.version != version:
        raise PreconditionFailed
    for name, value in _columns(_checked(brand_id, store.reference, given), now).items():
        setattr(store, name, value)
    store.status = status
    store.version += 1
    db.add(store)
    places_changed(store_ids=[store.id], now=now)
    return store


def close_store(*, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime, by: uuid.UUID | None = None) -> Store:
    """Close a store, whatever was read of it and whatever is said of it: stopping never waits. Twice is once.

    Raises `StoreUnknown`, `StoreNotAssigned`.
    """
    store = _store_to_change(brand_id, store_id, by=by)
    if store.status == StoreStatus.CLOSED:
        return store
    store.status, store.updated_at = StoreStatus.CLOSED, now
    store.version += 1
    db.session().flush()
    places_changed(store_ids=[store.id], now=now)
    return store


def _store_to_change(brand_id: uuid.UUID, store_id: uuid.UUID, *, by: uuid.UUID | None) -> Store:
    lock_places([brand_id])
    store = db.first(db.locked(queries.store_of(brand_id, store_id)))
    if store is None:
        raise StoreUnknown
    require_assigned(by, store.id)
    return store


def _checked(brand_id: uuid.UUID, reference: str, given: StoreGiven) -> StoreDetails:
    brand = db.get(Brand, brand_id)
    if brand is None:
        raise BrandUnknown
    row = StoreRow(
        number=0,
        reference=reference,
        name=given.name,
        lon=given.lon,
        lat=given.lat,
        opening_hours=given.opening_hours,
        address=given.address,
        time_zone=given.time_zone,
    )
    checked = check_store(row, countries=brand.countries)
    if checked.details is None or checked.found:
        raise StoreRefused(checked.found)
    return checked.details


def _columns(details: StoreDetails, now: datetime) -> dict[str, object]:
    return {
        "name": details.name,
        "location": point_at(details.lon, details.lat),
        "time_zone": details.time_zone,
        "country": details.country,
        "opening_hours": details.opening_hours,
        "address": details.address,
        "updated_at": now,
    }
