"""Where a shop is, out of what a file holds: GeoJSON, WKT and WKB, "lat, lon" in one cell, metres in Lambert 93."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import shapely
from shapely import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from app.ops.imports.outcomes import Found
from geo.places.findings import StoreFinding
from geo.places.plain_values import NotANumber, plain_number
from geo.places.whereabouts import are_metres, degrees_of_lambert_93

OUTLINES = ("Polygon", "MultiPolygon")
WKT = re.compile(r"\s*(?:SRID=\d+;)?\s*((?:MULTI)?(?:POINT|POLYGON|LINESTRING)|GEOMETRYCOLLECTION)\b.*", re.I | re.S)
WKB = re.compile(r"(?:00|01)[0-9A-Fa-f]{40,}")
PAIR = re.compile(r"\s*[(\[]?\s*([+-]?\d{1,9}\.\d+)\s*[,;\s]\s*([+-]?\d{1,9}\.\d+)\s*[)\]]?\s*")
PAIR_WITH_COMMAS = re.compile(r"\s*([+-]?\d{1,9},\d+)\s*(?:;|,\s|\s)\s*([+-]?\d{1,9},\d+)\s*")
"""Without decimals nothing is a pair: `48,2` is a number."""
LONGEST_TEXT = 1_000_000  # characters of a shape in a cell


class Position(NamedTuple):
    """Degrees as the file gives them, nothing believed yet; what was noticed, or why there is none."""

    lon: object = None
    lat: object = None
    noticed: tuple[Found, ...] = ()
    refused: Found | None = None


def position_in(values: Mapping[str, object]) -> Position:
    """Where the fields of a row say that it is: two numbers, else a point in one cell, else a shape, else metres."""
    if values.get("lon") is not None and values.get("lat") is not None:
        return Position(values["lon"], values["lat"])
    if "lambert_x" in values and "lambert_y" in values:
        return from_lambert_93(Position(values["lambert_x"], values["lambert_y"]))
    for value in (values.get("point"), values.get("shape")):
        if value is not None:
            return _written(value)
    return Position(values.get("lon"), values.get("lat"))


def from_lambert_93(given: Position) -> Position:
    """The degrees of metres of which the file says itself that they are Lambert 93; what is no metres stays."""
    try:
        metres = plain_number(given.lon)[0], plain_number(given.lat)[0]
    except NotANumber:
        return given  # the checks show what nobody can read
    if not are_metres(*metres):
        return given
    lon, lat = (round(degree, 7) for degree in degrees_of_lambert_93(*metres))
    facts = {"projection": "Lambert 93", "lat": lat, "lon": lon}
    return given._replace(lon=lon, lat=lat, noticed=(*given.noticed, Found(StoreFinding.PROJECTED, "lat", facts)))


def position_of(geometry: Any) -> Position:
    """The point of a GeoJSON geometry: its own, or one inside an outline."""
    if geometry is None:
        return Position()  # legal in GeoJSON; the checks refuse it for having no coordinates
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        lon, lat = coordinates[:2]
        text = isinstance(lon, str) or isinstance(lat, str)
        return Position(lon, lat, (Found(StoreFinding.COORDINATES_AS_TEXT, "lat"),) if text else ())
    if kind in OUTLINES:
        return _inside(lambda: shape({"type": kind, "coordinates": _floats(coordinates)}))
    return _unusable(kind if isinstance(kind, str) and kind != "Point" else "no coordinates")


def _written(value: object) -> Position:
    """A point or a shape in one cell. `48.8, 2.3` is latitude first, as people write it and OpenDataSoft exports it."""
    if isinstance(value, dict):
        return position_of(value) if "coordinates" in value else Position(value.get("lon"), value.get("lat"))
    if isinstance(value, list):
        return Position(value[1], value[0]) if len(value) == 2 else _unusable("no coordinates")
    text = str(value)[:LONGEST_TEXT].strip()
    if text.startswith("{"):
        try:
            return _written(json.loads(text))
        except (ValueError, RecursionError):
            return _unusable(text[:30])
    if WKT.fullmatch(text) or WKB.fullmatch(text):
        return _drawn(text)
    pair = PAIR.fullmatch(text) or PAIR_WITH_COMMAS.fullmatch(text)
    # What nobody can read goes on as it is: the checks refuse it, and show it.
    return Position(pair[2], pair[1]) if pair else Position(text, text)


def _drawn(text: str) -> Position:
    try:
        drawn = shapely.from_wkb(text) if WKB.fullmatch(text) else shapely.from_wkt(text.rpartition(";")[2])
    except GEOSException as error:
        return _unusable(_first_line(error))
    if drawn.geom_type == "Point" and not drawn.is_empty:
        lon, lat = drawn.coords[0][:2]
        return Position(lon, lat)
    return _inside(lambda: drawn) if drawn.geom_type in OUTLINES else _unusable(drawn.geom_type)


def _inside(draw: Any) -> Position:
    """A point inside an outline, which is mended where it crosses itself."""
    try:
        outline = draw()
        noticed: tuple[Found, ...] = ()
        if not outline.is_valid:
            noticed = (Found(StoreFinding.SHAPE_REPAIRED, "geometry", {"why": explain_validity(outline)}),)
            outline = _with_area(shapely.make_valid(outline))
        lon, lat = outline.representative_point().coords[0][:2]
        return Position(lon, lat, noticed)
    except (TypeError, ValueError, IndexError, OverflowError, RecursionError, GEOSException) as error:
        return _unusable(_first_line(error))


def _unusable(why: str) -> Position:
    return Position(refused=Found(StoreFinding.SHAPE_UNUSABLE, "geometry", {"why": why}))


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:80] or type(error).__name__


def _with_area(mended: BaseGeometry) -> BaseGeometry:
    if mended.area == 0:
        raise ValueError("it has no area")
    return mended


def _floats(node: Any) -> Any:
    """Positions as floats; the parser gives exact decimals."""
    if isinstance(node, list):
        return [_floats(item) for item in node]
    if isinstance(node, int | float | Decimal) and not isinstance(node, bool):
        return float(node)
    raise TypeError("a position is not a number")
