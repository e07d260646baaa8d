"""In which country and on which clock a point lies, without asking anybody: shapes of the time zones ride along.

Positions stay in the process. A time zone belongs to the country that the IANA table `zone.tab` gives it.
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import tzfpy

BORDER_M = 100
"""The shapes are simplified; so near a border, either side is believed."""

METRES_PER_DEGREE = 111_195.0
EARTH_RADIUS_M = 6_371_008.8
SEMI_MAJOR_M = 6_378_137.0
HALF_EQUATOR_M = 20_037_509.0
LARGEST_DEGREES = 1000.0
"""Nobody means degrees with numbers beyond; a forgotten decimal point gives more still, and is no metre either."""
ECCENTRICITY = 0.0818191910428158  # of GRS 80


@dataclass(frozen=True)
class Whereabouts:
    """`country` is ISO 3166-1 alpha-2, `time_zone` is IANA."""

    country: str
    time_zone: str


def locate_point(lon: float, lat: float, *, countries: Collection[str], named: str = "") -> Whereabouts | None:
    """Where a point lies; None at sea. Beside a border of one of `countries`, that country wins; before them the
    country that somebody `named`, if it is one of those beside the point."""
    here = _at(lon, lat)
    if here is not None and here.country == (named or here.country) and (named or here.country in countries):
        return here  # nearly always, and one look instead of nine
    beside = [place for place in (_at(*point) for point in _ring(lon, lat, BORDER_M)) if place is not None]
    wanted = (place for place in (here, *beside) if place is not None and place.country == named)
    known = (place for place in (here, *beside) if place is not None and place.country in countries)
    return next(wanted, None) or next(known, here)


def zones_near(lon: float, lat: float) -> set[str]:
    """The time zones of a point and of its surroundings, for those who live beside a border."""
    return {zone for point in ((lon, lat), *_ring(lon, lat, BORDER_M)) for zone in tzfpy.get_tzs(*point)}


@lru_cache(maxsize=4096)
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


def are_metres(lon: float, lat: float) -> bool:
    """Whether two numbers are no degrees, but the metres of a map."""
    return max(abs(lon), abs(lat)) > LARGEST_DEGREES and max(abs(lon), abs(lat)) < HALF_EQUATOR_M


def degrees_of(x: float, y: float) -> Iterator[tuple[tuple[float, float], dict[str, Any]]]:
    """What metres would be in degrees, for each projection that is known, with the facts for a sentence."""
    for projection, degrees in (("Lambert 93", degrees_of_lambert_93), ("Web Mercator", degrees_of_mercator)):
        lon, lat = (round(degree, 7) for degree in degrees(x, y))
        yield (lon, lat), {"projection": projection, "lat": lat, "lon": lon}


def degrees_of_lambert_93(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point in Lambert 93 (EPSG:2154), right to a millimetre; its zero is Greenwich.

    A conformal cone through the parallels 44 and 49 (IGN, Algorithmes NTG 71; EPSG guidance note 7-2, method 9802) on
    the ellipsoid GRS 80, which differs from that of WGS 84 by a tenth of a millimetre.
    """
    first, second = math.radians(44), math.radians(49)
    n = math.log(_width(first) / _width(second)) / (_isometric(second) - _isometric(first))
    cone = _width(first) * math.exp(n * _isometric(first)) / n
    north = cone * math.exp(-n * _isometric(math.radians(46.5)))
    right, down = x - 700_000, north - (y - 6_600_000)
    isometric = math.log(cone / max(math.hypot(right, down), 1e-9)) / n
    return 3 + math.degrees(math.atan2(right, down) / n), math.degrees(_latitude(isometric))


def degrees_of_mercator(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point of web maps (EPSG:3857), which are drawn on a sphere."""
    return math.degrees(x / SEMI_MAJOR_M), math.degrees(math.atan(math.sinh(y / SEMI_MAJOR_M)))


def _width(latitude: float) -> float:
    """How far a parallel lies from the axis, in metres."""
    return SEMI_MAJOR_M * math.cos(latitude) / math.sqrt(1 - (ECCENTRICITY * math.sin(latitude)) ** 2)


def _isometric(latitude: float) -> float:
    sine = math.sin(latitude)
    return math.atanh(sine) - ECCENTRICITY * math.atanh(ECCENTRICITY * sine)


def _latitude(isometric: float) -> float:
    latitude = math.asin(math.tanh(isometric))
    for _ in range(8):  # each step wins two digits
        latitude = math.asin(math.tanh(isometric + ECCENTRICITY * math.atanh(ECCENTRICITY * math.sin(latitude))))
    return latitude


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
