"""Which regions a phone watches: never more than it can, the best first, and no bubble over a fence left out."""

import uuid
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.fences.hits import LiveFence
from geo.presence.beacon_regions import BeaconRegion
from offers.regions.choice import (
    LARGEST_BUBBLE_M,
    LEAST_RADIUS_M,
    MOST_BEACONS,
    MOST_FENCES,
    BeaconAsked,
    FenceAsked,
    Platform,
    choose_regions,
    radius_of_bubble,
)
from offers.regions.worth import OfferAt, StoreWorth
from tests.sizes import chosen

OFFER = OfferAt(1, uuid.uuid4(), 1, 50, 0, 0, 0, 20_000, 0, datetime(2099, 1, 1, tzinfo=UTC), [1], "Thé")


def worth(value: int) -> StoreWorth:
    return StoreWorth((-value,), OFFER)


def fence(number: int, value: int, begins_m: float | None, *, is_familiar: bool = False) -> FenceAsked:
    shape = LiveFence(uuid.uuid4(), number, 1, uuid.uuid4(), uuid.uuid4(), 0.0, 0.0, 150.0, True, "{}")
    rank = 0.0 if begins_m is None else begins_m
    return FenceAsked(shape, uuid.uuid4(), worth(value), begins_m, rank, is_familiar=is_familiar)


def region(value: int) -> BeaconAsked:
    brand_id, store_id = uuid.uuid4(), uuid.uuid4()
    heard = BeaconRegion("ibeacon", uuid.uuid4(), None, brand_id, frozenset({store_id}))
    return BeaconAsked(heard, store_id, worth(value), 0.0)


values = st.integers(0, 3)
distances = st.floats(-200, 30_000)
fences = st.lists(st.tuples(values, distances), max_size=130).map(
    lambda said: [fence(number, *one) for number, one in enumerate(said)]
)
beacons = st.lists(values.map(region), max_size=25)


@settings(max_examples=chosen().laws)
@given(fences=fences, beacons=beacons, platform=st.sampled_from(Platform))
def test_no_plan_asks_more_of_a_phone_than_it_watches(
    fences: list[FenceAsked], beacons: list[BeaconAsked], platform: Platform
) -> None:
    chosen_ones = choose_regions(fences, beacons, platform=platform)
    assert len(chosen_ones.beacons) <= MOST_BEACONS
    counted = len(chosen_ones.fences) + (len(chosen_ones.beacons) if platform is Platform.IOS else 0)
    assert counted <= MOST_FENCES[platform]
    assert len(chosen_ones.fences) + len(chosen_ones.left) == len(fences)


@settings(max_examples=chosen().laws)
@given(fences=fences, beacons=beacons, platform=st.sampled_from(Platform))
def test_what_is_left_out_is_worth_no_more_than_what_is_watched(
    fences: list[FenceAsked], beacons: list[BeaconAsked], platform: Platform
) -> None:
    chosen_ones = choose_regions(fences, beacons, platform=platform)
    for watched, left in ((w, x) for w in chosen_ones.fences for x in chosen_ones.left):
        assert (not watched.comes_first, watched.worth.key, watched.rank) <= (
            not left.comes_first,
            left.worth.key,
            left.rank,
        )


@settings(max_examples=chosen().laws)
@given(fences=fences, beacons=beacons, platform=st.sampled_from(Platform), searched_m=st.floats(1, 60_000))
def test_a_bubble_never_hides_a_fence_that_is_not_watched(
    fences: list[FenceAsked], beacons: list[BeaconAsked], platform: Platform, searched_m: float
) -> None:
    left = choose_regions(fences, beacons, platform=platform).left
    radius_m = radius_of_bubble([one.begins_m for one in left], searched_m=searched_m)
    if radius_m is None:
        assert searched_m < LEAST_RADIUS_M or any(one.comes_first for one in left)
    else:
        assert LEAST_RADIUS_M <= radius_m <= min(searched_m, LARGEST_BUBBLE_M)
        assert all(one.begins_m is not None and radius_m <= one.begins_m for one in left)


def test_without_a_position_the_stores_where_the_member_goes_come_first() -> None:
    home, better = fence(1, 1, None, is_familiar=True), fence(2, 3, None)
    assert list(choose_regions([better, home], [], platform=Platform.IOS).fences) == [home, better]


def test_equals_are_watched_nearest_first() -> None:
    far, near = fence(1, 1, 900.0), fence(2, 1, 300.0)
    assert list(choose_regions([far, near], [], platform=Platform.IOS).fences) == [near, far]
