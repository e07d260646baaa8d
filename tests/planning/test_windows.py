"""Wall-clock time into instants: every zone, both changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from offers.planning import windows
from tests.planning.factories import on_the_clock

ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "UTC",
)

zones = st.sampled_from(ZONES)
minutes = st.datetimes(on_the_clock("2005-01-01"), on_the_clock("2040-12-31")).map(
    lambda t: t.replace(second=0, microsecond=0)
)


def clock_at(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def test_a_time_is_that_of_the_stores_clock() -> None:
    assert clock.instant_of(on_the_clock("2026-05-18T09:00"), "Europe/Paris") == datetime(2026, 5, 18, 7, tzinfo=UTC)


def test_a_time_that_the_clock_skips_is_the_end_of_the_gap() -> None:
    assert clock.instant_of(on_the_clock("2026-03-29T02:30"), "Europe/Paris") == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_the_clock_shows_twice_is_the_first() -> None:
    found = clock.instant_of(on_the_clock("2026-10-25T02:30"), "Europe/Paris")
    assert found == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_whole_day_can_be_skipped() -> None:
    assert clock.instant_of(on_the_clock("2011-12-30T12:00"), "Pacific/Apia") == datetime(2011, 12, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@given(minutes)
def test_it_is_the_first_instant_at_which_the_clock_shows_that_time_or_later(zone: str, local: datetime) -> None:
    instant = clock.instant_of(local, zone)
    assert clock_at(instant, zone) >= local
    assert clock_at(instant - timedelta(seconds=1), zone) < local


@given(zones, minutes, minutes)
def test_an_earlier_time_is_never_a_later_instant(zone: str, one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert clock.instant_of(earlier, zone) <= clock.instant_of(later, zone)


@given(zones, st.dates(date(2012, 1, 2), date(2040, 12, 30)))
def test_an_end_date_includes_its_last_second_and_nothing_of_the_next_day(zone: str, day: date) -> None:
    end = clock.instant_of(windows.minute_after(day), zone)
    assert clock.day_of(end - timedelta(seconds=1), zone) == day
    assert clock.day_of(end, zone) > day


@given(zones, st.dates(date(2012, 1, 2), date(2040, 12, 30)))
def test_a_start_date_begins_with_its_first_second(zone: str, day: date) -> None:
    start = clock.instant_of(windows.first_minute(day), zone)
    assert clock.day_of(start, zone) == day
    assert clock.day_of(start - timedelta(seconds=1), zone) < day


@given(zones, minutes, st.integers(0, 400))
def test_a_coupon_holds_through_its_whole_last_day(zone: str, local: datetime, days: int) -> None:
    claimed = clock.instant_of(local, zone)
    over = windows.end_everywhere(windows.end_after_days(claimed, days, [zone]), [zone])
    last_day = clock.day_of(claimed, zone) + timedelta(days=days)
    assert over > claimed
    assert clock.day_of(over, zone) > last_day
    assert clock.day_of(over - timedelta(seconds=1), zone) <= last_day
