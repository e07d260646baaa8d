"""WKT (OGC 06-103r4) as the object that GeoJSON would have, so that both are read alike. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from geo.fences.findings import ShapeFinding
from geo.fences.rings import ShapeUnreadable

LONGEST_WKT = 120_000
"""Characters: so many positions with all their decimals."""
WKT_HEAD = re.compile(
    r"\s*(?:SRID\s*=\s*(?P<srid>\d{1,9})\s*;)?\s*(?P<kind>[A-Z]+?)\s*(?:ZM|Z|M)?\s*(?=\(|EMPTY)", re.I
)
WKT_PART = re.compile(r"\s*([(),]|EMPTY|[^\s(),]+)", re.I)
WKT_KINDS = {"POLYGON": "Polygon", "MULTIPOLYGON": "MultiPolygon"}


def parse_wkt(text: str) -> Any:
    """The polygons of a WKT text as the object that GeoJSON would have, so that both have the same faults."""
    head = WKT_HEAD.match(text)
    if head is None or len(text) > LONGEST_WKT:
        raise ShapeUnreadable(ShapeFinding.NOT_WKT, character=0)
    if head["srid"] not in (None, "4326"):
        raise ShapeUnreadable(ShapeFinding.OTHER_CRS, crs=f"SRID {head['srid']}")
    kind = WKT_KINDS.get(head["kind"].upper())
    if kind is None:
        raise ShapeUnreadable(ShapeFinding.NOT_AN_AREA, kind=head["kind"].upper()[:40])
    parts = list(_wkt_parts(text, head.end()))
    if parts and parts[0][0].upper() == "EMPTY":
        raise ShapeUnreadable(ShapeFinding.SHAPE_MISSING)
    coordinates, end = _wkt_list(parts, 0, 2 if kind == "Polygon" else 3, text)
    if end != len(parts):
        raise ShapeUnreadable(ShapeFinding.NOT_WKT, character=parts[end][1])
    return {"type": kind, "coordinates": coordinates}


def _wkt_parts(text: str, start: int) -> Iterator[tuple[str, int]]:
    for part in WKT_PART.finditer(text, start):
        yield part[1], part.start(1)


def _wkt_list(parts: list[tuple[str, int]], at: int, depth: int, text: str) -> tuple[list[Any], int]:
    """What stands in brackets from here, so many levels deep, and where it ends."""
    _require_part(parts, at, "(", text)
    found: list[Any] = []
    while True:
        at += 1
        if depth > 1:
            item, at = _wkt_list(parts, at, depth - 1, text)
        else:
            item, at = _wkt_position(parts, at)
        found.append(item)
        if at < len(parts) and parts[at][0] == ")":
            return found, at + 1
        _require_part(parts, at, ",", text)


def _wkt_position(parts: list[tuple[str, int]], at: int) -> tuple[list[float], int]:
    numbers: list[float] = []
    while at < len(parts) and parts[at][0] not in "(),":
        try:
            numbers.append(float(parts[at][0]))
        except ValueError:
            raise ShapeUnreadable(ShapeFinding.NOT_WKT, character=parts[at][1]) from None
        at += 1
    return numbers, at


def _require_part(parts: list[tuple[str, int]], at: int, wanted: str, text: str) -> None:
    if at >= len(parts) or parts[at][0] != wanted:
        raise ShapeUnreadable(ShapeFinding.NOT_WKT, character=parts[at][1] if at < len(parts) else len(text))
