"""Wall-clock time into instants, and days of a zone. Pure: no database, no present time.

A window is written on the wall clock (`2026-05-18T09:00`) and holds in each store at that store's own time, start
included, end excluded. The clocks change twice a year, so the rule is stated for every wall-clock time:

| the store's clock | the instant is |
|---|---|
| shows it once | that one |
| skips it (spring) | the first instant after the gap, so that a window never turns round |
| shows it twice (autumn) | the first of the two |

In one sentence: the first instant at which the store's clock shows that time or a later one.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

A_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def instant_of(local: datetime, time_zone: str) -> datetime:
    """The instant, in UTC, of a naive wall-clock time in an IANA zone."""
    zone = ZoneInfo(time_zone)
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _clock(instant, zone) == local:
        return instant
    # The clock skips this time. Before the gap's end it shows less, from there on more (PEP 495 gives both sides).
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = instant
    while after - before > A_SECOND:
        middle = before + (after - before) // A_SECOND // 2 * A_SECOND
        before, after = (before, middle) if _clock(middle, zone) >= local else (middle, after)
    return after


def _clock(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def day_of(instant: datetime, time_zone: str) -> date:
    """The date that a calendar in this zone shows at this instant."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """The instant at which a day begins in this zone."""
    return instant_of(datetime.combine(day, time.min), time_zone)


def end_of_day_after(instant: datetime, days: int, time_zone: str) -> datetime:
    """The end, excluded, of the day that comes `days` days after this instant's day; 0 is the end of the same day."""
    return start_of(day_of(instant, time_zone) + timedelta(days=days + 1), time_zone)


def first_minute(day: date) -> datetime:
    """The wall-clock time at which a window that starts on `day` starts."""
    return datetime.combine(day, time.min)


def minute_after(day: date) -> datetime:
    """The wall-clock time at which a window ends whose last day, included, is `day`."""
    return datetime.combine(day + timedelta(days=1), time.min)
