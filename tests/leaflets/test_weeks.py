import uuid
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offers.leaflets.weeks import number_leaflet, week_of

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


def test_a_number_is_one_for_whom_where_which_week_and_which_permission() -> None:
    week, later = (week_of(SUNDAY_NIGHT + timedelta(days=days), zone="Europe/Paris") for days in (0, 7))
    mine = {"member_id": uuid.uuid4(), "store_id": uuid.uuid4(), "event_id": uuid.uuid4(), "week": week}
    others = [mine | {name: uuid.uuid4()} for name in ("member_id", "store_id", "event_id")] + [mine | {"week": later}]
    assert len({number_leaflet(**one) for one in [mine, dict(mine), *others]}) == 5


def test_a_number_says_when_its_week_began_and_is_of_version_7() -> None:
    week = week_of(SUNDAY_NIGHT, zone="Europe/Paris")
    number = number_leaflet(member_id=uuid.uuid4(), store_id=uuid.uuid4(), event_id=uuid.uuid4(), week=week)
    assert (number.version, number.variant) == (7, uuid.RFC_4122)
    assert number.int >> 80 == int(week.starts_at.timestamp() * 1000)
