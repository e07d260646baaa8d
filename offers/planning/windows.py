"""Windows on the wall clock into instants. Pure: no database, no present time.

A window is written on the wall clock (`2026-05-18T09:00`) and holds in each store at that store's own time, start
included, end excluded; `app.clock.instant_of` says what that means where the clocks change.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from app.clock import day_of, instant_of


def end_after_days(instant: datetime, days: int, zones: Collection[str]) -> datetime:
    """The wall-clock time at which the day is over that comes `days` days after this instant's day; 0 is the same day.

    Where it is another day in another of these zones, the later one counts: nobody gets less than was promised.
    """
    return minute_after(max(day_of(instant, zone) for zone in zones) + timedelta(days=days))


def end_everywhere(local: datetime, zones: Collection[str]) -> datetime:
    """The instant from which on the clocks of all these zones show this wall-clock time or a later one."""
    return max(instant_of(local, zone) for zone in zones)


def last_day(ends_local: datetime) -> date:
    """The last day of which something belongs to a window that ends, excluded, at this wall-clock time."""
    return (ends_local - timedelta.resolution).date()


def first_minute(day: date) -> datetime:
    """The wall-clock time at which a window that starts on `day` starts."""
    return datetime.combine(day, time.min)


def minute_after(day: date) -> datetime:
    """The wall-clock time at which a window ends whose last day, included, is `day`."""
    return datetime.combine(day + timedelta(days=1), time.min)
