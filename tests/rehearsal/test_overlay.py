from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from offers.rehearsal.overlay import Spans, lay_over
from tests.planning.factories import on_the_clock

TODAY = on_the_clock("2026-05-18T12:00")
MINUTES = st.datetimes(min_value=on_the_clock("2024-01-01"), max_value=on_the_clock("2028-01-01")).map(
    lambda at: at.replace(second=0, microsecond=0)
)


def test_it_is_moved_back_by_the_fewest_whole_weeks() -> None:
    laid = lay_over(
        starts_local=on_the_clock("2026-05-25"), ends_local=on_the_clock("2026-06-01"), days=90, now_local=TODAY
    )
    assert (laid.weeks, laid.back(laid.begins)) == (2, on_the_clock("2026-05-11"))


def test_a_long_window_is_played_for_as_many_days_as_are_asked() -> None:
    laid = lay_over(
        starts_local=on_the_clock("2026-05-25"), ends_local=on_the_clock("2027-05-25"), days=90, now_local=TODAY
    )
    assert (laid.days, laid.begins) == (90, on_the_clock("2026-05-25"))


def test_of_a_window_that_has_begun_the_rest_is_played() -> None:
    laid = lay_over(
        starts_local=on_the_clock("2026-05-01"), ends_local=on_the_clock("2026-05-25"), days=90, now_local=TODAY
    )
    assert laid.begins == TODAY


def test_of_a_window_that_is_over_the_last_days_are_played() -> None:
    laid = lay_over(
        starts_local=on_the_clock("2026-01-01"), ends_local=on_the_clock("2026-05-01"), days=7, now_local=TODAY
    )
    assert (laid.weeks, laid.begins) == (0, on_the_clock("2026-04-24"))


@given(starts=MINUTES, minutes=st.integers(1, 400 * 1440), days=st.integers(7, 365), now=MINUTES)
def test_all_of_it_is_past_and_weekdays_stay(starts: datetime, minutes: int, days: int, now: datetime) -> None:
    laid = lay_over(starts_local=starts, ends_local=starts + timedelta(minutes=minutes), days=days, now_local=now)
    assert laid.begins < laid.ends <= laid.begins + timedelta(days=days)
    assert laid.back(laid.ends) <= now
    assert laid.back(laid.begins).weekday() == laid.begins.weekday()
    assert laid.weeks == 0 or laid.back(laid.ends) + timedelta(days=7) > now


def test_five_in_the_afternoon_stays_five_over_a_change_of_the_clocks() -> None:
    zone = "Europe/Paris"
    laid = lay_over(
        starts_local=on_the_clock("2026-03-30"),
        ends_local=on_the_clock("2026-04-06"),
        days=7,
        now_local=on_the_clock("2026-03-28T12:00"),
    )
    firing = (datetime(2026, 3, 31, 17, tzinfo=ZoneInfo(zone)), datetime(2026, 3, 31, 19, tzinfo=ZoneInfo(zone)))
    spans = laid.spans_in(zone, [firing])
    assert laid.weeks == 2
    assert spans.hold(datetime(2026, 3, 17, 17, tzinfo=ZoneInfo(zone)))
    assert not spans.hold(datetime(2026, 3, 17, 19, tzinfo=ZoneInfo(zone)))


def test_a_visit_before_midnight_in_one_zone_stands_for_that_day_there() -> None:
    laid = lay_over(
        starts_local=on_the_clock("2026-05-25"), ends_local=on_the_clock("2026-06-01"), days=7, now_local=TODAY
    )
    late = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)
    assert laid.day_in_offer(late, "Europe/Paris") == date(2026, 5, 26)
    assert laid.day_in_offer(late, "America/Martinique") == date(2026, 5, 25)


def test_spans_hold_their_start_and_not_their_end() -> None:
    start, end = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
    spans = Spans([(start, end)])
    assert (spans.hold(start), spans.hold(end)) == (True, False)
    assert not Spans([]).hold(start)


def test_spans_that_overlap_are_one() -> None:
    at = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    assert Spans([(at[1], at[2]), (at[0], at[3])]).spans == [(at[0], at[3])]
    assert Spans([(at[0], at[3]), (at[1], at[2])]).hold(at[2])
