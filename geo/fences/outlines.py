"""Outlines as people and programs write them: GeoJSON (RFC 7946) and WKT, read with every fault named where it is.

What is harmless is made good and said; what may mean two things is refused in words. Pure.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shapely import MultiPolygon

from app.ops.imports.outcomes import Found
from geo.fences import rings, shapes, wkt
from geo.fences.findings import ShapeFinding
from geo.fences.rings import Ring, ShapeUnreadable
from geo.fences.shapes import FenceShape
from geo.places.whereabouts import locate_point

MOST_POSITIONS = 2_000
WGS_84 = re.compile(r"(urn:ogc:def:crs:)?(OGC:(1\.3|1\.3\.1|2)?:?CRS84|EPSG:[0-9.]*:?4326)", re.I)


@dataclass(frozen=True)
class DrawnShape:
    """What a text or an object draws: the shape with what was made good, or why there is none. `asked` holds what was
    made good too, but may be wrong: a person who is typing is asked."""

    shape: FenceShape | None = None
    noticed: tuple[Found, ...] = ()
    asked: tuple[Found, ...] = ()
    refused: Found | None = None


def read_geojson(value: Any, *, countries: Collection[str] = ()) -> DrawnShape:
    """The area of a GeoJSON geometry, or of the one feature around it, of a brand with stores in `countries`."""
    return _draw(lambda found: _geometry(*_unwrapped(value, found), found), countries)


def read_wkt(text: str, *, countries: Collection[str] = ()) -> DrawnShape:
    """The area of a WKT text, also with an SRID before it as PostGIS writes it."""
    return _draw(lambda found: _geometry(wkt.parse_wkt(text), "", found), countries)


def read_circle(lon: float, lat: float, radius_m: float, *, countries: Collection[str] = ()) -> DrawnShape:
    """A circle around a position, which may be swapped, or unknown, as those of an outline."""

    def circle(asked: list[Found]) -> FenceShape:
        if lon == 0 and lat == 0:
            raise ShapeUnreadable(ShapeFinding.POSITION_ZERO)
        place = _swapped(lon, lat, countries, asked) or (lon, lat)
        rings.require_earth(*place)
        return shapes.make_circle(*place, radius_m)

    return _concluded(lambda noticed, asked: circle(asked), countries)


def read_point(geometry: Mapping[str, Any], radius_m: float, *, countries: Collection[str] = ()) -> DrawnShape:
    """A circle around a GeoJSON point."""
    try:
        place = rings.read_position(geometry.get("coordinates"), "/coordinates")
        if "crs" in geometry:
            _judge_crs(geometry["crs"], [], "")
    except ShapeUnreadable as refused:
        return DrawnShape(refused=refused.found)
    return read_circle(*place, radius_m, countries=countries)


def _draw(read: Callable[[list[Found]], list[list[Ring]]], countries: Collection[str]) -> DrawnShape:
    def outline(noticed: list[Found], asked: list[Found]) -> FenceShape:
        return _outline(read(noticed), noticed, asked, countries)

    return _concluded(outline, countries)


def _concluded(make: Callable[[list[Found], list[Found]], FenceShape], countries: Collection[str]) -> DrawnShape:
    noticed: list[Found] = []
    asked: list[Found] = []
    try:
        shape = make(noticed, asked)
    except ShapeUnreadable as refused:
        return DrawnShape(refused=refused.found)
    if shape.box.east > 180:
        noticed.append(Found(ShapeFinding.OVER_THE_180TH, ""))
    if countries and not _is_in(shape.lon, shape.lat, countries):
        noticed.append(Found(ShapeFinding.OUTSIDE_COUNTRIES, "", {"countries": sorted(countries)}))
    return DrawnShape(shape, tuple(noticed), tuple(asked))


def _outline(
    polygons: list[list[Ring]], noticed: list[Found], asked: list[Found], countries: Collection[str]
) -> FenceShape:
    if any(position == (0, 0) for polygon in polygons for ring in polygon for position in ring):
        raise ShapeUnreadable(ShapeFinding.POSITION_ZERO)
    first = polygons[0][0]
    middle = (sum(lon for lon, _ in first) / len(first), sum(lat for _, lat in first) / len(first))
    if _swapped(*middle, countries, asked):
        polygons = [[[(lat, lon) for lon, lat in ring] for ring in polygon] for polygon in polygons]
    for lon, lat in (position for polygon in polygons for ring in polygon for position in ring):
        rings.require_earth(lon, lat)
    parts = [rings.build_polygon(polygon, noticed) for polygon in polygons]
    area = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    rings.require_valid(area)
    shape = shapes.make_outline(shapes.join_parts(area))
    if shape.area.bounds[2] > shapes.FAR_EAST:
        raise ShapeUnreadable(ShapeFinding.AROUND_A_POLE)
    if shape.radius_m > shapes.FURTHEST_M:
        radius_km = round(shape.radius_m / 1000)
        raise ShapeUnreadable(ShapeFinding.SHAPE_LARGE, radius_km=radius_km, most_km=shapes.FURTHEST_M // 1000)
    return shape


def _unwrapped(value: Any, noticed: list[Found]) -> tuple[Any, str]:
    """The geometry of a feature, or of a collection of one, and where it is in it."""
    about = ""
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        if "crs" in value:
            _judge_crs(value["crs"], noticed, "")
        features = value.get("features")
        if not isinstance(features, list) or len(features) != 1:
            count = len(features) if isinstance(features, list) else 0
            raise ShapeUnreadable(ShapeFinding.SEVERAL_FEATURES, count=count)
        value, about = features[0], "/features/0"
    if isinstance(value, dict) and value.get("type") == "Feature":
        if "crs" in value:
            _judge_crs(value["crs"], noticed, about)
        value, about = value.get("geometry"), f"{about}/geometry"
    return value, about


def _geometry(value: Any, about: str, noticed: list[Found]) -> list[list[Ring]]:
    """The rings of a geometry's polygons as they are given, in numbers that are finite, closed, and without repeats."""
    if value is None:
        raise ShapeUnreadable(ShapeFinding.SHAPE_MISSING, about)
    if not isinstance(value, dict):
        raise ShapeUnreadable(ShapeFinding.NOT_GEOJSON, about)
    if "crs" in value:
        _judge_crs(value["crs"], noticed, about)
    kind = value.get("type")
    if not isinstance(kind, str) or ("coordinates" not in value and kind != "GeometryCollection"):
        raise ShapeUnreadable(ShapeFinding.NOT_GEOJSON, about)
    if kind not in ("Polygon", "MultiPolygon"):
        raise ShapeUnreadable(ShapeFinding.NOT_AN_AREA, f"{about}/type", kind=kind[:40])
    return _polygons(value["coordinates"], kind, noticed, f"{about}/coordinates")


