"""The linter of fences: what is read of them and of what is around them, for `geo.fences.judgement` to judge."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand
from app.errors import Malformed, Pointer
from app.languages import Language
from app.ops.imports.outcomes import Found
from app.sql import db
from geo.fences import drafts, errors, queries, shapes, spheroid
from geo.fences.drafts import ShapeGiven
from geo.fences.judgement import REACH_M, ClosedSpan, JudgedFence, Neighbour, Passages, judge_fence
from geo.places.models import StoreStatus
from geo.places.opening_hours import open_intervals, surroundings_of
from geo.places.whereabouts import locate_point

Window = tuple[datetime, datetime]

LONGEST_WINDOW = timedelta(days=366)
"""Of a longer one, its first days are looked at: in so many, every season comes."""

PASSAGES: list[Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Passages]]] = []
"""Who can tell how many crossed or entered these fences: the room that counts people stands above this one, and adds
itself when it is loaded."""


class FenceFaults(NamedTuple):
    """What is doubtful about a fence; without an id and a code, about a shape that is no fence yet."""

    fence_id: uuid.UUID | None
    code: str | None
    found: Sequence[Found]


class _Asked(NamedTuple):
    """A shape that is asked about, with its store; `fence_id` None for a shape that is no fence yet."""

    fence_id: uuid.UUID | None
    code: str | None
    is_circle: bool
    lon: float
    lat: float
    radius_m: float
    geojson: str
    store: Any


def find_faults(
    *, brand_id: uuid.UUID, fence_ids: Sequence[uuid.UUID], windows: Sequence[Window] = (), now: datetime
) -> list[FenceFaults]:
    """What is doubtful about these fences of the brand, as they are drafted, else as they are in force; in this order.

    `windows` are half-open times in which they are to bring something; those that are over by `now` are left out.
    Raises `Malformed` for fences that the brand does not have, or that have ended.
    """
    found = {row.id: row for row in db.rows(queries.fences_to_judge(brand_id, fence_ids))}
    wrong = [
        Pointer(f"/fence_ids/{place}", errors.NOT_OF_THE_BRAND) for place, id in enumerate(fence_ids) if id not in found
    ]
    if wrong:
        raise Malformed(errors=wrong)
    asked = [
        _Asked(row.id, row.code, row.is_circle, row.lon, row.lat, row.radius_m, row.geojson, _store_in(row))
        for row in (found[id] for id in dict.fromkeys(fence_ids))
    ]
    return _judged(brand_id, asked, windows, now)


def find_shape_faults(
    *,
    brand_id: uuid.UUID,
    given: ShapeGiven,
    store_id: uuid.UUID | None,
    windows: Sequence[Window] = (),
    now: datetime,
) -> list[FenceFaults]:
    """What would be doubtful about a fence of this shape. Raises `ShapeRefused`, `StoreUnknown`, `Malformed`."""
    shape, _ = drafts.draw_shape(given, brand_id=brand_id, store_id=store_id)
    [store] = [None] if store_id is None else db.rows(queries.store_to_judge(brand_id, store_id)) or [None]
    geojson = shapes.write_geojson(shape)
    asked = _Asked(None, None, shape.is_circle, shape.lon, shape.lat, shape.radius_m, geojson, store)
    return _judged(brand_id, [asked], windows, now)


def find_all_faults(
    *,
    brand_id: uuid.UUID,
    fence_ids: Sequence[uuid.UUID],
    shape: ShapeGiven | None,
    store_id: uuid.UUID | None,
    windows: Sequence[Window],
    now: datetime,
) -> list[FenceFaults]:
    """What is doubtful about these fences, and about a shape that is no fence yet. Raises as the two above."""
    found = find_faults(brand_id=brand_id, fence_ids=fence_ids, windows=windows, now=now) if fence_ids else []
    if shape is None:
        return found
    return found + find_shape_faults(brand_id=brand_id, given=shape, store_id=store_id, windows=windows, now=now)


def tell_faults(faults: FenceFaults, language: Language) -> dict[str, Any]:
    """The doubts about a fence in sentences."""
    said = [{"code": found.finding, "detail": found.say(language)} for found in faults.found]
    return {"fence_id": faults.fence_id, "faults": said}


def _judged(
    brand_id: uuid.UUID, asked: Sequence[_Asked], windows: Sequence[Window], now: datetime
) -> list[FenceFaults]:
    brand = db.get(Brand, brand_id)
    if brand is None:
        raise BrandUnknown
    around = _neighbours(brand_id, asked)
    ids = [one.fence_id for one in asked if one.fence_id is not None]
    passages = {id: told for source in PASSAGES for id, told in source(ids).items()}
    coming = [(max(starts, now), ends) for starts, ends in windows if ends > now]
    return [
        FenceFaults(
            one.fence_id,
            one.code,
            judge_fence(
                _put_together(one, brand, around[place], coming, passages.get(one.fence_id) if one.fence_id else None)
            ),
        )
        for place, one in enumerate(asked)
    ]


def _put_together(
    asked: _Asked, brand: Brand, around: Sequence[Neighbour], windows: Iterable[Window], passages: Passages | None
) -> JudgedFence:
    area, store = shapes.read_area(asked.geojson), asked.store
    there = locate_point(asked.lon, asked.lat, countries=brand.countries)
    return JudgedFence(
        is_circle=asked.is_circle,
        lon=asked.lon,
        lat=asked.lat,
        radius_m=asked.radius_m,
        area=area,
        is_elsewhere=there is None or there.country not in brand.countries,
        countries=brand.countries,
        neighbours=around,
        time_zone=brand.time_zone if store is None else store.time_zone,
        outside_m=None if store is None else _outside(asked, area, store),
        is_store_closed=store is not None and store.status == StoreStatus.CLOSED,
        closed=[] if store is None else [ClosedSpan(*window) for window in windows if _is_closed(store, window)],
        passages=passages,
    )


def _neighbours(brand_id: uuid.UUID, asked: Sequence[_Asked]) -> Mapping[int, list[Neighbour]]:
    """The other fences in force of the brand that a phone may come to from each."""
    boxes = [
        (place, *box)
        for place, one in enumerate(asked)
        for box in shapes.turns_of(spheroid.box_around(one.lon, one.lat, one.radius_m + REACH_M))
    ]
    found: dict[int, dict[uuid.UUID, Neighbour]] = defaultdict(dict)
    rows = db.fetch(queries.AROUND, [*map(list, zip(*boxes, strict=True)), brand_id]) if boxes else []
    areas: dict[uuid.UUID, Any] = {}
    for place, fence_id, code, lon, lat, radius_m, geojson in rows:
        if fence_id != asked[place].fence_id:
            area = areas.setdefault(fence_id, None) or shapes.read_area(geojson)
            areas[fence_id] = area
            found[place][fence_id] = Neighbour(code, lon, lat, radius_m, area)
    return defaultdict(list, {place: list(near.values()) for place, near in found.items()})


def _store_in(row: Any) -> Any:
    return None if row.store_id is None else row


def _outside(asked: _Asked, area: Any, store: Any) -> float:
    """How far the store is outside, in metres: exact for a circle, right to some percent for an outline."""
    if asked.is_circle:
        apart_m = spheroid.metres_between(asked.lon, asked.lat, store.store_lon, store.store_lat)
        return max(0.0, apart_m - asked.radius_m)
    return shapes.measure_outside(area, store.store_lon, store.store_lat)


def _is_closed(store: Any, window: Window) -> bool:
    """Whether a store of which the hours are known is closed during a whole window."""
    starts, ends = window
    ends = min(ends, starts + LONGEST_WINDOW)
    if store.opening_hours is None:
        return False
    around = surroundings_of(
        store.opening_hours,
        time_zone=store.time_zone,
        country=store.country,
        lon=store.store_lon,
        lat=store.store_lat,
        address=store.address,
    )
    from_day = starts.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (ends - from_day).days + 1
    opened = open_intervals(store.opening_hours, around=around, start=from_day, days=days)
    return opened is not None and not any(begins < ends and stops > starts for begins, stops in opened)
