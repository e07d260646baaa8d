"""The single source of time, and the wall clocks of the world.

Routes, jobs and commands read `now()` once and pass it down as `now=`; the rest is pure. The clocks change twice a
year, so the rule from wall-clock time to an instant is stated for every wall-clock time:

| the clock there | the instant is |
|---|---|
| shows it once | that one |
| skips it (spring) | the first instant after the gap, so that a window never turns round |
| shows it twice (autumn) | the first of the two |

In one sentence: the first instant at which the clock there shows that time or a later one.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

A_SECOND = timedelta(seconds=1)


class Placed(Protocol):
    """Something with a wall clock of its own: a brand, a store."""

    @property
    def time_zone(self) -> str: ...


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def in_utc(instant: datetime) -> datetime:
    """An instant as UTC has it. RFC 3339 lets anybody write an offset of 21 hours, of which PostgreSQL takes no more
    than fifteen. Raises `ValueError` for one that the calendar does not hold in UTC."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"not in the calendar: {instant}") from None


def write_instant(instant: datetime) -> str:
    """An aware instant as every answer writes it: RFC 3339, in UTC."""
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


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


def zone_of(place: Placed | None) -> str:
    """The IANA zone of a brand or store; UTC for one that is not there."""
    return "UTC" if place is None else place.time_zone
