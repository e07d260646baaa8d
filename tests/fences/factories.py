"""Fences, and shapes as they are given. Every field is defaulted; a test states only what matters to it."""

import uuid
from typing import Any

from app.accounts.models import Brand
from geo.fences import fences
from geo.fences.drafts import ShapeGiven
from geo.fences.models import Fence
from geo.places.models import Store
from tests.factories import NOON, PARIS, made

Ring = list[list[float]]


def square(lon: float = 2.35, lat: float = 48.85, side: float = 0.01) -> Ring:
    """A ring, counter-clockwise."""
    east, north = lon + side, lat + side
    return [[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]


def polygon(*rings: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings or (square(),))}


def feature(code: str = "rivoli", geometry: Any = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code} | properties, "geometry": geometry or polygon()}


def circle(lon: float = PARIS[0], lat: float = PARIS[1], radius_m: float = 200) -> ShapeGiven:
    return ShapeGiven(circle=(lon, lat, radius_m))


def outline(*rings: Ring) -> ShapeGiven:
    return ShapeGiven(geojson=polygon(*rings))


def make_fence(
    brand: Brand,
    given: ShapeGiven | None = None,
    *,
    store: Store | None = None,
    code: str | None = None,
    is_live: bool = True,
    **named: Any,
) -> Fence:
    """A fence in force."""
    with made():
        fence = fences.draw_fence(
            brand_id=brand.id,
            code=code or uuid.uuid4().hex[:8],
            name="Rivoli",
            store_id=None if store is None else store.id,
            given=given or circle(**named),
            by=None,
            now=NOON,
        )
        if is_live:
            fences.activate_fence(brand_id=brand.id, fence_id=fence.id, revision=1, by=None, now=NOON)
    return fence
