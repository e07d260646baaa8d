"""The calendar of caps and tiers, on the brand's wall clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import NOON
from tests.programmes.factories import Club, rule
from wallet.programmes import periods
from wallet.programmes.rules import Period

PARIS = "Europe/Paris"
HOUR = timedelta(hours=1)
AUTUMN, SPRING = datetime(2026, 10, 25, 10, tzinfo=UTC), datetime(2026, 3, 29, 10, tzinfo=UTC)
"""The days on which the clocks go back and forward."""


@pytest.mark.parametrize(("at", "hours"), [(NOON, 24), (AUTUMN, 25), (SPRING, 23)], ids=["any day", "autumn", "spring"])
def test_a_day_is_as_long_as_the_clock_makes_it(at: datetime, hours: int) -> None:
    start, end = periods.window(Period.DAY, at=at, zone=PARIS)
    assert start is not None
    assert end is not None
    assert end - start == hours * HOUR


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.WEEK, datetime(2026, 5, 17, 22, tzinfo=UTC), datetime(2026, 5, 24, 22, tzinfo=UTC)),
        (Period.MONTH, datetime(2026, 4, 30, 22, tzinfo=UTC), datetime(2026, 5, 31, 22, tzinfo=UTC)),
        (Period.YEAR, datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_period_is_that_of_the_calendar(period: Period, start: datetime, end: datetime) -> None:
    assert periods.window(period, at=NOON, zone=PARIS) == (start, end)


def test_a_month_earlier_is_the_same_day_or_the_last() -> None:
    assert periods.months_from(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert periods.months_from(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert periods.months_from(date(2026, 1, 15), -12) == date(2025, 1, 15)


def test_a_cap_of_a_day_holds_for_twenty_five_hours_when_the_clocks_go_back() -> None:
    club = Club(rule(caps={Period.DAY: 15}))
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    for hours in (0, 24.9, 25):
        club.buys(1000, now=midnight + hours * HOUR)
    assert [award.points for award in club.awards()] == [10, 5, 10]


def test_a_year_that_ends_at_an_instant_is_the_one_before_it() -> None:
    new_year = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert periods.earned_since(None, until=new_year, zone=PARIS) == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert periods.earned_since(None, until=new_year + HOUR, zone=PARIS) == new_year
