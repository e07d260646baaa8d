"""Whatever the ground looks like and whatever the member said of it: no plan watches too much, nor hides a fence."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.factory import Ici
from geo.fences.spheroid import metres_between
from offers.regions import choice, reach
from offers.regions.choice import Platform
from tests.consent.factories import in_store
from tests.deciding.factories import LAT, LON, offer_at
from tests.factories import made, make_brand, make_store
from tests.planning.factories import publish, stores_and_areas
from tests.regions.factories import Watcher, make_fence
from tests.sizes import chosen
from tests.speaking import Speaker

FENCES, PLACES = 3, 4
"""What a phone watches here, and of how many stores that is chosen: so that most of the ground is left out."""


@dataclass(frozen=True)
class Spot:
    """A store and its fence, in steps of about a hundred metres; the fence may lie somewhere else than the store."""

    north: int
    east: int
    fence_north: int
    radius_m: int
    priority: int
    is_refused: bool


spots = st.builds(
    Spot,
    north=st.integers(-40, 40),
    east=st.integers(-40, 40),
    fence_north=st.sampled_from([0, 0, 0, 5, 30]),
    radius_m=st.sampled_from([60, 150, 400]),
    priority=st.sampled_from([20, 50, 80]),
    is_refused=st.sampled_from([False, False, True]),
)


@settings(max_examples=chosen().worlds)
@given(ground=st.lists(spots, min_size=1, max_size=9))
def test_a_plan_keeps_to_what_is_permitted_and_its_bubble_hides_no_fence(app: Ici, ground: list[Spot]) -> None:
    watcher, brand = Watcher(Speaker(app.test_client())), make_brand()
    begins, allowed = {}, set()
    with made():
        watcher.lets(brand)
        for spot in ground:
            store = make_store(brand, lat=LAT + spot.north / 1000, lon=LON + spot.east / 700)
            publish(store, now=clock.now())
            lat = LAT + (spot.north + spot.fence_north) / 1000
            fence = make_fence(store, lat=lat, radius_m=spot.radius_m)
            offer_at(brand, targets=stores_and_areas(store), priority=spot.priority)
            if spot.is_refused:
                watcher.forbids(brand, scope=in_store(store))
            else:
                allowed.add(str(fence.id))
            begins[str(fence.id)] = metres_between(LON, LAT, LON + spot.east / 700, lat) - spot.radius_m
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(choice.MOST_FENCES, Platform.IOS, FENCES)  # type: ignore[arg-type]
        patch.setitem(reach.PLACES_PER_BRAND, Platform.IOS, PLACES)  # type: ignore[arg-type]
        plan = watcher.plan()
    watched = [one["fence_id"] for one in plan["fences"]]
    assert set(watched) <= allowed
    assert len(watched) <= FENCES
    assert watched or not allowed
    left = [begins[one] for one in allowed - {*watched}]
    if plan["bubble"] is not None:
        assert plan["bubble"]["radius_m"] <= min(left, default=choice.LARGEST_BUBBLE_M) + 0.5
    else:
        assert min(left) < choice.LEAST_RADIUS_M
