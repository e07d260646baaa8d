"""Questions about beacons."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from geo.beacons.models import Beacon, BeaconStatus
from geo.places.models import Store
from geo.zones.models import Zone


def beacons_of(
    brand_id: uuid.UUID, *, store_id: uuid.UUID | None = None, status: BeaconStatus | None = None
) -> Select[Beacon]:
    """The beacons of a brand, or those of one store or in one state."""
    found = select(Beacon).where(Beacon.brand_id == brand_id)
    found = found if store_id is None else found.where(Beacon.store_id == store_id)
    return found if status is None else found.where(Beacon.status == status)


def beacon_of(brand_id: uuid.UUID, beacon_id: uuid.UUID) -> Select[Beacon]:
    """One beacon, if it belongs to this brand."""
    return beacons_of(brand_id).where(Beacon.id == beacon_id)


def fleet_to_compare(brand_id: uuid.UUID) -> Select[Any]:
    """What an import compares with, for every beacon of a brand."""
    names = ("id", "kind", "identifier", "store_id", "zone_id", "label", "stability", "status")
    return select(*(getattr(Beacon, name) for name in names)).where(Beacon.brand_id == brand_id)


def strangers_with(identifiers: list[bytes], brand_id: uuid.UUID) -> Select[str, bytes | None]:
    """Which of these ids are registered by another brand: kind and id."""
    named = select(Beacon.kind, Beacon.identifier).where(Beacon.identifier.in_(identifiers))
    return named.where(Beacon.brand_id != brand_id)


def store_references(brand_id: uuid.UUID) -> Select[str, str, uuid.UUID]:
    """The stores of a brand by its own names for them: reference, name and id."""
    return select(Store.reference, Store.name, Store.id).where(Store.brand_id == brand_id)


def zone_codes(brand_id: uuid.UUID) -> Select[uuid.UUID, str, uuid.UUID]:
    """The zones of a brand: store, code and id."""
    return select(Zone.store_id, Zone.code, Zone.id).where(Zone.brand_id == brand_id)
