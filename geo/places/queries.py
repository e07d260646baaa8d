"""Questions about stores, areas and places."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Select, Text, Uuid, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from app.accounts.models import Brand
from geo.places.models import Area, AreaStore, Place, Store, StoreStatus


def stores_of(brand_id: uuid.UUID) -> Select[Store]:
    """Every store of a brand, closed ones too."""
    return select(Store).where(Store.brand_id == brand_id)


def open_stores_of(brand_id: uuid.UUID) -> Select[Store]:
    """The stores of a brand that people can go to."""
    return stores_of(brand_id).where(Store.status == StoreStatus.OPEN)


def store_of(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[Store]:
    """One store, if it belongs to this brand."""
    return stores_of(brand_id).where(Store.id == store_id)


def areas_of(brand_id: uuid.UUID) -> Select[Area]:
    """Every area of a brand."""
    return select(Area).where(Area.brand_id == brand_id)


def area_of(brand_id: uuid.UUID, area_id: uuid.UUID) -> Select[Area]:
    """One area, if it belongs to this brand."""
    return areas_of(brand_id).where(Area.id == area_id)


def stores_in_area(area_id: uuid.UUID) -> Select[Store]:
    """The stores of an area."""
    return select(Store).join(AreaStore, AreaStore.store_id == Store.id).where(AreaStore.area_id == area_id)


def ids_in_area(area_id: uuid.UUID) -> Select[uuid.UUID]:
    """The ids of the stores of an area."""
    return select(AreaStore.store_id).where(AreaStore.area_id == area_id)


def ids_among(brand_id: uuid.UUID, store_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these are stores of this brand."""
    return select(Store.id).where(Store.brand_id == brand_id, Store.id == any_(_ids(store_ids)))


def stores_to_publish(store_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """What `place` needs of these stores, locked until the end, so that two publications of a store take turns."""
    return (
        select(*_columns(Store.number))
        .where(Store.id == any_(_ids(store_ids)))
        .order_by(Store.id)
        .with_for_update(key_share=True)
    )


def stores_for_almanacs(store_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """What the days of these stores depend on."""
    return select(*_columns()).where(Store.id == any_(_ids(store_ids)))


def brands_of(store_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """The brands of these stores."""
    return select(Store.brand_id).distinct().where(Store.id == any_(_ids(store_ids)))


def ids_after(store_id: uuid.UUID | None, *, limit: int) -> Select[uuid.UUID]:
    """The next ids of all stores of all brands, for work in batches."""
    ordered = select(Store.id).order_by(Store.id).limit(limit)
    return ordered if store_id is None else ordered.where(Store.id > store_id)


def ids_known_until(before: datetime) -> Select[uuid.UUID]:
    """The stores whose published opening intervals end before an instant."""
    return select(Place.store_id).where(Place.open_known_until < before).order_by(Place.store_id)


def stores_to_compare(brand_id: uuid.UUID) -> Select[Any]:
    """What an import compares with, for every store of a brand."""
    return select(*_columns()).where(Store.brand_id == brand_id)


def hours_in_use(brand_code: str | None, *, stored_before: datetime | None = None) -> Select[Any]:
    """Opening hours of open stores: brand, hours, country, how many stores, and the references of a few of them."""
    few = func.array_agg(aggregate_order_by(Store.reference, Store.reference))[1:3]
    grouped = (Brand.code, Store.opening_hours, Store.country)
    found = select(*grouped, func.count().label("stores"), few.label("references")).join(Brand)
    found = found.where(Store.opening_hours.is_not(None), Store.status == StoreStatus.OPEN)
    found = found.group_by(*grouped).order_by(*grouped)
    if stored_before is not None:
        found = found.where(Store.updated_at < stored_before)
    return found if brand_code is None else found.where(Brand.code == brand_code)


def _columns(*more: Any) -> list[Any]:
    """A store with its degrees as numbers, which many rows of `Store` would each have to parse."""
    plain = cast(Store.location, Geometry)
    degrees = (func.ST_X(plain).label("lon"), func.ST_Y(plain).label("lat"))
    texts = (Store.reference, Store.name, Store.address, Store.opening_hours, Store.time_zone, Store.country)
    return [Store.id, *texts, Store.status, *degrees, *more]


def _ids(ids: Sequence[uuid.UUID]) -> ColumnElement[Any]:
    # One array, however many: a list of parameters would end at 65,535 and would be planned anew for every length. As
    # text, since the driver writes an array element by element.
    return cast(literal("{" + ",".join(map(str, ids)) + "}", Text), ARRAY(Uuid))
