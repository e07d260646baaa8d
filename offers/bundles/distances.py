"""How far two places are from each other, worked out on a phone: in the standard library alone. Pure.

`distances.mjs` is its twin.
"""

import math

MAJOR_M, FLATTENING, SPHERE_M = 6378137.0, 1 / 298.257223563, 6371008.771415059
"""The spheroid of WGS 84, and the sphere of the same mean radius."""


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two places on the spheroid of WGS 84, by Vincenty's inverse formula (1975): good to a tenth of a
    millimetre, for places that do not lie on opposite sides of the earth."""
    minor_m = (1 - FLATTENING) * MAJOR_M
    apart = math.radians(_turned(other_lon - lon))
    sin_1, cos_1 = _reduced(lat)
    sin_2, cos_2 = _reduced(other_lat)
    angle = apart
    for _ in range(50):
        sin_l, cos_l = math.sin(angle), math.cos(angle)
        sin_s = math.hypot(cos_2 * sin_l, cos_1 * sin_2 - sin_1 * cos_2 * cos_l)
        if sin_s == 0:
            return 0.0
        cos_s = sin_1 * sin_2 + cos_1 * cos_2 * cos_l
        sigma = math.atan2(sin_s, cos_s)
        sin_a = cos_1 * cos_2 * sin_l / sin_s
        cos_a2 = 1 - sin_a * sin_a
        cos_m = cos_s - 2 * sin_1 * sin_2 / cos_a2 if cos_a2 > 0 else 0.0
        c = FLATTENING / 16 * cos_a2 * (4 + FLATTENING * (4 - 3 * cos_a2))
        before = angle
        angle = apart + (1 - c) * FLATTENING * sin_a * (
            sigma + c * sin_s * (cos_m + c * cos_s * (2 * cos_m * cos_m - 1))
        )
        if abs(angle - before) < 1e-13:
            break
    u2 = cos_a2 * (MAJOR_M**2 - minor_m**2) / minor_m**2
    a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    outer = b / 6 * cos_m * (4 * sin_s * sin_s - 3) * (4 * cos_m * cos_m - 3)
    inner = cos_m + b / 4 * (cos_s * (2 * cos_m * cos_m - 1) - outer)
    return minor_m * a * (sigma - b * sin_s * inner)


def _reduced(lat: float) -> tuple[float, float]:
    """Sine and cosine of the reduced latitude."""
    reduced = math.atan((1 - FLATTENING) * math.tan(math.radians(lat)))
    return math.sin(reduced), math.cos(reduced)


def _turned(degrees: float) -> float:
    """A turn by as much, at most half way round: across the antimeridian too."""
    return degrees - 360 * math.floor((degrees + 180) / 360)


def angle_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The angle between two places on the sphere, in radians."""
    up, across = math.radians(other_lat - lat), math.radians(other_lon - lon)
    half = math.sin(up / 2) ** 2
    half += math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(across / 2) ** 2
    return 2 * math.atan2(math.sqrt(half), math.sqrt(max(1 - half, 0.0)))
