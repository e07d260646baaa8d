"""Clocks of beacons: how far off they may be, and what one id teaches."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.beacons.drift import NOISE_S, WORST_PPM, Ticking, agreed_offset
from tests.factories import NOON

CLOCK = Ticking(10, 1_000_000.0, NOON)
DAY = timedelta(days=1)


def taught(clock, *, off_s, after=DAY):
    """The clock after an id that came so many seconds before its time (late: below zero)."""
    at = NOON + after
    starts_at = at + timedelta(seconds=off_s) if off_s > 0 else at - timedelta(seconds=clock.period_s - off_s)
    return clock.set_by(starts_at=starts_at, ends_at=starts_at + timedelta(seconds=clock.period_s), first=at, last=at)


def test_two_periods_either_way_are_forgiven():
    assert CLOCK.slack_s(NOON) == 2 * 1024


def test_more_is_forgiven_to_a_clock_that_was_long_not_heard():
    clock = CLOCK._replace(exponent=4)
    assert clock.slack_s(NOON + 10 * DAY) == 10 * 86_400 * WORST_PPM / 1e6


def test_an_hour_is_the_most():
    assert CLOCK._replace(exponent=4).slack_s(NOON + 10_000 * DAY) == 3_600


def confirmed(after):
    at = NOON + after
    return CLOCK.set_by(starts_at=at - timedelta(seconds=9), ends_at=at + timedelta(seconds=9), first=at, last=at)


def test_an_id_in_its_time_leaves_the_clock_as_it_is():
    assert confirmed(DAY) is CLOCK


def test_a_clock_that_was_never_wrong_is_young_again_after_a_week():
    assert confirmed(7 * DAY) == Ticking(10, CLOCK.reading(NOON + 7 * DAY), NOON + 7 * DAY, 0.0)


def test_an_early_id_shows_a_clock_that_is_fast():
    after = taught(CLOCK, off_s=10)
    assert after.reading(NOON + DAY) == CLOCK.reading(NOON + DAY) + 10
    assert after.drift_ppm == 10 / 86_400 * 1e6 / 2


def test_a_late_id_shows_a_clock_that_is_slow():
    assert taught(CLOCK, off_s=-10).reading(NOON + DAY) == CLOCK.reading(NOON + DAY) - 10


def test_seconds_teach_nothing():
    assert taught(CLOCK, off_s=NOISE_S - 1).reading(NOON + DAY) == CLOCK.reading(NOON + DAY)


def test_a_recorded_id_moves_a_clock_no_further_than_it_drifts():
    after = taught(CLOCK, off_s=-2_000, after=timedelta(hours=1))
    moved_s = CLOCK.reading(NOON + timedelta(hours=1)) - after.reading(NOON + timedelta(hours=1))
    assert moved_s == pytest.approx(3_600 * WORST_PPM / 1e6 + NOISE_S)


@given(some.lists(some.floats(-5_000, 5_000), max_size=30))
def test_no_ids_whatever_teach_an_impossible_drift(offsets):
    clock = CLOCK
    for day, off_s in enumerate(offsets, start=1):
        clock = taught(clock, off_s=off_s, after=day * DAY)
    assert abs(clock.drift_ppm) <= WORST_PPM


@given(some.integers(4, 15), some.floats(-WORST_PPM, WORST_PPM), some.integers(0, 2**31))
def test_reading_and_instant_are_each_others_inverse(exponent, drift_ppm, clock_s):
    clock = Ticking(exponent, clock_s, NOON, drift_ppm)
    assert abs((clock.instant(clock.reading(NOON + DAY)) - NOON - DAY).total_seconds()) < 0.01


def test_there_is_no_period_before_the_clock_began():
    assert CLOCK._replace(clock_s=10.0).periods(NOON - DAY, NOON)[0] == 0


def test_two_periods_that_agree_set_a_clock():
    assert agreed_offset([(5, -70_000.0), (6, -70_300.0)], period_s=1024) == -70_000


def test_one_id_alone_sets_no_clock():
    assert agreed_offset([(5, -70_000.0)], period_s=1024) is None


def test_recordings_that_do_not_agree_set_no_clock():
    assert agreed_offset([(5, -70_000.0), (6, -40_000.0)], period_s=1024) is None
