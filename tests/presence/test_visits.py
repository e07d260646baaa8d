"""The machine that makes visits of minutes: pure, and blind to the order in which they came."""

import random
import uuid
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from geo.presence.models import NOWHERE, MarkKind
from geo.presence.visits import LONGEST, Mark, Stay, find_stays

STORE, OTHER, FENCE, ZONE, EVENT = (uuid.UUID(int=n) for n in range(1, 6))
FIX, BEACON, ENTERED, LEFT, AWAY, GONE, SAID = (
    MarkKind.FIX,
    MarkKind.BEACON,
    MarkKind.ENTERED,
    MarkKind.LEFT,
    MarkKind.AWAY,
    MarkKind.GONE,
    MarkKind.CHECKED_IN,
)
LASTS = {FIX: 120, BEACON: 1, ENTERED: 240, SAID: 30}
SENSE = {BEACON: "beacon", SAID: "in_app"}


def mark(minute: int, kind: MarkKind, **given) -> Mark:
    return Mark(
        minute=minute,
        store_id=given.pop("store_id", NOWHERE if kind in (AWAY, GONE) else STORE),
        zone_id=given.pop("zone_id", NOWHERE),
        fence_id=NOWHERE,
        touchpoint=given.pop("touchpoint", SENSE.get(kind, "geofence")),
        kind=kind,
        brand_id=None,
        fence_version=None,
        permission_event_id=EVENT,
        confidence=given.pop("confidence", 2),
        lasts_minutes=given.pop("lasts_minutes", LASTS.get(kind, 0)),
    )


def stays(*marks: Mark, now: int = 20, dwell: int = 5) -> list[Stay]:
    return find_stays(marks, store_id=STORE, dwell_minutes=dwell, now_minute=now)


def times(*marks: Mark, now: int = 20, dwell: int = 5) -> list[tuple[int, int | None]]:
    return [(stay.entered, stay.exited) for stay in stays(*marks, now=now, dwell=dwell)]


def test_one_position_inside_opens_a_visit():
    assert times(mark(0, FIX)) == [(0, None)]


def test_two_positions_outside_end_it_at_the_first_of_them():
    assert times(mark(0, FIX), mark(3, AWAY), mark(4, AWAY)) == [(0, 3)]


def test_one_position_outside_ends_nothing():
    assert times(mark(0, FIX), mark(3, AWAY), now=5) == [(0, None)]


def test_one_position_outside_and_then_silence_was_the_way_out():
    assert times(mark(0, FIX), mark(3, AWAY), now=9) == [(0, 3)]


def test_who_is_inside_between_two_positions_outside_has_not_left():
    assert times(mark(0, FIX), mark(3, AWAY), mark(4, FIX), mark(5, AWAY), now=6) == [(0, None)]


def test_a_minute_that_ends_with_two_positions_outside_ends_the_visit_by_itself():
    assert times(mark(0, FIX), mark(0, GONE)) == [(0, 0)]


def test_outside_every_store_but_this_one_is_inside_it_or_unknown():
    assert times(mark(0, FIX), mark(3, AWAY, store_id=STORE), mark(4, AWAY, store_id=STORE)) == [(0, None)]


def test_inside_another_store_is_outside_this_one():
    assert times(mark(0, FIX), mark(3, AWAY, store_id=OTHER), mark(4, AWAY, store_id=OTHER)) == [(0, 3)]


def test_positions_outside_before_anybody_came_mean_nothing():
    assert times(mark(0, AWAY), mark(1, AWAY), mark(2, FIX)) == [(2, None)]


def test_a_beacon_that_is_silent_ends_the_visit_where_it_was_last_heard():
    assert times(mark(0, BEACON), mark(1, BEACON), now=5) == [(0, 1)]


def test_a_beacon_holds_though_positions_are_outside():
    assert times(mark(0, BEACON), mark(1, BEACON), mark(1, GONE), now=2) == [(0, None)]


def test_the_visit_lasts_until_fence_and_beacon_both_say_that_it_is_over():
    heard = [mark(minute, BEACON) for minute in range(6)]
    assert times(mark(0, FIX), mark(2, GONE), *heard, now=9) == [(0, 5)]


def test_the_phones_own_word_ends_it_at_once():
    assert times(mark(0, ENTERED), mark(7, LEFT)) == [(0, 7)]


