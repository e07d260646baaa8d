"""Zones and tags. Every field is defaulted; a test states only what matters to it."""

import uuid
from typing import Any

from geo.places.models import Store
from geo.zones.models import Tag, Zone
from tests.factories import NOON, save


def make_zone(store: Store, **given: Any) -> Zone:
    fields = {
        "brand_id": store.brand_id,
        "store_id": store.id,
        "code": uuid.uuid4().hex[:8],
        "kind": "shelf",
        "name_fr": "Thés",
        "name_en": "Teas",
        "products": {"categories": ["drinks/tea"]},
        "created_at": NOON,
        "updated_at": NOON,
    }
    return save(Zone(**(fields | given)))


def make_tag(store: Store, **given: Any) -> Tag:
    fields = {
        "brand_id": store.brand_id,
        "store_id": store.id,
        "carrier": "shelf",
        "code": uuid.uuid4().hex[:16],
        "label": "Thés, allée 3",
        "products": {},
        "created_at": NOON,
    }
    return save(Tag(**(fields | given)))