def _judge_crs(crs: Any, noticed: list[Found], about: str) -> None:
    """RFC 7946 took `crs` out of GeoJSON; what was there before is still exported."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if crs is not None and not (isinstance(name, str) and WGS_84.fullmatch(name)):
        raise ShapeUnreadable(ShapeFinding.OTHER_CRS, f"{about}/crs", crs=str(name or crs)[:80])
    noticed.append(Found(ShapeFinding.CRS_DROPPED, f"{about}/crs"))


def _polygons(coordinates: Any, kind: str, noticed: list[Found], about: str) -> list[list[Ring]]:
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if polygons in ([], [[]]):
        raise ShapeUnreadable(ShapeFinding.SHAPE_MISSING, about)
    if not isinstance(polygons, list) or not all(_is_list_of_lists(one) for one in polygons):
        raise ShapeUnreadable(ShapeFinding.NOT_GEOJSON, about)
    count = sum(len(ring) for polygon in polygons for ring in polygon)
    if count > MOST_POSITIONS:
        raise ShapeUnreadable(ShapeFinding.POSITIONS_MANY, about, count=count, most=MOST_POSITIONS)
    extra = sum(
        isinstance(position, list) and len(position) > 2
        for polygon in polygons
        for ring in polygon
        for position in ring
    )
    if extra:
        noticed.append(Found(ShapeFinding.NUMBERS_DROPPED, about, {"count": extra}))
    read: list[list[Ring]] = []
    repeated = 0
    for at, polygon in enumerate(polygons):
        inside = about if kind == "Polygon" else f"{about}/{at}"
        found = [rings.read_ring(ring, f"{inside}/{number}") for number, ring in enumerate(polygon)]
        read.append([ring for ring, _ in found])
        repeated += sum(count for _, count in found)
    if repeated:
        noticed.append(Found(ShapeFinding.POSITIONS_REPEATED, about, {"count": repeated}))
    return read


def _is_list_of_lists(polygon: Any) -> bool:
    return isinstance(polygon, list) and bool(polygon) and all(isinstance(ring, list) for ring in polygon)


def _swapped(lon: float, lat: float, countries: Collection[str], asked: list[Found]) -> tuple[float, float] | None:
    """The position the other way round, if only so it is in one of these countries."""
    if not countries or _is_in(lon, lat, countries) or not _is_in(lat, lon, countries):
        return None
    asked.append(Found(ShapeFinding.POSITIONS_SWAPPED, "", {"lon": round(lat, 5), "lat": round(lon, 5)}))
    return lat, lon


def _is_in(lon: float, lat: float, countries: Collection[str]) -> bool:
    if abs(lat) > 90 or abs(lon) > 360:
        return False
    there = locate_point((lon + 180) % 360 - 180, lat, countries=countries)
    return there is not None and there.country in countries