def test_the_phones_own_word_beats_coordinates_that_lag_behind():
    assert times(mark(0, ENTERED), mark(1, AWAY), mark(2, AWAY), now=3) == [(0, None)]
    assert times(mark(0, ENTERED), mark(7, LEFT), mark(8, FIX), mark(9, FIX), now=9) == [(0, 7)]


def test_in_and_out_in_one_minute_is_a_visit_of_that_minute():
    assert times(mark(4, ENTERED), mark(4, LEFT)) == [(4, 4)]


def test_out_and_in_again_in_one_minute_is_still_inside():
    assert times(mark(0, ENTERED), mark(4, ENTERED), mark(4, LEFT)) == [(0, None)]


def test_leaving_without_having_come_is_nothing():
    assert times(mark(4, LEFT)) == []


def test_who_comes_back_within_two_minutes_has_not_left():
    assert times(mark(0, ENTERED), mark(4, LEFT), mark(6, ENTERED)) == [(0, None)]
    assert times(mark(0, ENTERED), mark(4, LEFT), mark(7, ENTERED)) == [(0, 4), (7, None)]


def test_out_of_reach_of_one_beacon_while_another_is_heard_is_not_out():
    assert times(mark(0, BEACON), mark(1, LEFT, touchpoint="beacon"), mark(1, BEACON), now=1) == [(0, None)]


def test_leaving_the_fence_ends_what_the_member_said():
    assert times(mark(0, SAID), mark(1, FIX), mark(4, LEFT)) == [(0, 4)]


def test_a_check_in_alone_ends_after_half_an_hour():
    assert times(mark(0, SAID), now=30) == [(0, None)]
    assert times(mark(0, SAID), now=31) == [(0, 0)]


def test_somebody_stays_once_in_a_visit_and_only_who_is_inside():
    [stay] = stays(mark(0, FIX), mark(6, FIX), mark(9, FIX))
    assert stay.dwelled == 5
    [stay] = stays(mark(0, FIX), mark(6, AWAY), now=7)
    assert stay.dwelled is None


def test_who_leaves_after_the_time_had_stayed():
    [stay] = stays(mark(0, ENTERED), mark(40, LEFT), now=40)
    assert (stay.dwelled, stay.exited) == (5, 40)


def test_each_zone_is_entered_once_at_its_first_minute():
    [stay] = stays(mark(0, FIX), mark(2, BEACON, zone_id=ZONE), mark(4, BEACON, zone_id=ZONE), now=4)
    assert [(zone, seen.minute) for zone, seen in stay.zones.items()] == [(ZONE, 2)]


def test_the_best_confidence_inside_is_that_of_the_visit():
    [stay] = stays(mark(0, FIX, confidence=1), mark(1, FIX, confidence=3))
    assert stay.confidence == 3


def test_no_visit_is_longer_than_half_a_day():
    marks = [mark(minute, BEACON) for minute in range(LONGEST + 20)]
    assert times(*marks, now=LONGEST + 19) == [(0, LONGEST), (LONGEST + 1, None)]


marks = st.builds(
    mark,
    st.integers(0, 60),
    st.sampled_from([FIX, BEACON, ENTERED, LEFT, AWAY, GONE, SAID]),
    confidence=st.integers(0, 3),
    zone_id=st.sampled_from([NOWHERE, ZONE]),
)
journeys = st.lists(marks, max_size=25, unique_by=lambda one: one.key)


@given(journeys, st.integers(0, 10_000))
def test_the_order_of_minutes_means_nothing(journey, seed):
    shuffled = random.Random(seed).sample(journey, len(journey))
    assert stays(*journey, now=70) == stays(*shuffled, now=70)


@given(journeys)
def test_visits_follow_each_other_and_only_the_last_is_open(journey):
    found = stays(*journey, now=70)
    for stay in found:
        assert stay.entered <= stay.seen
        assert stay.exited is None or stay.seen <= stay.exited
    assert all(one.exited is not None and one.exited < other.entered for one, other in pairwise(found))


@given(journeys)
def test_every_visit_ends_by_itself(journey):
    assert all(stay.exited is not None for stay in stays(*journey, now=60 + LONGEST + 1))


@given(journeys)
def test_a_visit_is_seen_where_it_begins(journey):
    inside = {(one.minute) for one in journey if one.kind in (FIX, BEACON, ENTERED, SAID)}
    assert {stay.entered for stay in stays(*journey, now=70)} <= inside
