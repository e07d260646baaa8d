"""Questions about zones and tags."""

import uuid

from sqlalchemy import Select, select

from geo.zones.models import Tag, Zone


def zones_of(brand_id: uuid.UUID, store_id: uuid.UUID | None = None) -> Select[Zone]:
    """The zones of a brand, or of one of its stores, closed ones too."""
    found = select(Zone).where(Zone.brand_id == brand_id)
    return found if store_id is None else found.where(Zone.store_id == store_id)


def zone_of(brand_id: uuid.UUID, zone_id: uuid.UUID) -> Select[Zone]:
    """One zone, if it belongs to this brand."""
    return zones_of(brand_id).where(Zone.id == zone_id)


def tags_of(brand_id: uuid.UUID, store_id: uuid.UUID | None = None) -> Select[Tag]:
    """The tags of a brand, or of one of its stores, retired ones too."""
    found = select(Tag).where(Tag.brand_id == brand_id)
    return found if store_id is None else found.where(Tag.store_id == store_id)


def tag_of(brand_id: uuid.UUID, tag_id: uuid.UUID) -> Select[Tag]:
    """One tag, if it belongs to this brand."""
    return tags_of(brand_id).where(Tag.id == tag_id)
