"""Which fences in force a spot is in, or near; and what is told of them to whoever plans for a phone."""

import math
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from app.sql import db
from geo.fences import queries, spheroid
from geo.fences.shapes import turns_of


class Spot(NamedTuple):
    """A place on Earth, in degrees WGS 84. What its accuracy is worth is for whoever asks to judge: it says how far a
    phone may be off, and moves no fence."""

    lon: float
    lat: float
    accuracy_m: float


class FenceHit(NamedTuple):
    """A fence at a spot. `spot` is the place of the spot in what was asked; `outside_m` is 0 inside and on the edge,
    else the metres to the shape; `radius_m` is that of the circle, or of one that holds all of an outline."""

    spot: int
    fence_id: uuid.UUID
    fence_number: int
    version: int
    brand_id: uuid.UUID
    store_id: uuid.UUID | None
    outside_m: float
    radius_m: float


class LiveFence(NamedTuple):
    """A fence in force. `lon`, `lat` and `radius_m` are the circle, or one that holds all of an outline; `geojson` is
    the geometry (RFC 7946), for a circle an outline of 36 corners on it."""

    id: uuid.UUID
    number: int
    version: int
    brand_id: uuid.UUID
    store_id: uuid.UUID | None
    lon: float
    lat: float
    radius_m: float
    is_circle: bool
    geojson: str


def find_fences(spots: Sequence[Spot], *, brand_ids: Collection[uuid.UUID], within_m: float) -> list[FenceHit]:
    """Every fence in force of these brands whose shape is within so many metres of a spot: by spot, the nearest first.

    One statement, however many spots and brands. What is no place on Earth is near nothing.
    """
    asked = [
        (place, spot.lon, spot.lat, _turned(spot.lon, box), *box)
        for place, spot in enumerate(spots)
        if _is_on_earth(spot)
        for box in turns_of(spheroid.box_around(spot.lon, spot.lat, max(within_m, 0.0)))
    ]
    if not asked or not brand_ids:
        return []
    columns = [list(column) for column in zip(*asked, strict=True)]
    rows = db.fetch(queries.HITS, [*columns, list(set(brand_ids)), float(within_m)])
    found: dict[tuple[int, uuid.UUID], FenceHit] = {}
    for row in rows:
        hit = FenceHit(*row)
        found.setdefault((hit.spot, hit.fence_id), hit)  # the nearest: a spot may be asked for in two turns
    return list(found.values())


def read_fences(fence_ids: Collection[uuid.UUID]) -> list[LiveFence]:
    """Those of these fences that are in force, by number."""
    return _live(queries.live_fences_with(fence_ids)) if fence_ids else []


def fences_of_stores(store_ids: Collection[uuid.UUID]) -> list[LiveFence]:
    """The fences in force of these stores, by number."""
    return _live(queries.live_fences_at(store_ids)) if store_ids else []


def _live(question: Any) -> list[LiveFence]:
    return [LiveFence(*row) for row in db.rows(question)]


def _is_on_earth(spot: Spot) -> bool:
    return math.isfinite(spot.lon) and abs(spot.lon) <= 180 and math.isfinite(spot.lat) and abs(spot.lat) <= 90


def _turned(lon: float, box: spheroid.Box) -> float:
    """The longitude in the turn of the Earth in which the box around it lies."""
    return lon + 360 * round(((box.west + box.east) / 2 - lon) / 360)
