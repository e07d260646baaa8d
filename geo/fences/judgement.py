"""What is doubtful about a fence: phones see little and watch few, people pass by, stores close. Pure.

The numbers are those of Apple's and Google's guides for region monitoring and geofencing. Which streets and roads there
are is not known here: a fence is taken for one by its shape, and by who crossed it without coming in.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from app.languages import Moment, Text
from app.ops.imports.outcomes import Found, Said
from geo.fences import shapes, spheroid

LEAST_RADIUS_M, GOOD_RADIUS_M = 100, 150
"""Google: the least radius that works, and that which works where there is no Wi-Fi."""
ACCURACY_M = 50
"""How far a fix by Wi-Fi is off in a town: 20 to 50 metres (Google)."""
IOS_FENCES, ANDROID_FENCES = 19, 99
"""Of the 20 and 100 that a phone watches for one app, one is kept for where to plan anew."""
REACH_M = 2_500
"""One phone's reach: how far somebody comes at the pace of a town (30 km/h) in the five minutes that a sleeping phone
may take before it can plan anew. What is nearer than that must all be watched at a time."""
THINNEST = 4
"""A shape so many times longer than it is wide is a street."""
LEAST_OVERLAP = 0.01
MOST_OVERLAPS_SAID = 3
LEAST_PASSED, MOSTLY = 50, 0.5
FAR_M = 50
"""A store may be so far outside: its position is that of a door, or of a building."""


class FenceFault(Said):
    """Every doubt about a fence that phones, people or opening hours will show. None refuses it."""

    RADIUS_TOO_SMALL = (
        "radius_too_small",
        Text(
            fr="Elle tient {inner_m} m autour de son milieu : un téléphone endormi a besoin de {least_m} m, et n'en"
            " verra sans doute ni l'entrée ni la sortie.",
            en="It holds {inner_m} m around its middle: a sleeping phone needs {least_m} m, and will hardly see anybody"
            " come or go.",
        ),
    )
    RADIUS_SMALL = (
        "radius_small",
        Text(
            fr="Elle tient {inner_m} m autour de son milieu : beaucoup de téléphones ont besoin de {least_m} m.",
            en="It holds {inner_m} m around its middle: many phones need {least_m} m.",
        ),
    )
    BELOW_ACCURACY = (
        "below_accuracy",
        Text(
            fr="Elle tient {inner_m} m autour de son milieu, moins que l'erreur d'une position en ville"
            " ({accuracy_m} m) : on y sera dit présent en passant à côté. Une balise dit mieux qui est dedans.",
            en="It holds {inner_m} m around its middle, less than a fix is off in a town ({accuracy_m} m): people who"
            " pass beside it will be said to be in it. A beacon tells better who is inside.",
        ),
    )
    LONG_AND_THIN = (
        "long_and_thin",
        Text(
            fr="Elle est longue et étroite ({inner_m} m de large autour de son milieu, {radius_m} m de long) : une rue"
            " ou une route, que l'on traverse sans s'arrêter.",
            en="It is long and thin ({inner_m} m around its middle, {radius_m} m along): a street or a road, which"
            " people cross without stopping.",
        ),
    )
    MOSTLY_CROSSED = (
        "mostly_crossed",
        Text(
            fr="Sur {passed} {passed:passage|passages}, {share} % n'ont fait que la traverser : sans doute une route.",
            en="Of {passed} {passed:passage|passages}, {share} % only crossed it: probably a road.",
        ),
    )
    OVERLAPS = (
        "overlaps",
        Text(
            fr="Elle recouvre {share} % de « {other} » : qui y entre entre dans les deux.",
            en='It covers {share} % of "{other}": whoever enters there enters both.',
        ),
    )
    MORE_THAN_IOS_WATCHES = (
        "more_than_ios_watches",
        Text(
            fr="{count} {count:clôture|clôtures} de l'enseigne à moins de {reach_km} km : un iPhone en surveille {most}"
            " à la fois.",
            en="{count} {count:fence|fences} of the brand within {reach_km} km: an iPhone watches {most} at a time.",
        ),
    )
    MORE_THAN_ANDROID_WATCHES = (
        "more_than_android_watches",
        Text(
            fr="{count} {count:clôture|clôtures} de l'enseigne à moins de {reach_km} km : un téléphone Android en"
            " surveille {most} à la fois.",
            en="{count} {count:fence|fences} of the brand within {reach_km} km: an Android phone watches {most} at a"
            " time.",
        ),
    )
    FAR_FROM_STORE = (
        "far_from_store",
        Text(
            fr="Son magasin est à {outside_m} m en dehors : qui y est n'entre pas dans la clôture.",
            en="Its store is {outside_m} m outside: whoever is there does not enter the fence.",
        ),
    )
    STORE_CLOSED_FOR_GOOD = (
        "store_closed_for_good",
        Text(fr="Son magasin est fermé définitivement.", en="Its store is closed for good."),
    )
    CLOSED_THROUGHOUT = (
        "closed_throughout",
        Text(
            fr="Son magasin est fermé pendant toute la période du {starts} au {ends}.",
            en="Its store is closed during the whole time from {starts} to {ends}.",
        ),
    )
    ELSEWHERE = (
        "elsewhere",
        Text(
            fr="Elle n'est dans aucun pays de l'enseigne ({countries}).",
            en="It is in none of the brand's countries ({countries}).",
        ),
    )


class Neighbour(NamedTuple):
    """Another fence in force of the brand."""

    code: str
    lon: float
    lat: float
    radius_m: float
    area: BaseGeometry


class Passages(NamedTuple):
    """How many went through a fence without coming in, and how many came in."""

    crossed: int
    entered: int


class ClosedSpan(NamedTuple):
    """A window during the whole of which a store is closed."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class JudgedFence:
    """A fence, and what is around it. `outside_m` is how far its store is outside, None without a store; `closed` are
    the windows in which that is closed throughout."""

    is_circle: bool
    lon: float
    lat: float
    radius_m: float
    area: BaseGeometry
    is_elsewhere: bool
    countries: Collection[str]
    neighbours: Sequence[Neighbour]
    time_zone: str
    outside_m: float | None = None
    is_store_closed: bool = False
    closed: Sequence[ClosedSpan] = ()
    passages: Passages | None = None


