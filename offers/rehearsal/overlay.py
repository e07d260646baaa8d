"""Lays an offer over the past, by whole weeks, so that a Tuesday stays a Tuesday. Pure: no database, no present time.

What is played is the part of its window that is to come, as many days of it as are asked for; of an offer that is over,
its last days. That part is moved back by the fewest weeks after which all of it is past. It is moved on the wall clock:
five in the afternoon stays five in the afternoon, whatever the clocks did in between.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.clock import instant_of

A_WEEK = timedelta(days=7)

Span = tuple[datetime, datetime]
"""Two instants, the second excluded."""


class Overlay(NamedTuple):
    """The part of a window that is played, on the wall clock of each store, and how many weeks before it the past is
    that it is held against."""

    begins: datetime
    ends: datetime
    weeks: int

    @property
    def days(self) -> int:
        """How many days are played; one that is begun counts."""
        return -((self.begins - self.ends) // timedelta(days=1))

    def back(self, local: datetime) -> datetime:
        """The wall-clock time in the past that stands for this one of the offer."""
        return local - self.weeks * A_WEEK

    def day_in_offer(self, at: datetime, zone: str) -> date:
        """The day of the offer for which an instant of the past stands, on the calendar of a store."""
        return (at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + self.weeks * A_WEEK).date()

    def instant_in_offer(self, at: datetime, zone: str) -> datetime:
        """The instant of the offer for which an instant of the past stands, at a store of this zone."""
        return instant_of(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + self.weeks * A_WEEK, zone)

    def span_in(self, zone: str) -> Span:
        """From when until when it is held against the past in a zone."""
        return instant_of(self.back(self.begins), zone), instant_of(self.back(self.ends), zone)

    def spans_in(self, zone: str, firings: Sequence[Span] | None = None) -> "Spans":
        """When it would have held in a zone: all along, or only in these firings of the offer."""
        if firings is None:
            return Spans([self.span_in(zone)])
        return Spans([(self._moved(start, zone), self._moved(end, zone)) for start, end in firings])

    def _moved(self, at: datetime, zone: str) -> datetime:
        return instant_of(self.back(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)), zone)


class Spans:
    """Spans of time in their order, those that overlap as one, and whether an instant is in one of them."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans: list[Span] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if self.spans and start <= self.spans[-1][1]:
                self.spans[-1] = (self.spans[-1][0], max(end, self.spans[-1][1]))
            else:
                self.spans.append((start, end))
        self._starts = [start for start, _ in self.spans]

    def hold(self, at: datetime) -> bool:
        """Whether one of them holds this instant."""
        place = bisect_right(self._starts, at)
        return place > 0 and at < self.spans[place - 1][1]


def lay_over(*, starts_local: datetime, ends_local: datetime, days: int, now_local: datetime) -> Overlay:
    """Which part of this window is played, at most so many days of it, and over which weeks of the past."""
    length = timedelta(days=days)
    begins = max(starts_local, ends_local - length if ends_local <= now_local else now_local)
    ends = min(ends_local, begins + length)
    return Overlay(begins, ends, max(0, -((now_local - ends) // A_WEEK)))
