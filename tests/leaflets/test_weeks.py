from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offers.leaflets.weeks import week_of

SUNDAY_NIGHT = datetime(2026, 5, 24, 22, 30, tzinfo=UTC)
"""Half past midnight, on Monday, in Paris; still Sunday overseas."""


def test_a_week_is_that_of_the_store() -> None:
    assert week_of(SUNDAY_NIGHT, zone="Europe/Paris").first_day == date(2026, 5, 25)
    assert week_of(SUNDAY_NIGHT, zone="America/Martinique").first_day == date(2026, 5, 18)


def test_a_week_in_which_the_clocks_change_lasts_an_hour_less_or_more() -> None:
    spring = week_of(datetime(2026, 3, 25, tzinfo=UTC), zone="Europe/Paris")
    autumn = week_of(datetime(2026, 10, 20, tzinfo=UTC), zone="Europe/Paris")
    assert [week.ends_at - week.starts_at for week in (spring, autumn)] == [timedelta(hours=167), timedelta(hours=169)]


@given(at=st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2060, 1, 1)))  # noqa: DTZ001
def test_an_instant_is_within_its_week(at: datetime) -> None:
    week = week_of(at, zone="Indian/Reunion")
    assert week.starts_at <= at < week.ends_at
    assert (week.first_day.weekday(), week.last_day.weekday()) == (0, 6)
