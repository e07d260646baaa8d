"""The calendar of a programme: the periods of caps and of tiers, in the brand's zone. Pure."""

import calendar
from datetime import date, datetime, timedelta

from app.clock import day_of, start_of
from wallet.programmes.rules import Period

A_MOMENT = timedelta(microseconds=1)
A_DAY = timedelta(days=1)

Window = tuple[datetime | None, datetime | None]
"""Two instants, the end excluded; null where it is open."""


def window(period: Period, *, at: datetime, zone: str) -> Window:
    """The calendar period that holds an instant, its end excluded. A sale and a lifetime have no ends."""
    day = day_of(at, zone)
    if period is Period.DAY:
        first, after = day, day + A_DAY
    elif period is Period.WEEK:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    elif period is Period.MONTH:
        first = day.replace(day=1)
        after = months_from(first, 1)
    elif period is Period.YEAR:
        first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    else:
        return None, None
    return start_of(first, zone), start_of(after, zone)


def earned_since(months: int | None, *, until: datetime, zone: str) -> datetime:
    """From when on points count for a tier that is judged on what was earned before `until`: so many months back, from
    the start of the day; or from the start of the calendar year that ends then or later."""
    if months is None:
        return start_of(date(day_of(until - A_MOMENT, zone).year, 1, 1), zone)
    return start_of(months_from(day_of(until, zone), -months), zone)


def months_from(day: date, months: int) -> date:
    """The day with this number so many months later (or earlier), or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
