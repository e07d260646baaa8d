"""Stores out of GeoJSON (RFC 7946) in the shape of Overpass and other OSM exports: points and outlines of buildings."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import ijson
import shapely
from shapely import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from app.characters import holds_only_storable
from app.ops.imports.json_bytes import JsonBytes
from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import TableBroken
from geo.places.findings import StoreFinding
from geo.places.rows import StoreRow

CHUNK = 64 * 1024  # bytes
OUTLINES = ("Polygon", "MultiPolygon")
OSM_TYPES = ("node", "way", "relation")


class Counted:
    """A file that knows how far it was read, and skips a byte order mark. Half of a sign in it is read as NUL."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.position, self.bytes = file, 0, JsonBytes()
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        while data := self.file.read(size):
            self.position = self.file.tell()
            if ready := self.bytes.feed(data):
                return ready
        return self.bytes.rest()


def read_geojson(path: Path) -> Iterator[StoreRow]:
    """One row for each feature of a FeatureCollection. Raises `TableBroken` at the first byte that is not JSON."""
    number, collection = 0, False
    with path.open("rb") as file:
        counted = Counted(file)
        try:
            # Plain events first: only they can tell "no features" from "not a collection of features".
            events = ijson.parse(counted, buf_size=CHUNK)
            for prefix, event, value in events:
                if prefix == "type" and value not in ("FeatureCollection", None):
                    raise TableBroken(f'{path.name} is a GeoJSON "{value}"; a FeatureCollection is needed.')
                if prefix == "features" and event == "start_array":
                    collection = True
                    for feature in _items(events):
                        number += 1
                        is_sound = not counted.bytes.strange or holds_only_storable(feature)
                        yield read_feature(feature, number) if is_sound else _unstorable(number)
        except ijson.JSONError as error:
            raise TableBroken(_where(path, number, counted.position, error)) from error
    if not collection:
        raise TableBroken(f'{path.name} has no list "features"; a GeoJSON FeatureCollection is needed.')


def _items(events: Iterator[tuple[str, str, Any]]) -> Iterator[Any]:
    """The elements of an array whose start was just read, built one at a time; stops at its end."""
    builder: Any = None
    depth = 0
    for _, event, value in events:
        if depth == 0 and event == "end_array":
            return
        if depth == 0:
            builder = ijson.ObjectBuilder()
        builder.event(event, value)
        depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
        if depth == 0:
            yield builder.value


def _where(path: Path, number: int, position: int, error: ijson.JSONError) -> str:
    """What is wrong and where: exactly when the file is small enough to be read again whole, else within a chunk."""
    if position <= 64 * CHUNK:
        try:
            json.loads(path.read_bytes())
        except json.JSONDecodeError as exact:
            return (
                f"{path.name} is not valid JSON after feature {number}: {exact.msg} at line {exact.lineno}, "
                f"column {exact.colno} (character {exact.pos}). Nothing was imported."
            )
        except UnicodeDecodeError as exact:
            return f"{path.name} is not UTF-8 at byte {exact.start}, after feature {number}. Nothing was imported."
    reason = " ".join(str(error).split("\n", 1)[0].split())
    start = max(0, position - CHUNK)
    return (
        f"{path.name} is not valid JSON after feature {number}, between bytes {start} and {position}: {reason}. "
        "Nothing was imported."
    )


def _unstorable(number: int) -> StoreRow:
    return StoreRow(number, refused=Found(RowFault.TEXT_UNSTORABLE, ""))


def read_feature(feature: Any, number: int) -> StoreRow:
    """A feature as a row. Tags may lie in `properties` or, as some converters write, in `properties.tags`."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        return StoreRow(number, refused=Found(StoreFinding.NOT_A_FEATURE, "geometry"))
    tags: dict[str, Any] = feature.get("properties") or {}
    nested = tags.get("tags")
    if isinstance(nested, dict):
        tags = tags | nested
    lon, lat, noticed, refused = _point(feature.get("geometry"))
    return StoreRow(
        number=number,
        reference=_reference(feature, tags),
        name=tags.get("name"),
        lon=lon,
        lat=lat,
        opening_hours=tags.get("opening_hours"),
        address=_address(tags),
        time_zone=tags.get("time_zone") or tags.get("timezone"),
        country=tags.get("addr:country") or tags.get("country"),
        substitutes=tuple((tag, tags.get(tag)) for tag in ("name:fr", "name:en", "brand", "operator")),
        noticed=noticed,
        refused=refused,
    )


def _reference(feature: dict[str, Any], tags: dict[str, Any]) -> object:
    """`node/123` of an OSM export, or the brand's own reference."""
    if tags.get("type") in OSM_TYPES and isinstance(tags.get("id"), int):
        return f"{tags['type']}/{tags['id']}"
    candidates = (tags.get("reference"), tags.get("@id"), feature.get("id"), tags.get("id"), tags.get("ref"))
    return next((candidate for candidate in candidates if candidate not in (None, "")), None)


def _address(tags: dict[str, Any]) -> str | None:
    def joined(*names: str) -> str:
        return " ".join(str(tags[name]) for name in names if tags.get(name))

    if tags.get("address"):
        return str(tags["address"])
    street = joined("addr:housenumber", "addr:street") if tags.get("addr:street") else ""
    town = joined("addr:postcode", "addr:city")
    # A postcode alone is no address that anybody could walk to.
    return ", ".join(part for part in (street, town) if part) if street or tags.get("addr:city") else None


Point = tuple[object, object, tuple[Found, ...], Found | None]


def _point(geometry: Any) -> Point:
    """The point of a geometry: its own, or one inside an outline."""
    if geometry is None:
        return None, None, (), None  # legal in GeoJSON; the checks refuse it for having no coordinates
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        lon, lat = coordinates[:2]
        text = isinstance(lon, str) or isinstance(lat, str)
        return lon, lat, (Found(StoreFinding.COORDINATES_AS_TEXT, "lat"),) if text else (), None
    if kind in OUTLINES:
        return _inside(kind, coordinates)
    why = kind if isinstance(kind, str) and kind != "Point" else "no coordinates"
    return None, None, (), Found(StoreFinding.SHAPE_UNUSABLE, "geometry", {"why": why})


def _inside(kind: str, coordinates: Any) -> Point:
    try:
        outline = shape({"type": kind, "coordinates": _floats(coordinates)})
        noticed: tuple[Found, ...] = ()
        if not outline.is_valid:
            noticed = (Found(StoreFinding.SHAPE_REPAIRED, "geometry", {"why": explain_validity(outline)}),)
            outline = _with_area(shapely.make_valid(outline))
        inside = outline.representative_point()
        lon, lat = inside.coords[0][:2]
        return lon, lat, noticed, None
    except (TypeError, ValueError, IndexError, OverflowError, RecursionError, GEOSException) as error:
        why = str(error).split("\n", 1)[0][:80] or type(error).__name__
        return None, None, (), Found(StoreFinding.SHAPE_UNUSABLE, "geometry", {"why": why})


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
