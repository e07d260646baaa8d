"""Which stores come into question for a phone: those with a live offer that a standing permission covers, around the
phone, or where the member goes when nobody says where the phone is."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.languages import Language
from app.sql import db
from geo.places.nearest import FoundPlace, PermittedGround, find_known_places, find_nearest_places
from geo.presence.allowance import BY_BEACON, BY_FENCE, Watching, grounds_of, judge_store
from offers.deciding.answers import COARSE_M
from offers.regions import queries
from offers.regions.choice import Platform

REACH_M = 50_000
"""How far from the phone stores are looked for."""

PLACES_PER_BRAND: Mapping[Platform, int] = {Platform.IOS: 60, Platform.ANDROID: 200}
"""Of how many of the nearest stores of a brand the best are chosen."""


class PlanFix(NamedTuple):
    """Where the phone says it is. Degrees (WGS 84) and metres."""

    lat: float
    lon: float
    accuracy_m: float

    @property
    def is_coarse(self) -> bool:
        """Whether the phone only knows the part of a town: no circle around such a point says where it is."""
        return self.accuracy_m >= COARSE_M


class RegionsAsked(NamedTuple):
    """Who asks, with which phone; `beacons` says whether it can listen for them. `brand` is the code of the only one
    that is asked about."""

    member_id: uuid.UUID
    session_id: uuid.UUID | None
    platform: Platform
    language: Language
    now: datetime
    beacons: bool = False
    fix: PlanFix | None = None
    brand: str | None = None


class Reach(NamedTuple):
    """The stores that come into question, and the permission that allows each to be watched by fence and by beacon.
    `familiar` is how much the member goes to each; `searched_m` is how far from the phone no store was left out."""

    places: Mapping[uuid.UUID, FoundPlace] = {}
    by_fence: Mapping[uuid.UUID, uuid.UUID] = {}
    by_beacon: Mapping[uuid.UUID, uuid.UUID] = {}
    familiar: Mapping[uuid.UUID, float] = {}
    searched_m: float = REACH_M

    @property
    def watched(self) -> list[FoundPlace]:
        """The places that may be watched by any means."""
        return [place for store_id, place in self.places.items() if store_id in {**self.by_fence, **self.by_beacon}]


def find_reach(asked: RegionsAsked, watching: Watching, *, listens: bool) -> Reach:
    """The stores for this phone; without those of beacons unless it `listens`."""
    grounds = list(
        dict.fromkeys([*grounds_of(watching, BY_FENCE), *(grounds_of(watching, BY_BEACON) if listens else ())])
    )
    most = PLACES_PER_BRAND[asked.platform]
    familiar: Mapping[uuid.UUID, float] = {}
    if asked.fix is None:
        familiar = _familiar(asked, grounds)
        found = find_known_places(grounds, first=familiar, most=most)
    else:
        lon, lat = asked.fix.lon, asked.fix.lat
        found = find_nearest_places(grounds, lon=lon, lat=lat, reach_m=REACH_M, most=most)
    return Reach(
        {place.store_id: place for place in found},
        _events(watching, found, BY_FENCE),
        _events(watching, found, BY_BEACON) if listens else {},
        familiar,
        _searched(found, most),
    )


def _familiar(asked: RegionsAsked, grounds: Sequence[PermittedGround]) -> dict[uuid.UUID, float]:
    """Where the member goes, as far as they let it be known: the share of each store in what they buy and in how often
    they came lately, added up."""
    brand_ids = sorted({ground.brand_id for ground in grounds})
    bought = db.rows(queries.stores_bought_in(asked.member_id, brand_ids, now=asked.now))
    came = db.rows(queries.stores_come_to(asked.member_id, brand_ids, now=asked.now))
    shares = defaultdict[uuid.UUID, float](float)
    for several in ([(uuid.UUID(key), weight) for key, weight in bought], came):
        total = sum(weight for _, weight in several)
        for store_id, weight in several:
            shares[store_id] += float(weight / total)
    return dict(shares)


def _events(watching: Watching, places: Iterable[FoundPlace], touchpoint: str) -> dict[uuid.UUID, uuid.UUID]:
    """The permission that allows each of these stores: the search left out what it could, the rule itself decides."""
    found = {}
    for place in places:
        verdict = judge_store(
            watching, touchpoint, brand_id=place.brand_id, store_id=place.store_id, area_ids=place.area_ids
        )
        if verdict.allowed and verdict.event_id is not None:
            found[place.store_id] = verdict.event_id
    return found


def _searched(found: Sequence[FoundPlace], most: int) -> float:
    """How far every store is known: to the last one of a brand of which no more were asked for."""
    metres = defaultdict[uuid.UUID, list[float]](list)
    for place in found:
        metres[place.brand_id].append(place.metres or 0.0)
    return min([float(REACH_M), *(max(several) for several in metres.values() if len(several) >= most)])
