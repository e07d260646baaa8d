"""Fences, and shapes as they are given. Every field is defaulted; a test states only what matters to it."""

import uuid
from datetime import datetime
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


def fence_body(**given: Any) -> dict[str, Any]:
    """What the console sends to draw a fence."""
    shape = {"circle": {"lon": PARIS[0], "lat": PARIS[1], "radius_m": 200}}
    return {"code": "rivoli", "name": "Rivoli", "shape": shape} | given


def make_fence(
    brand: Brand,
    given: ShapeGiven | None = None,
    *,
    store: Store | None = None,
    code: str | None = None,
    is_live: bool = True,
    now: datetime = NOON,
) -> Fence:
    """A fence in force."""
    with made():
        fence = fences.draw_fence(
            brand_id=brand.id,
            code=code or uuid.uuid4().hex[:8],
            name="Rivoli",
            store_id=None if store is None else store.id,
            given=given or circle(),
            by=None,
            now=now,
        )
        if is_live:
            fences.activate_fence(brand_id=brand.id, fence_id=fence.id, revision=1, by=None, now=now)
    return fence
