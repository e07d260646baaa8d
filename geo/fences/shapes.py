"""Shapes on the ground: circles by their centre and metres, outlines by rings of degrees; and how they are written.

A shape across the 180th meridian goes on past 180 degrees here, so that it stays in one piece; it is parted when it is
written. The sides of an outline are straight in degrees. Pure.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import shapely
from shapely import MultiPolygon, Polygon, affinity
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from geo.fences import spheroid
from geo.fences.spheroid import Box
from geo.places.models import one_meridian

LEAST_RADIUS_M, MOST_RADIUS_M = 10, 50_000
"""Of circles. A smaller one is below what any phone tells apart."""
FURTHEST_M = 100_000
"""How far an outline may reach from its centre."""
DECIMALS = 7
"""A centimetre; more are noise (RFC 7946, section 11.2)."""
CORNERS = 36
"""Of a circle where it is written as an outline: its sides run up to 0.4 % of the radius inside it."""
FAR_EAST = 190.0
"""A circle so near a pole that its box would go on further has one as wide as the Earth; no outline goes further."""
SLENDEREST = 0.01
"""So close to a pole, a degree of longitude is not taken for shorter."""


@dataclass(frozen=True)
class FenceShape:
    """A shape that holds. `lon`, `lat` and `radius_m` are the circle, or one that holds all of the outline. `area` is
    the outline; for a circle, one of so many corners on it."""

    is_circle: bool
    lon: float
    lat: float
    radius_m: float
    area: BaseGeometry
    box: Box


def make_circle(lon: float, lat: float, radius_m: float) -> FenceShape:
    """A circle on the spheroid. What holds a pole is written as everything beyond a parallel."""
    lon, lat = one_meridian(_degree(lon)), _degree(lat)
    box = spheroid.box_around(lon, lat, radius_m)
    return FenceShape(True, lon, lat, radius_m, _corners(lon, lat, radius_m, box), wide_box(box))


def make_outline(area: BaseGeometry) -> FenceShape:
    """An outline of valid rings, in whatever turn of the Earth they are."""
    west = float(area.bounds[0])
    turns = math.floor((west + 180) / 360)
    area = _turned(affinity.translate(area, -360.0 * turns) if turns else area)
    box = wide_box(Box(*map(float, area.bounds)))
    lon, lat, radius_m = _circle_around(area)
    return FenceShape(False, lon, lat, radius_m, area, box)


def wide_box(box: Box) -> Box:
    """A box that goes further past the 180th meridian than any outline is as wide as the Earth."""
    return Box(-180.0, box.south, 180.0, box.north) if box.east > FAR_EAST else box


def subtract_areas(shape: FenceShape, others: Sequence[BaseGeometry]) -> FenceShape | None:
    """The shape less others, as an outline; the shape itself if none of them meets it, None if nothing is left.

    Computed in degrees, where all sides are straight; a circle is taken by its corners, which lie on the spheroid.
    """
    around = [affinity.translate(other, turn) for other in others for turn in (-360.0, 0.0, 360.0)]
    met = [other for other in around if other.intersects(shape.area)]
    if not met:
        return shape
    left = shapely.set_precision(shape.area.difference(shapely.union_all(met)), 10**-DECIMALS)
    parts = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon" and part.area > 0]
    return make_outline(MultiPolygon(parts) if len(parts) > 1 else parts[0]) if parts else None


def join_parts(area: BaseGeometry) -> BaseGeometry:
    """The parts on both sides of the 180th meridian, as RFC 7946 writes them, in one piece again."""
    parts = list(shapely.get_parts(area))
    west, _, east, _ = area.bounds
    if len(parts) < 2 or east - west <= 180:
        return area
    return shapely.union_all([affinity.translate(part, 360.0) if part.bounds[0] < 0 else part for part in parts])


def write_geojson(shape: FenceShape) -> str:
    """The geometry as RFC 7946 has it: outer rings counter-clockwise, seven decimals, parted at the 180th meridian,
    with a `bbox` whose west exceeds its east there."""
    polygons = [[_positions(ring) for ring in (one.exterior, *one.interiors)] for one in split_area(shape.area)]
    west, south, east, north = shape.area.bounds
    bbox = [_degree(west), _degree(south), _degree(east - 360 if east > 180 else east), _degree(north)]
    kind, coordinates = ("MultiPolygon", polygons) if len(polygons) > 1 else ("Polygon", polygons[0])
    return orjson.dumps({"type": kind, "bbox": bbox, "coordinates": coordinates}).decode()


def write_feature(geojson: str, *, id: str, properties: dict[str, Any]) -> bytes:
    """A written geometry as a GeoJSON feature with its bbox."""
    geometry = orjson.loads(geojson)
    bbox = geometry.pop("bbox")
    return orjson.dumps({"type": "Feature", "id": id, "bbox": bbox, "geometry": geometry, "properties": properties})


def write_wkt(geojson: str) -> str:
    """A written geometry as WKT (OGC 06-103r4), with the positions of the GeoJSON."""
    geometry = orjson.loads(geojson)
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        return f"POLYGON {_rings_text(coordinates)}"
    return f"MULTIPOLYGON ({', '.join(map(_rings_text, coordinates))})"


def split_area(area: BaseGeometry) -> list[Polygon]:
    """The polygons of an area between -180 and 180 degrees, with their outer rings counter-clockwise."""
    pieces = [area]
    if area.bounds[2] > 180:
        here, beyond = shapely.box(-180, -90, 180, 90), shapely.box(180, -90, 540, 90)
        pieces = [area.intersection(here), affinity.translate(area.intersection(beyond), -360.0)]
    return [
        orient(part)
        for piece in pieces
        for part in shapely.get_parts(piece)
        if part.geom_type == "Polygon" and part.area > 0
    ]


def flatten_area(area: BaseGeometry) -> BaseGeometry:
    """An area in metres around its middle, for areas and widths: right to some percent for what is small."""
    west, south, east, north = area.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    up, right = spheroid.M_PER_LON, spheroid.M_PER_LON * _slender(lat)
    return affinity.scale(affinity.translate(area, -lon, -lat), right, up, origin=(0, 0))


def measure_outside(area: BaseGeometry, lon: float, lat: float) -> float:
    """How far a point is outside an area, in metres; right to some percent for what is near."""
    turned = lon + 360 * round((area.centroid.x - lon) / 360)
    slender = _slender(lat)
    plane = affinity.scale(area, slender, 1, origin=(0, 0))
    _, near = shapely.shortest_line(shapely.Point(turned * slender, lat), plane).coords
    return spheroid.metres_between(lon, lat, near[0] / slender, near[1])


def _corners(lon: float, lat: float, radius_m: float, box: Box) -> BaseGeometry:
    if box.east - box.west >= 360:
        return shapely.box(*box)
    points = [
        spheroid.point_at_distance(lon, lat, azimuth=360 - 360 / CORNERS * corner, metres=radius_m)
        for corner in range(CORNERS)
    ]
    area = Polygon([(round(x, DECIMALS), round(y, DECIMALS)) for x, y in points])
    return affinity.translate(area, 360.0) if area.bounds[0] < -180 else area


def _circle_around(area: BaseGeometry) -> tuple[float, float, float]:
    """A circle that holds an area: the smallest in a plane, its metres those of the furthest corner on the spheroid."""
    slender = _slender((area.bounds[1] + area.bounds[3]) / 2)
    circle = shapely.minimum_bounding_circle(affinity.scale(area, slender, 1, origin=(0, 0)))
    middle = circle.centroid
    lon, lat = middle.x / slender, max(-90.0, min(90.0, middle.y))
    corners = shapely.get_coordinates(shapely.convex_hull(area))
    furthest_m = max(spheroid.metres_between(lon, lat, float(x), float(y)) for x, y in corners)
    return one_meridian(_degree((lon + 180) % 360 - 180)), _degree(lat), round(furthest_m + 0.05, 1)


def _slender(lat: float) -> float:
    return max(SLENDEREST, math.cos(math.radians(lat)))


def _turned(area: BaseGeometry) -> BaseGeometry:
    parts = [orient(part) for part in shapely.get_parts(area)]
    return MultiPolygon(parts) if len(parts) > 1 else parts[0]


def _positions(ring: Any) -> list[list[float]]:
    return [[_degree(x), _degree(y)] for x, y in ring.coords]


def _rings_text(rings: Sequence[Sequence[Sequence[float]]]) -> str:
    return f"({', '.join(_ring_text(ring) for ring in rings)})"


def _ring_text(ring: Sequence[Sequence[float]]) -> str:
    return f"({', '.join(f'{_plain(x)} {_plain(y)}' for x, y in ring)})"


def _degree(value: float) -> float:
    """Seven decimals, and no negative zero."""
    return round(value, DECIMALS) + 0.0


def _plain(value: float) -> str:
    """A number without an exponent and without zeros that say nothing."""
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def turns_of(box: Box) -> Iterator[Box]:
    """A box in every turn of the Earth in which stored boxes may lie: one across the 180th meridian is in two."""
    yield box
    if box.east > 180:
        yield box._replace(west=box.west - 360, east=box.east - 360)
    if box.west < FAR_EAST - 360:
        yield box._replace(west=box.west + 360, east=box.east + 360)


def read_area(geojson: str) -> BaseGeometry:
    """The area of a geometry that was written here, in one piece again."""
    return join_parts(shapely.from_geojson(geojson))
