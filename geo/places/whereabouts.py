"""In which country and on which clock a point lies, without asking anybody: shapes of the time zones ride along.

Positions stay in the process. A time zone belongs to the country that the IANA table `zone.tab` gives it.
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

import tzfpy

BORDER_M = 100
"""The shapes are simplified; so near a border, either side is believed."""

METRES_PER_DEGREE = 111_195.0
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class Whereabouts:
    """`country` is ISO 3166-1 alpha-2, `time_zone` is IANA."""

    country: str
    time_zone: str


def locate_point(lon: float, lat: float, *, countries: Collection[str]) -> Whereabouts | None:
    """Where a point lies; None at sea. Beside a border of one of `countries`, that country wins."""
    here = _at(lon, lat)
    if here is not None and here.country in countries:
        return here
    beside = (_at(*point) for point in _ring(lon, lat, BORDER_M))
    return next((place for place in beside if place is not None and place.country in countries), here)


def zones_near(lon: float, lat: float) -> set[str]:
    """The time zones of a point and of its surroundings, for those who live beside a border."""
    return {zone for point in ((lon, lat), *_ring(lon, lat, BORDER_M)) for zone in tzfpy.get_tzs(*point)}


def same_clock(one: str, other: str) -> bool:
    """Whether two time zones show the same time in winter and in summer."""
    days = (datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12))  # noqa: DTZ001  # a wall clock has no zone yet
    return all(ZoneInfo(one).utcoffset(day) == ZoneInfo(other).utcoffset(day) for day in days)


@cache
def known_time_zones() -> frozenset[str]:
    """Every IANA name that can be computed with."""
    return frozenset(available_timezones())


@cache
def country_of_zone() -> dict[str, str]:
    """Time zone → country, from the table that the time zone database brings with it."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """The distance on a sphere: 0.3 % off at most, which is enough to tell neighbours from strangers."""
    dlat, dlon = math.radians(other_lat - lat), math.radians(other_lon - lon)
    a = math.sin(dlat / 2) ** 2
    a += math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, a)))


def _at(lon: float, lat: float) -> Whereabouts | None:
    zone = tzfpy.get_tz(lon, lat)
    country = country_of_zone().get(zone)
    return Whereabouts(country, zone) if country is not None else None


def _ring(lon: float, lat: float, radius_m: float) -> Iterator[tuple[float, float]]:
    """Eight points around a point."""
    up = radius_m / METRES_PER_DEGREE
    right = up / max(0.01, math.cos(math.radians(lat)))
    for eighth in range(8):
        angle = eighth * math.pi / 4
        yield lon + right * math.cos(angle), lat + up * math.sin(angle)
