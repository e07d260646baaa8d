"""Calendar periods in a brand's zone. Pure: no database, no present time."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from app import clock

FOR_EVER = date(1, 1, 1)
"""The first day of the one period of a budget for its whole life."""


class BudgetPeriod(StrEnum):
    """After how long a budget is whole again; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LIFE = "life"


def first_day(period: BudgetPeriod, day: date) -> date:
    """The first day of the period that a day belongs to, as `date_trunc` of PostgreSQL counts."""
    match period:
        case BudgetPeriod.DAY:
            return day
        case BudgetPeriod.WEEK:
            return day - timedelta(days=day.weekday())
        case BudgetPeriod.MONTH:
            return day.replace(day=1)
        case BudgetPeriod.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case BudgetPeriod.YEAR:
            return day.replace(month=1, day=1)
        case BudgetPeriod.LIFE:
            return FOR_EVER


def next_first_day(period: BudgetPeriod, since: date) -> date | None:
    """The first day after the period that begins on `since`; None for a whole life."""
    match period:
        case BudgetPeriod.DAY:
            return since + timedelta(days=1)
        case BudgetPeriod.WEEK:
            return since + timedelta(days=7)
        case BudgetPeriod.MONTH:
            return _months_after(since, 1)
        case BudgetPeriod.QUARTER:
            return _months_after(since, 3)
        case BudgetPeriod.YEAR:
            return since.replace(year=since.year + 1)
        case BudgetPeriod.LIFE:
            return None


def end_of_period(period: BudgetPeriod, since: date, *, time_zone: str) -> datetime | None:
    """The instant at which the period that begins on `since` is over in a zone; None for a whole life."""
    after = next_first_day(period, since)
    return None if after is None else clock.start_of(after, time_zone)


def _months_after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
