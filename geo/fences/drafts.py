"""What somebody draws becomes the shape of a version: an outline, a circle, or so many metres around a store; less what
is taken away from it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry

from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand
from app.errors import Malformed, Pointer
from app.ops.imports.outcomes import Found
from app.sql import db
from geo.fences import errors, outlines, queries, shapes
from geo.fences.errors import ShapeRefused
from geo.fences.findings import ShapeFinding
from geo.fences.models import Fence, FenceVersion
from geo.fences.outlines import DrawnShape
from geo.fences.shapes import FenceShape
from geo.places import stores
from geo.places.models import Store


@dataclass(frozen=True)
class ShapeGiven:
    """A shape as it is given: one of an outline in GeoJSON or WKT, a circle (degrees and metres), and the metres of a
    ring around the store. `minus` (GeoJSON) and `minus_fence_ids` are taken away from it."""

    geojson: Mapping[str, Any] | None = None
    wkt: str | None = None
    circle: tuple[float, float, float] | None = None
    around_store_m: float | None = None
    minus: Mapping[str, Any] | None = None
    minus_fence_ids: Sequence[uuid.UUID] = ()


def draw_shape(
    given: ShapeGiven, *, brand_id: uuid.UUID, store_id: uuid.UUID | None
) -> tuple[FenceShape, tuple[Found, ...]]:
    """The shape, and what was made good in it. Raises `ShapeRefused` with each fault where it is, and `Malformed` for a
    store that is needed, or for fences that the brand does not have."""
    brand = db.get(Brand, brand_id)
    if brand is None:
        raise BrandUnknown
    at, drawing = _drawn(given, brand, store_id)
    shape = _accepted(drawing, at)
    taken: list[BaseGeometry] = []
    if given.minus is not None:
        taken.append(_accepted(outlines.read_geojson(given.minus, countries=brand.countries), "/shape/minus").area)
    taken += _areas_of(brand_id, given.minus_fence_ids)
    if not taken:
        return shape, drawing.noticed
    left = shapes.subtract_areas(shape, taken)
    if left is None or left.area.bounds[2] > shapes.FAR_EAST:
        finding = ShapeFinding.NOTHING_LEFT if left is None else ShapeFinding.AROUND_A_POLE
        raise ShapeRefused((Found(finding, ""),), at="/shape")
    return left, drawing.noticed


def make_version(
    shape: FenceShape,
    noticed: Sequence[Found],
    *,
    fence: Fence,
    version: int,
    by: uuid.UUID | None,
    now: datetime,
) -> FenceVersion:
    """A version of a fence with this shape, not yet in force and not yet kept."""
    drawn = shapely.Point(shape.lon, shape.lat) if shape.is_circle else shape.area
    return FenceVersion(
        fence_id=fence.id,
        version=version,
        brand_id=fence.brand_id,
        fence_number=fence.number,
        store_id=fence.store_id,
        is_circle=shape.is_circle,
        lon=shape.lon,
        lat=shape.lat,
        radius_m=shape.radius_m,
        shape=from_shape(drawn, srid=4326),
        box=from_shape(shapely.box(*shape.box), srid=4326),
        geojson=shapes.write_geojson(shape),
        noticed=[{"code": one.finding, "facts": dict(one.facts)} for one in noticed],
        made_by=by,
        made_at=now,
    )


def is_same_shape(version: FenceVersion, shape: FenceShape) -> bool:
    """Whether a version has this shape already."""
    circle = (version.is_circle, version.lon, version.lat, version.radius_m)
    is_alike = circle == (shape.is_circle, shape.lon, shape.lat, shape.radius_m)
    return is_alike and version.geojson == shapes.write_geojson(shape)


def _drawn(given: ShapeGiven, brand: Brand, store_id: uuid.UUID | None) -> tuple[str, DrawnShape]:
    countries: Collection[str] = brand.countries
    if given.geojson is not None:
        return "/shape/geojson", outlines.read_geojson(given.geojson, countries=countries)
    if given.wkt is not None:
        return "/shape/wkt", outlines.read_wkt(given.wkt, countries=countries)
    if given.circle is not None:
        return "/shape/circle", outlines.read_circle(*given.circle, countries=countries)
    store = _the_store(brand.id, store_id)
    ring = shapes.make_circle(store.lon, store.lat, given.around_store_m or 0)
    return "/shape/around_store_m", DrawnShape(ring)


def _the_store(brand_id: uuid.UUID, store_id: uuid.UUID | None) -> Store:
    if store_id is None:
        raise Malformed(errors=[Pointer("/store_id", errors.STORE_NEEDED)])
    return stores.the_store(brand_id=brand_id, store_id=store_id)


def _accepted(drawing: DrawnShape, at: str) -> FenceShape:
    refused = drawing.asked if drawing.refused is None else (drawing.refused,)
    if drawing.shape is None or refused:
        raise ShapeRefused(refused, at=at)
    return drawing.shape


def _areas_of(brand_id: uuid.UUID, fence_ids: Sequence[uuid.UUID]) -> list[BaseGeometry]:
    """The areas of fences in force of the brand."""
    if not fence_ids:
        return []
    found = {row.id: row for row in db.rows(queries.live_fences_with(fence_ids)) if row.brand_id == brand_id}
    wrong = [
        Pointer(f"/shape/minus_fence_ids/{place}", errors.NOT_OF_THE_BRAND)
        for place, id in enumerate(fence_ids)
        if id not in found
    ]
    if wrong:
        raise Malformed(errors=wrong)
    return [shapes.read_area(row.geojson) for row in found.values()]
