"""Windows on the wall clock into instants. Pure: no database, no present time.

A window is written on the wall clock (`2026-05-18T09:00`) and holds in each store at that store's own time, start
included, end excluded; `app.clock.instant_of` says what that means where the clocks change.
"""

from datetime import date, datetime, time, timedelta

from app.clock import day_of, start_of


def end_of_day_after(instant: datetime, days: int, time_zone: str) -> datetime:
    """The end, excluded, of the day that comes `days` days after this instant's day; 0 is the end of the same day."""
    return start_of(day_of(instant, time_zone) + timedelta(days=days + 1), time_zone)


def first_minute(day: date) -> datetime:
    """The wall-clock time at which a window that starts on `day` starts."""
    return datetime.combine(day, time.min)


def minute_after(day: date) -> datetime:
    """The wall-clock time at which a window ends whose last day, included, is `day`."""
    return datetime.combine(day + timedelta(days=1), time.min)
