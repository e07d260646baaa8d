"""The rules of opening hours as values, and their one canonical spelling.

The words are those of the OSM grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

MINUTES_OF_DAY = 24 * 60
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WHOLE_WEEK = frozenset(range(7))


class HoursState(IntEnum):
    """What a rule says of its times; the numbers are those that a day is painted with."""

    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2


@dataclass(frozen=True)
class WeekdayRange:
    """`Mo-Fr`, or the n-th of a month: `Sa[1,-1] +1 day`. Days count from Monday = 0; `shift` is in days."""

    first: int
    last: int
    nths: tuple[int, ...] = ()
    shift: int = 0

    @cached_property
    def days(self) -> frozenset[int]:
        """The days of the week between the two ends; `Sa-Mo` goes through Sunday."""
        return frozenset((self.first + step) % 7 for step in range((self.last - self.first) % 7 + 1))


@dataclass(frozen=True)
class HolidayKind:
    """`PH` (public) or `SH` (school), or a day some days away from one (`PH -1 day`)."""

    kind: str
    shift: int = 0


@dataclass(frozen=True)
class SunEvent:
    """`sunrise`, `sunset`, `dawn` or `dusk`, `shift` minutes later."""

    event: str
    shift: int = 0


@dataclass(frozen=True)
class TimeSpan:
    """From `start` to `end`, minutes after midnight or the sun's; past 24:00 is the night that follows.

    Without `end` only the beginning is known (`18:00+`); `open_end`: nobody knows how long after `end` it goes on.
    """

    start: int | SunEvent
    end: int | SunEvent | None
    open_end: bool = False


@dataclass(frozen=True)
class HoursRule:
    """One rule. Its days are those that `dates` and its holidays and weekdays allow, each where there are any.

    `joined_by` is `;` (replaces what earlier rules say of its days), `,` (adds to it), `||` (holds when nothing before
    it does) or `||,` (adds to such a one). `either`: a holiday or a weekday is enough (`PH,Su`); else both are needed
    (`PH Su`).
    """

    joined_by: str
    dates: str
    holidays: tuple[HolidayKind, ...]
    weekdays: tuple[WeekdayRange, ...]
    either: bool
    times: tuple[TimeSpan, ...]
    state: HoursState
    comment: str | None

    @property
    def on_all_days(self) -> bool:
        """Whether no day is excepted."""
        return not (self.dates or self.holidays or self.weekdays)

    @property
    def follows_the_sun(self) -> bool:
        """Whether its times change with the place and the season."""
        return any(isinstance(at, SunEvent) for span in self.times for at in (span.start, span.end))

    @cached_property
    def same_each_week(self) -> bool:
        """Whether, but for holidays, the day of the week decides."""
        return not (self.dates or self.follows_the_sun or any(days.nths or days.shift for days in self.weekdays))

    @cached_property
    def weekly(self) -> frozenset[int] | None:
        """The days of the week on which it holds, when the week alone decides; else None."""
        if self.dates or self.holidays or any(days.nths or days.shift for days in self.weekdays):
            return None
        return frozenset().union(*(days.days for days in self.weekdays)) if self.weekdays else WHOLE_WEEK


def spell_rules(rules: tuple[HoursRule, ...]) -> str:
    """The rules in canonical spelling, which reads as the same rules."""
    between = {";": "; ", ",": ", ", "||": " || ", "||,": ", "}
    return "".join((between[rule.joined_by] if number else "") + _rule(rule) for number, rule in enumerate(rules))


def spell_weekdays(days: frozenset[int]) -> tuple[WeekdayRange, ...]:
    """These days of the week as few ranges, the first of which may go through Sunday."""
    starts = [day for day in range(7) if day in days and (day - 1) % 7 not in days] or [0]
    ranges = []
    for start in starts:
        last = start
        while (last + 1) % 7 in days and (last + 1) % 7 != start:
            last += 1
        ranges.append(WeekdayRange(start, last % 7))
    return tuple(ranges)


def _rule(rule: HoursRule) -> str:
    days = ",".join(filter(None, (_holidays(rule), _weekdays(rule)))) if rule.either else None
    parts = [rule.dates, *([days] if days else [_holidays(rule), _weekdays(rule)]), ",".join(map(_span, rule.times))]
    if rule.on_all_days and not rule.times and rule.state is HoursState.OPEN and rule.comment is None:
        parts.append("24/7")
    elif rule.state is HoursState.OPEN and (rule.comment is not None or not rule.times):
        parts.append("open")  # with a comment alone the times would be unknown
    elif rule.state is HoursState.CLOSED:
        parts.append("closed")
    elif rule.state is HoursState.UNKNOWN and rule.comment is None:
        parts.append("unknown")
    if rule.comment is not None:
        parts.append(f'"{rule.comment}"')
    return " ".join(filter(None, parts))


def _holidays(rule: HoursRule) -> str:
    return ",".join(days.kind + _days(days.shift) for days in rule.holidays)


def _weekdays(rule: HoursRule) -> str:
    return ",".join(map(_weekday, rule.weekdays))


def _weekday(days: WeekdayRange) -> str:
    spelled = WEEKDAYS[days.first] + (f"-{WEEKDAYS[days.last]}" if days.last != days.first else "")
    return spelled + (f"[{','.join(map(str, days.nths))}]" if days.nths else "") + _days(days.shift)


def _days(shift: int) -> str:
    return f" {shift:+d} day{'s' if abs(shift) > 1 else ''}" if shift else ""


def _span(span: TimeSpan) -> str:
    end = "" if span.end is None else f"-{_time(span.end)}"
    return _time(span.start) + end + ("+" if span.open_end else "")


def _time(time: int | SunEvent) -> str:
    if isinstance(time, int):
        return _clock(time)
    sign = "-" if time.shift < 0 else "+"
    return f"({time.event}{sign}{_clock(abs(time.shift))})" if time.shift else time.event


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
