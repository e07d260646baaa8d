"""Which regions a phone watches, and how far it may walk before it must ask again. Pure.

A phone watches few regions: 20 on iOS, fences and beacons together, and 100 fences on Android (Apple, "Monitoring the
user's proximity to geographic regions"; Google, "Create and monitor geofences"). One of them is the bubble: a circle
around where the phone is now, and leaving it means that the plan is over. So it must end before the first fence begins
that is not watched.

A phone draws no circle smaller than 100 metres. Fences that begin within that come before all others, whatever they
are worth: no bubble could leave them out. Where there are more of those than a phone watches, there is no bubble, and
the plan is for a quarter of an hour only.
"""

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from geo.fences.hits import LiveFence
from geo.presence.beacon_regions import BeaconRegion
from offers.regions.worth import StoreWorth


class Platform(StrEnum):
    IOS = "ios"
    ANDROID = "android"


LEAST_RADIUS_M = 100
"""A smaller circle is crossed before a phone knows."""

LARGEST_BUBBLE_M = 20_000
"""Nobody walks further while a plan lasts; who rides there leaves the bubble."""

MOST_FENCES: Mapping[Platform, int] = {Platform.IOS: 19, Platform.ANDROID: 99}
"""Besides the bubble."""

MOST_BEACONS = 9
"""Of the 19 on iOS, so that fences keep the greater part; besides the 99 on Android, where each costs the battery."""


class FenceAsked(NamedTuple):
    """A fence that may be watched: its store, what that is worth, how far from the phone the fence begins (None without
    a position), and what comes first among equals, the less the better. `is_familiar`: the member goes there."""

    fence: LiveFence
    store_id: uuid.UUID
    worth: StoreWorth
    begins_m: float | None
    rank: float
    is_familiar: bool = False

    @property
    def comes_first(self) -> bool:
        """Whether it is watched before what is worth more: even the smallest bubble would reach it, or nobody says
        where the phone is and this is where the member goes."""
        return self.is_familiar if self.begins_m is None else self.begins_m < LEAST_RADIUS_M


class BeaconAsked(NamedTuple):
    """A beacon region that may be watched, its best store, and what that is worth."""

    region: BeaconRegion
    store_id: uuid.UUID
    worth: StoreWorth
    rank: float


class ChosenRegions(NamedTuple):
    """What is watched, best first, and the fences that are not."""

    fences: Sequence[FenceAsked]
    beacons: Sequence[BeaconAsked]
    left: Sequence[FenceAsked]


def choose_regions(
    fences: Sequence[FenceAsked], beacons: Sequence[BeaconAsked], *, platform: Platform
) -> ChosenRegions:
    """The best regions, as many as the phone watches."""
    heard = sorted(beacons, key=_order_of_beacons)[:MOST_BEACONS]
    room = MOST_FENCES[platform] - (len(heard) if platform is Platform.IOS else 0)
    ordered = sorted(fences, key=_order_of_fences)
    return ChosenRegions(ordered[:room], heard, ordered[room:])


def _order_of_fences(asked: FenceAsked) -> tuple[object, ...]:
    return not asked.comes_first, asked.worth.key, asked.rank, asked.fence.number


def _order_of_beacons(asked: BeaconAsked) -> tuple[object, ...]:
    return asked.worth.key, asked.rank, asked.region.id


def radius_of_bubble(left_m: Iterable[float | None], *, searched_m: float) -> int | None:
    """How far the phone may go before it asks again: to where the first fence begins that is not watched (`left_m`),
    and not beyond where fences were looked for. None where a phone cannot draw a circle as small."""
    reach = min([searched_m, LARGEST_BUBBLE_M, *(metres for metres in left_m if metres is not None)])
    return math.floor(reach) if reach >= LEAST_RADIUS_M else None
