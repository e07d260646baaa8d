"""The same facts make the same visits: twice, in parallel, in another order, and in other batches."""

import random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from geo.presence.facts import CheckIn
from tests.factories import PARIS, make_brand, make_member, make_store
from tests.presence.factories import (
    FAR,
    allow,
    at,
    crossing,
    fix,
    heard,
    make_beacon,
    make_circle,
    make_zone,
    report,
    sightings,
    told,
)
from tests.racing import at_once
from tests.sizes import chosen

AFAR = (PARIS[0] + 0.02, PARIS[1])
NEAR = (PARIS[0] + 0.0025, PARIS[1])


@pytest.fixture(scope="module")
def place():
    """A brand with two stores, each with a fence, one with a beacon at a shelf."""
    brand = make_brand()
    here, there = make_store(brand), make_store(brand, lon=FAR[0], lat=FAR[1])
    fences = [make_circle(here, brand), make_circle(there, brand, where=FAR)]
    beacon = make_beacon(here, zone=make_zone(here))
    return brand, here, fences, beacon


def newcomer(brand):
    member = make_member()
    for touchpoint in ("geofence", "beacon", "in_app"):
        allow(member, brand, touchpoint)
    return member


FACTS = st.lists(
    st.tuples(
        st.sampled_from(["here", "far", "near", "enter", "leave", "beacon", "said", "mock"]),
        st.integers(0, 40).map(lambda thirds: thirds * 2 / 3),
    ),
    min_size=1,
    max_size=14,
    unique=True,
)


def said(place, facts):
    _, here, fences, beacon = place
    make = {
        "here": lambda minute: fix(minute),
        "far": lambda minute: fix(minute + 0.1, AFAR),
        "near": lambda minute: fix(minute + 0.2, NEAR, accuracy_m=60),
        "mock": lambda minute: fix(minute + 0.3, is_mock=True),
        "enter": lambda minute: crossing(minute, fences[0].id),
        "leave": lambda minute: crossing(minute, fences[0].id, is_entry=False),
        "beacon": lambda minute: heard(minute, beacon),
        "said": lambda minute: CheckIn(f"i{minute}", at(minute), store_id=here.id),
    }
    return [make[kind](minute) for kind, minute in facts]


def left_by(brand, batches, *, at_the_same_time=False):
    member = newcomer(brand)
    if at_the_same_time:
        at_once(len(batches), lambda number: report(member, *batches[number], now=at(60)))
    else:
        for batch in batches:
            report(member, *batch, now=at(60))
    return told(member), [(one.minute, one.store_id, one.kind, one.confidence) for one in sightings(member)]


def without_member(left):
    visits, minutes = left
    return visits, sorted(minutes, key=repr)


@settings(max_examples=chosen().rows, phases=[Phase.explicit, Phase.generate])
@given(FACTS, st.integers(0, 1_000))
def test_the_same_batches_twice_and_in_another_order_make_the_same_visits(place, facts, seed):
    items = said(place, facts)
    half = len(items) // 2
    batches = [batch for batch in (items[:half], items[half:]) if batch]
    mixed = random.Random(seed)
    again = [mixed.sample(batch, len(batch)) for batch in mixed.sample(batches * 2, len(batches) * 2)]
    assert without_member(left_by(place[0], batches)) == without_member(left_by(place[0], again))


@settings(max_examples=chosen().rows, phases=[Phase.explicit, Phase.generate])
@given(FACTS)
def test_facts_a_minute_apart_make_the_same_visits_in_whatever_batches(place, facts):
    apart = {}
    for kind, minute in facts:
        apart.setdefault(int(minute), (kind, int(minute)))
    items = said(place, apart.values())
    calm = [item for item in items if not getattr(item, "is_mock", False)]
    if calm:
        assert without_member(left_by(place[0], [calm])) == without_member(left_by(place[0], [[one] for one in calm]))


@pytest.mark.parametrize("round", range(3))
def test_reports_that_come_at_the_same_time_make_the_same_visits(place, round):
    kinds = ["here", "here", "beacon", "far", "here", "far", "far", "enter", "leave", "beacon"]
    items = said(place, [(kind, (n * 7 + round) % 40) for n, kind in enumerate(kinds)])
    batches = [items[n::4] for n in range(4)]
    expected = without_member(left_by(place[0], batches))
    assert without_member(left_by(place[0], batches * 2, at_the_same_time=True)) == expected


def test_the_same_report_at_the_same_time_is_told_once(place):
    brand = place[0]
    member = newcomer(brand)
    items = said(place, [("here", 0), ("here", 6), ("beacon", 6)])
    every = at_once(6, lambda number: report(member, *items, now=at(6)))
    happened = [str(one.kind) for taken in every for one in taken.transitions]
    assert sorted(happened) == ["dwelled", "entered", "zone_entered"]
