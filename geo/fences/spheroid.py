"""Metres on the WGS 84 spheroid, without asking the database: T. Vincenty, "Direct and Inverse Solutions of Geodesics
on the Ellipsoid with Application of Nested Equations", Survey Review XXIII 176 (1975), right to a millimetre.

And boxes in degrees that hold a circle for certain. Longitudes may come out beyond 180 degrees.
"""

import math
from typing import NamedTuple

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
LEAST_M_PER_LAT = 110_574.0
"""Metres of a degree of latitude where they are fewest, at the equator."""
M_PER_LON = math.pi * SEMI_MAJOR_M / 180
"""Metres of a degree of longitude at the equator; elsewhere at least this by the cosine of the latitude."""
ROUNDS = 100
EXACT = 1e-12


class Box(NamedTuple):
    """Degrees. `west` is from -180 on; `east` is more than 180 for a box across the 180th meridian."""

    west: float
    south: float
    east: float
    north: float


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """The shortest way between two points on the spheroid, in metres; for two that face each other across the Earth,
    half its girth, as the method has no answer there."""
    apart = math.radians((other_lon - lon + 180) % 360 - 180)
    one, other = _reduced(lat), _reduced(other_lat)
    sine1, cosine1, sine2, cosine2 = math.sin(one), math.cos(one), math.sin(other), math.cos(other)
    along = apart
    for _ in range(ROUNDS):
        across, turn = math.sin(along), math.cos(along)
        sine = math.hypot(cosine2 * across, cosine1 * sine2 - sine1 * cosine2 * turn)
        if sine == 0:
            return 0.0 if sine1 * sine2 + cosine1 * cosine2 * turn > 0 else math.pi * SEMI_MINOR_M
        cosine = sine1 * sine2 + cosine1 * cosine2 * turn
        arc = math.atan2(sine, cosine)
        azimuth = cosine1 * cosine2 * across / sine
        squared = 1 - azimuth**2
        middle = cosine - 2 * sine1 * sine2 / squared if squared > EXACT else 0.0  # along the equator there is none
        share = FLATTENING / 16 * squared * (4 + FLATTENING * (4 - 3 * squared))
        before = along
        bent = arc + share * sine * (middle + share * cosine * (2 * middle**2 - 1))
        along = apart + (1 - share) * FLATTENING * azimuth * bent
        if abs(along - before) < EXACT:
            large, small = _series(squared)
            return SEMI_MINOR_M * large * (arc - _bend(small, sine, cosine, middle))
    return math.pi * SEMI_MINOR_M


def point_at_distance(lon: float, lat: float, *, azimuth: float, metres: float) -> tuple[float, float]:
    """Longitude and latitude of the point so far away in this direction, in degrees from the north by the east."""
    heading, reduced = math.radians(azimuth), _reduced(lat)
    sine1, cosine1 = math.sin(reduced), math.cos(reduced)
    start = math.atan2(math.tan(reduced), math.cos(heading))
    equatorial = cosine1 * math.sin(heading)
    squared = 1 - equatorial**2
    large, small = _series(squared)
    straight = metres / (SEMI_MINOR_M * large)
    arc = straight
    for _ in range(ROUNDS):
        middle, sine, cosine = math.cos(2 * start + arc), math.sin(arc), math.cos(arc)
        before, arc = arc, straight + _bend(small, sine, cosine, middle)
        if abs(arc - before) < EXACT:
            break
    middle, sine, cosine = math.cos(2 * start + arc), math.sin(arc), math.cos(arc)
    up = sine1 * cosine + cosine1 * sine * math.cos(heading)
    inward = sine1 * sine - cosine1 * cosine * math.cos(heading)
    there = math.atan2(up, (1 - FLATTENING) * math.hypot(equatorial, inward))
    apart = math.atan2(sine * math.sin(heading), cosine1 * cosine - sine1 * sine * math.cos(heading))
    share = FLATTENING / 16 * squared * (4 + FLATTENING * (4 - 3 * squared))
    bent = arc + share * sine * (middle + share * cosine * (2 * middle**2 - 1))
    return lon + math.degrees(apart - (1 - share) * FLATTENING * equatorial * bent), math.degrees(there)


def box_around(lon: float, lat: float, radius_m: float) -> Box:
    """A box that holds every point within so many metres, and little more; around a pole all longitudes.

    No way of that length goes further north or south than by the shortest degrees, nor further east or west than by
    the shortest of the parallels it can reach.
    """
    up = radius_m / LEAST_M_PER_LAT
    furthest = abs(lat) + up
    south, north = max(-90.0, lat - up), min(90.0, lat + up)
    right = radius_m / (M_PER_LON * math.cos(math.radians(furthest))) if furthest < 90 else 180.0
    if right >= 180:
        return Box(-180.0, south, 180.0, north)
    west = (lon - right + 180) % 360 - 180
    return Box(west, south, west + 2 * right, north)


def _reduced(lat: float) -> float:
    """The latitude on the sphere around the spheroid, in radians."""
    if abs(lat) >= 90:
        return math.copysign(math.pi / 2, lat)
    return math.atan((1 - FLATTENING) * math.tan(math.radians(lat)))


def _series(squared: float) -> tuple[float, float]:
    """Vincenty's A and B."""
    second = squared * (SEMI_MAJOR_M**2 - SEMI_MINOR_M**2) / SEMI_MINOR_M**2
    large = 1 + second / 16384 * (4096 + second * (-768 + second * (320 - 175 * second)))
    return large, second / 1024 * (256 + second * (-128 + second * (74 - 47 * second)))


def _bend(small: float, sine: float, cosine: float, middle: float) -> float:
    """Vincenty's Δσ."""
    last = small / 6 * middle * (4 * sine**2 - 3) * (4 * middle**2 - 3)
    return small * sine * (middle + small / 4 * (cosine * (2 * middle**2 - 1) - last))
