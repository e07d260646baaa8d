"""What a schedule asks of the store at which it is read: its clock, its holidays, its doors. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from app import clock

Interval = tuple[datetime, datetime]
Window = tuple[datetime, datetime]
"""Wall-clock times, the end excluded."""


class Calendar(Protocol):
    """The public holidays where a store lies."""

    def is_public_holiday(self, day: date) -> bool | None:
        """Whether a day is one there; None when only some keep it."""
        ...


class OpenHours(Protocol):
    """The opening hours of a store."""

    def open_between(self, first: datetime, until: datetime) -> Sequence[Interval] | None:
        """When it is open between two instants; None when its hours are not known."""
        ...


class StoreDays(NamedTuple):
    """The window of an offer at a store, whose clock is in `zone`. Holidays and doors are asked only by schedules that
    need them (`Schedule.asks_store`); without them no day is a holiday, and hours are not known."""

    window: Window
    zone: str
    calendar: Calendar | None = None
    hours: OpenHours | None = None

    def instant_of(self, local: datetime) -> datetime:
        """The first instant at which the clock there shows this time or a later one."""
        return clock.instant_of(local, self.zone)

    def local_of(self, instant: datetime) -> datetime:
        """What the clock there shows."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, fold=0)