def judge_fence(fence: JudgedFence) -> list[Found]:
    """Every doubt about a fence, the most harmful first."""
    return [
        *_of_place(fence),
        *_of_size(fence),
        *_of_passages(fence.passages),
        *_of_number(fence),
        *_of_overlaps(fence),
    ]


def measure_inner(area: BaseGeometry) -> float:
    """The metres around the middle of an area that are all in it: the radius of the largest circle inside."""
    return max(
        float(shapely.maximum_inscribed_circle(part, tolerance=1.0).length)
        for part in shapely.get_parts(shapes.flatten_area(area))
    )


def _of_place(fence: JudgedFence) -> Iterator[Found]:
    if fence.is_elsewhere:
        yield Found(FenceFault.ELSEWHERE, "", {"countries": sorted(fence.countries)})
    if fence.is_store_closed:
        yield Found(FenceFault.STORE_CLOSED_FOR_GOOD, "")
    for span in fence.closed:
        starts, ends = (Moment(at, fence.time_zone, has_year=True) for at in span)
        yield Found(FenceFault.CLOSED_THROUGHOUT, "", {"starts": starts, "ends": ends})
    if fence.outside_m is not None and fence.outside_m > FAR_M:
        yield Found(FenceFault.FAR_FROM_STORE, "", {"outside_m": round(fence.outside_m)})


def _of_size(fence: JudgedFence) -> Iterator[Found]:
    inner_m = fence.radius_m if fence.is_circle else measure_inner(fence.area)
    facts = {"inner_m": round(inner_m)}
    if inner_m < LEAST_RADIUS_M:
        yield Found(FenceFault.RADIUS_TOO_SMALL, "", facts | {"least_m": LEAST_RADIUS_M})
    elif inner_m < GOOD_RADIUS_M:
        yield Found(FenceFault.RADIUS_SMALL, "", facts | {"least_m": GOOD_RADIUS_M})
    if inner_m < ACCURACY_M:
        yield Found(FenceFault.BELOW_ACCURACY, "", facts | {"accuracy_m": ACCURACY_M})
    if not fence.is_circle and fence.radius_m >= THINNEST * inner_m:
        facts = {"inner_m": round(2 * inner_m), "radius_m": round(2 * fence.radius_m)}
        yield Found(FenceFault.LONG_AND_THIN, "", facts)


def _of_passages(passages: Passages | None) -> Iterator[Found]:
    passed = 0 if passages is None else passages.crossed + passages.entered
    if passages is not None and passed >= LEAST_PASSED and passages.crossed > MOSTLY * passed:
        share = round(100 * passages.crossed / passed)
        yield Found(FenceFault.MOSTLY_CROSSED, "", {"passed": passed, "share": share})


def _of_number(fence: JudgedFence) -> Iterator[Found]:
    near = sum(
        spheroid.metres_between(fence.lon, fence.lat, other.lon, other.lat) - other.radius_m <= REACH_M
        for other in fence.neighbours
    )
    facts = {"count": near + 1, "reach_km": REACH_M / 1000}
    if near + 1 > IOS_FENCES:
        yield Found(FenceFault.MORE_THAN_IOS_WATCHES, "", facts | {"most": IOS_FENCES})
    if near + 1 > ANDROID_FENCES:
        yield Found(FenceFault.MORE_THAN_ANDROID_WATCHES, "", facts | {"most": ANDROID_FENCES})


def _of_overlaps(fence: JudgedFence) -> list[Found]:
    """The fences that this one covers most of."""
    shares = []
    for other in fence.neighbours:
        turn = 360 * round((fence.area.centroid.x - other.area.centroid.x) / 360)
        area = affinity.translate(other.area, turn)
        share = fence.area.intersection(area).area / area.area if fence.area.intersects(area) else 0.0
        if share >= LEAST_OVERLAP:
            shares.append((share, other.code))
    ordered = sorted(shares, key=lambda one: (-one[0], one[1]))[:MOST_OVERLAPS_SAID]
    return [Found(FenceFault.OVERLAPS, "", {"share": round(100 * share), "other": code}) for share, code in ordered]
