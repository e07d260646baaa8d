from datetime import date, timedelta

from offers.rehearsal.run_outs import find_daily_run_out, find_period_run_out, find_run_out

MONDAY = date(2026, 5, 25)
A_HUNDRED_A_DAY = {MONDAY + timedelta(days=n): 100.0 for n in range(14)}
SHARES = (0.05, 0.1, 0.5)


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def test_a_limit_is_reached_on_the_day_on_which_the_share_comes_to_it() -> None:
    found = find_run_out("total_limit", A_HUNDRED_A_DAY, limit=50, shares=SHARES)
    assert (found.earliest, found.expected, found.latest) == (on(0), on(4), on(9))


def test_what_is_not_reached_has_no_day() -> None:
    found = find_run_out("total_limit", A_HUNDRED_A_DAY, limit=141, shares=SHARES)
    assert (found.earliest, found.expected, found.latest) == (on(2), None, None)


def test_a_daily_limit_counts_its_days() -> None:
    busy = A_HUNDRED_A_DAY | {on(5): 900.0, on(12): 900.0}
    found = find_daily_run_out("daily_limit", busy, limit=60, shares=SHARES)
    assert (found.expected, found.days) == (on(5), 2)


def test_a_budget_of_a_week_begins_anew_with_the_week() -> None:
    weeks = {day: day - timedelta(days=day.weekday()) for day in A_HUNDRED_A_DAY}
    never = find_period_run_out("week", A_HUNDRED_A_DAY, limits={}, limit=71, shares=SHARES, periods=weeks)
    late = find_period_run_out(
        "week", A_HUNDRED_A_DAY | {on(8): 300.0}, limits={}, limit=71, shares=SHARES, periods=weeks
    )
    assert (never.expected, late.expected) == (None, on(12))


def test_of_a_period_that_has_begun_only_what_is_left_counts() -> None:
    weeks = {day: day - timedelta(days=day.weekday()) for day in A_HUNDRED_A_DAY}
    found = find_period_run_out("week", A_HUNDRED_A_DAY, limits={MONDAY: 15}, limit=1_000, shares=SHARES, periods=weeks)
    assert found.expected == on(1)
