"""Fences out of a GeoJSON file: a geometry, a feature, or a collection of them; a point is a circle around it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from geo.fences.drafts import ShapeGiven
from geo.recordings.errors import RecordingBroken
from geo.recordings.tracks import read_bytes
from offers.replay_lab.errors import FILE_UNREADABLE, ReplayImpossible

RADIUS_M = 150.0
"""Of a point that names no radius: the smallest that a phone in a pocket reports reliably."""
MOST_FENCES = 200
LONGEST_NAME = 60


class FenceDrawn(NamedTuple):
    """A fence that stands in a file only."""

    name: str
    given: ShapeGiven


def read_fence_file(path: Path) -> list[FenceDrawn]:
    """The fences of a file. Raises `ReplayImpossible`; whether a shape holds is judged when it is drawn."""
    try:
        value = json.loads(read_bytes(path))
    except (ValueError, RecursionError, RecordingBroken):
        raise ReplayImpossible(FILE_UNREADABLE, file=path.name) from None
    found = [_drawn(one, path.stem, number) for number, one in enumerate(_features(value), 1)]
    if not found:
        raise ReplayImpossible(FILE_UNREADABLE, file=path.name)
    return found[:MOST_FENCES]


def _features(value: Any) -> Iterator[Mapping[str, Any]]:
    """Each feature; a geometry by itself is one without properties."""
    if not isinstance(value, dict):
        return
    if value.get("type") == "FeatureCollection":
        for one in value.get("features") or ():
            yield from _features(one)
    elif value.get("type") == "Feature":
        yield value
    elif "coordinates" in value:
        yield {"type": "Feature", "geometry": value, "properties": {}}


def _drawn(feature: Mapping[str, Any], stem: str, number: int) -> FenceDrawn:
    said = feature.get("properties") or {}
    geometry = feature.get("geometry") or {}
    name = str(said.get("name") or said.get("code") or feature.get("id") or f"{stem}-{number}")[:LONGEST_NAME]
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        circle = _circle(geometry.get("coordinates"), said.get("radius_m", said.get("radius")))
        if circle is not None:
            return FenceDrawn(name, ShapeGiven(circle=circle))
    return FenceDrawn(name, ShapeGiven(geojson=geometry if isinstance(geometry, dict) else {}))


def _circle(place: Any, radius: Any) -> tuple[float, float, float] | None:
    try:
        lon, lat, *_ = map(float, place)
        return lon, lat, RADIUS_M if radius is None else float(radius)
    except (TypeError, ValueError):
        return None
