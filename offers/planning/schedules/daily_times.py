"""Times of a day on the clock of a store, from one minute to another. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

A_DAY = 24 * 60


class DailyTime(NamedTuple):
    """From a minute of the day on, for so many minutes of the clock: a day at most, perhaps over midnight."""

    start: int
    minutes: int

    @property
    def end(self) -> int:
        """The minute of the day at which it ends, or of the next one; midnight is the end of the day, 24:00."""
        return (self.start + self.minutes - 1) % A_DAY + 1

    @property
    def is_whole_day(self) -> bool:
        """From midnight to midnight."""
        return self.start == 0 and self.minutes == A_DAY


def read_time(starts: str, ends: str) -> DailyTime:
    """A time of `HH:MM` to `HH:MM`; an end that does not come after the start is on the next day."""
    start, end = _minute(starts), _minute(ends)
    return DailyTime(start, end - start if end > start else end - start + A_DAY)


def spell_minute(minute: int) -> str:
    """`17:05`, and `24:00` for the end of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def overlap(times: Sequence[DailyTime]) -> bool:
    """Whether two of these times of one day have a minute in common."""
    ordered = sorted(times)
    return any(one.start + one.minutes > other.start for one, other in pairwise(ordered))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
