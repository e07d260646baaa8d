"""Areas: named groups of stores, so that an offer can name a town or a kind of shop."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert

from app.sql import db
from geo.places import queries
from geo.places.errors import AreaUnknown, StoreUnknown
from geo.places.models import Area, AreaStore
from geo.places.read_model import lock_places, places_changed
from geo.places.stores_of_staff import require_assigned


def draw_area(*, brand_id: uuid.UUID, code: str, name: str, now: datetime) -> Area:
    """Add an area without stores. `AreaCodeTaken` by constraint."""
    return db.add(Area(brand_id=brand_id, code=code, name=name, created_at=now))


def the_area(*, brand_id: uuid.UUID, area_id: uuid.UUID) -> Area:
    """An area of this brand. Raises `AreaUnknown`."""
    area = db.first(queries.area_of(brand_id, area_id))
    if area is None:
        raise AreaUnknown
    return area


def group_stores(
    *,
    brand_id: uuid.UUID,
    area_id: uuid.UUID,
    store_ids: Collection[uuid.UUID],
    now: datetime,
    by: uuid.UUID | None = None,
) -> Area:
    """Make these stores, and no others, the stores of an area. The same set again changes nothing.

    An area says for which stores staff speak and for which members permit, so whoever speaks for some stores only
    regroups none. Raises `StoreNotAssigned`, `AreaUnknown`, and `StoreUnknown` with the ids that are not stores of this
    brand.
    """
    require_assigned(by, None)
    lock_places([brand_id])
    area = db.first(queries.area_of(brand_id, area_id))
    if area is None:
        raise AreaUnknown
    wanted = set(store_ids)
    strangers = wanted.difference(db.all_of(queries.ids_among(brand_id, list(wanted))))
    if strangers:
        raise StoreUnknown(store_ids=sorted(str(stranger) for stranger in strangers))
    present = set(db.all_of(queries.ids_in_area(area_id)))
    leaving, coming = present - wanted, wanted - present
    if leaving:
        db.execute(delete(AreaStore).where(AreaStore.area_id == area_id, AreaStore.store_id.in_(leaving)))
    if coming:
        db.execute(insert(AreaStore), [{"area_id": area_id, "store_id": store_id} for store_id in coming])
    if leaving or coming:
        places_changed(store_ids=list(leaving | coming), now=now)
    return area
