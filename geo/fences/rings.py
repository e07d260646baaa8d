"""Rings of positions: read, closed, in one piece across the 180th meridian, and valid; each fault where it is. Pure."""

import math
import re
from collections.abc import Sequence
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.validation import explain_validity

from app.ops.imports.outcomes import Found
from geo.fences import shapes
from geo.fences.findings import ShapeFinding
from geo.places.whereabouts import are_metres

CLOSE = 1e-6
"""Degrees by which the ends of a ring may differ and still be one: a decimetre, lost in rounding."""
INVALID = re.compile(r"(?P<what>[^\[]+)\[(?P<lon>\S+) (?P<lat>[^\]\s]+)")
FAULTS = {
    "Hole lies outside shell": ShapeFinding.HOLE_OUTSIDE,
    "Holes are nested": ShapeFinding.PARTS_NESTED,
    "Nested shells": ShapeFinding.PARTS_NESTED,
    "Interior is disconnected": ShapeFinding.FALLS_APART,
    "Duplicate Rings": ShapeFinding.PARTS_NESTED,
    "Too few points in geometry component": ShapeFinding.RING_FLAT,
}
"""How GEOS calls what is wrong with rings; anything else of its list is a crossing."""
Ring = list[tuple[float, float]]


class ShapeUnreadable(Exception):
    """Ends the reading."""

    def __init__(self, finding: ShapeFinding, about: str = "", **facts: Any) -> None:
        super().__init__(finding)
        self.found = Found(finding, about, facts)


def read_ring(given: Sequence[Any], about: str) -> tuple[Ring, int]:
    """A closed ring with seven decimals, and how many positions were there again right after themselves."""
    positions = [read_position(position, f"{about}/{place}") for place, position in enumerate(given)]
    if len(positions) < 4:
        raise ShapeUnreadable(ShapeFinding.RING_SHORT, about, count=len(positions))
    first, last = positions[0], positions[-1]
    if max(abs(first[0] - last[0]), abs(first[1] - last[1])) > CLOSE and not _same_meridian(first, last):
        raise ShapeUnreadable(ShapeFinding.RING_OPEN, about, first=_spelled(first), last=_spelled(last))
    ring = [one for place, one in enumerate(positions[:-1]) if place == 0 or one != positions[place - 1]]
    repeated = len(positions) - 1 - len(ring)
    if len(set(ring)) < 3:
        raise ShapeUnreadable(ShapeFinding.RING_FLAT, about)
    return [*ring, ring[0]], repeated


def read_position(given: Any, about: str) -> tuple[float, float]:
    """Two numbers with seven decimals; whether they are a place on Earth is not judged yet."""
    numbers = given[:2] if isinstance(given, list) else []
    if len(numbers) < 2 or not all(_is_number(number) for number in numbers):
        raise ShapeUnreadable(ShapeFinding.POSITION_UNREADABLE, about, given=str(given)[:40])
    return round(float(numbers[0]), shapes.DECIMALS) + 0.0, round(float(numbers[1]), shapes.DECIMALS) + 0.0


def _is_number(value: Any) -> bool:
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return is_plain and abs(value) < 1e12 and math.isfinite(value)


def _same_meridian(first: tuple[float, float], last: tuple[float, float]) -> bool:
    return first[1] == last[1] and abs(abs(first[0] - last[0]) - 360) <= CLOSE


def _spelled(position: tuple[float, float]) -> str:
    return f"{position[0]:.10g} {position[1]:.10g}"


def require_earth(lon: float, lat: float) -> None:
    """Raise unless there is such a place; some programs count on past 180 degrees instead of turning."""
    if abs(lat) <= 90 and abs(lon) <= 360:
        return
    finding = ShapeFinding.POSITION_IN_METRES if are_metres(lon, lat) else ShapeFinding.POSITION_OFF_EARTH
    raise ShapeUnreadable(finding, lon=f"{lon:.10g}", lat=f"{lat:.10g}")


def build_polygon(rings: list[Ring], noticed: list[Found]) -> Polygon:
    """A polygon of an outer ring and its holes, in one piece; whether it is valid is not judged yet."""
    unrolled = [_unrolled(ring) for ring in rings]
    # A hole may have been unrolled into another turn than its outline.
    middle = sum(lon for lon, _ in unrolled[0]) / len(unrolled[0])
    shell, *holes = [_near(ring, middle) for ring in unrolled]
    is_turned = not shapely.is_ccw(shapely.LinearRing(shell)) or any(
        shapely.is_ccw(shapely.LinearRing(hole)) for hole in holes
    )
    if is_turned and not any(found.finding is ShapeFinding.RING_TURNED for found in noticed):
        noticed.append(Found(ShapeFinding.RING_TURNED, ""))
    return Polygon(shell, holes)


def _unrolled(ring: Ring) -> Ring:
    """A ring without jumps: a side of more than half the Earth is meant the other way, across the 180th meridian."""
    turned = [ring[0]]
    for lon, lat in ring[1:]:
        before = turned[-1][0]
        turned.append((lon - 360 * round((lon - before) / 360) if abs(lon - before) > 180 else lon, lat))
    if abs(turned[-1][0] - turned[0][0]) > CLOSE:
        raise ShapeUnreadable(ShapeFinding.AROUND_A_POLE)
    return turned


def _near(ring: Ring, middle: float) -> Ring:
    turn = 360 * round((middle - ring[0][0]) / 360)
    return [(lon + turn, lat) for lon, lat in ring]


def require_valid(area: Polygon | MultiPolygon) -> None:
    """Raise unless the rings hold an area and keep apart; what is wrong is named with its place."""
    if shapely.convex_hull(area).area == 0:
        raise ShapeUnreadable(ShapeFinding.RING_FLAT)
    if area.is_valid:
        return
    told = INVALID.match(explain_validity(area))
    finding = FAULTS.get(told["what"].strip(), ShapeFinding.CROSSES_ITSELF) if told else ShapeFinding.RING_FLAT
    if told is None or finding is ShapeFinding.RING_FLAT:
        raise ShapeUnreadable(ShapeFinding.RING_FLAT)
    raise ShapeUnreadable(finding, lon=round(float(told["lon"]), 6), lat=round(float(told["lat"]), 6))
