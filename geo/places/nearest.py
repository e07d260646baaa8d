"""The places of brands where a live offer holds, inside what a member's permissions cover: those nearest to a point, or
those that are known to matter where nobody says a position. And places by their stores, as a pass needs them.

One statement for all brands. Each is searched by itself, nearest first, on the index of brand and point: a brand with
three stores in the country is found as fast as one with five thousand. Whoever permits nothing has no ground, and then
nothing is searched at all.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson
import psycopg

from app.logs import log
from app.sql import db
from geo.places.models import one_meridian


class PermittedGround(NamedTuple):
    """The stores of a brand for which a yes stands: all of them (`whole`) or those that `opened` names, by their own
    ids or by those of their areas, but for what `closed` names. A store that is opened by itself is never closed by its
    area, as in `app.consent.decision.verdicts`."""

    brand_id: uuid.UUID
    whole: bool
    opened: frozenset[uuid.UUID] = frozenset()
    closed: frozenset[uuid.UUID] = frozenset()


class FoundPlace(NamedTuple):
    """A store with a live offer. `metres` to the point, on the spheroid; None where no point was said."""

    store_number: int
    store_id: uuid.UUID
    brand_id: uuid.UUID
    area_ids: Sequence[uuid.UUID]
    lon: float
    lat: float
    metres: float | None


class StandingPlace(NamedTuple):
    """A store that is open for business; `offered` says whether a live offer holds there."""

    store_id: uuid.UUID
    name: str
    lon: float
    lat: float
    area_ids: Sequence[uuid.UUID]
    offered: bool


INSIDE = """
FROM json_to_recordset($1::json) AS ground (brand_id uuid, whole boolean, opened uuid[], closed uuid[])
CROSS JOIN LATERAL (
 SELECT store_number, store_id, place.brand_id, area_ids, location, {metres} AS metres
 FROM place WHERE place.brand_id = ground.brand_id AND offered {near}
  AND (whole OR store_id = ANY (opened) OR area_ids && opened)
  AND (closed = '{{}}' OR NOT (store_id = ANY (closed) OR area_ids && closed AND NOT store_id = ANY (opened)))
 ORDER BY {order} LIMIT $2
) AS found
"""
COLUMNS = "store_number, store_id, found.brand_id, area_ids, ST_X(location::geometry), ST_Y(location::geometry), metres"
HERE = "ST_MakePoint($3::float8, $4::float8)::geography"
BY_INDEX, BY_DISTANCE = f"location <-> {HERE}", f"ST_Distance(location, {HERE})"

NEAREST = f"SELECT {COLUMNS}" + INSIDE.format(
    metres=BY_DISTANCE, near=f"AND location && _ST_Expand({HERE}, $5::float8)", order=BY_INDEX
)
"""The places of each ground that are nearest to a point: 1 the grounds as JSON, 2 how many of each, 3 lon, 4 lat,
5 how far to look, in metres. `_ST_Expand` is what `ST_DWithin` itself uses; distances are exact and only the order of
the search is on the sphere."""

KNOWN = f"SELECT {COLUMNS}" + INSIDE.format(
    metres="NULL::float8", near="", order="store_id = ANY ($3::uuid[]) DESC, store_number"
)
"""The places of each ground without a point: 1 the grounds as JSON, 2 how many of each, 3 the stores that go first."""


STANDING = """
SELECT store_id, card::json ->> 'name', ST_X(location::geometry), ST_Y(location::geometry), area_ids, offered
FROM place JOIN unnest($1::uuid[]) WITH ORDINALITY AS asked (store_id, n) USING (store_id)
WHERE brand_id = $2::uuid ORDER BY n
"""
"""Those of some stores (1) of a brand (2) that are open for business, in the order in which they are asked for."""


def find_nearest_places(
    grounds: Collection[PermittedGround], *, lon: float, lat: float, reach_m: float, most: int
) -> list[FoundPlace]:
    """The nearest places of each of these grounds, at most so many of each, within the reach; ground by ground, the
    nearest first."""
    if not grounds:
        return []
    asked = [_json(grounds), most, one_meridian(lon), lat, reach_m]
    db.fetch("SAVEPOINT nearest")
    try:
        rows = db.fetch(NEAREST, asked, shape=FoundPlace._make)
    except psycopg.errors.InternalError_ as error:
        # PostGIS itself says, of a rare box, that its index gave rows in a wrong order: then each one is measured.
        log.warning("nearest_without_index", error=str(error).partition("\n")[0])
        db.fetch("ROLLBACK TO SAVEPOINT nearest")
        rows = db.fetch(NEAREST.replace(BY_INDEX, BY_DISTANCE), asked, shape=FoundPlace._make)
    return [found for found in rows if found.metres <= reach_m]


def find_known_places(
    grounds: Collection[PermittedGround], *, first: Collection[uuid.UUID] = (), most: int
) -> list[FoundPlace]:
    """Places of each of these grounds without a position, at most so many of each: the stores named before others."""
    if not grounds:
        return []
    return db.fetch(KNOWN, [_json(grounds), most, list(first)], shape=FoundPlace._make)


def find_standing_places(store_ids: Sequence[uuid.UUID], *, brand_id: uuid.UUID) -> list[StandingPlace]:
    """Those of these stores that are of the brand and open for business, in their order."""
    if not store_ids:
        return []
    return db.fetch(STANDING, [list(store_ids), brand_id], shape=StandingPlace._make)


def _json(grounds: Collection[PermittedGround]) -> str:
    """The grounds as the statements take them."""
    return orjson.dumps([ground._asdict() for ground in grounds], default=_plain).decode()


def _plain(ids: Any) -> list[str]:
    return sorted(map(str, ids))
