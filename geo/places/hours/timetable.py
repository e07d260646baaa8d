"""What rules say of one day, minute by minute, as the reference implementation of the grammar reads them.

A rule behind `;` takes the place of what earlier rules say of its days; a night belongs to the day on which it began,
and goes on after midnight unless such a rule speaks of the next day.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from geo.places.hours.calendars import HolidayCalendar, NoHolidays
from geo.places.hours.rules import MINUTES_OF_DAY, HolidayKind, HoursRule, HoursState, SunEvent, WeekdayRange

ONE_DAY = timedelta(days=1)

# How long a time without an end goes on at most, by the hour of its beginning: as the reference implementation guesses.
EVENING, LATE_EVENING = 17 * 60, 22 * 60
AFTER_EVENING, AFTER_LATE_EVENING = 10 * 60, 8 * 60


@dataclass(frozen=True)
class Surroundings:
    """What the meaning of hours depends on: the clock, the holidays, and where the sun rises (lat, lon)."""

    time_zone: str
    holidays: HolidayCalendar | NoHolidays
    position: tuple[float, float]


MONDAY = date(2001, 1, 1)
ANYWHERE = Surroundings("UTC", NoHolidays(), (0.0, 0.0))

Minutes = list[tuple[int, int]]


def open_minutes(
    rules: tuple[HoursRule, ...], days: Iterable[date], around: Surroundings
) -> Iterator[tuple[date, Minutes]]:
    """When a store is surely open between 00:00 and 24:00 of each day: half-open ranges of minutes of the wall clock.

    When a day may be a holiday, only what is open either way counts.
    """
    regular = all(rule.same_each_week for rule in rules)
    named = {kind for rule in rules for kind in rule.holidays}
    week: dict[int, Minutes] = {}
    for day in days:
        if not regular or _may_be_named(named, day, around):
            yield day, _open_minutes(rules, day, around)
            continue
        if day.weekday() not in week:
            week[day.weekday()] = _open_minutes(rules, MONDAY + day.weekday() * ONE_DAY, ANYWHERE)
        yield day, week[day.weekday()]


def _may_be_named(kinds: Collection[HolidayKind], day: date, around: Surroundings) -> bool:
    """Whether this day, or the one whose night ends on it, may be one of these holidays."""
    return any(
        around.holidays.is_holiday(kind.kind, at - timedelta(days=kind.shift)) is not False
        for kind in kinds
        for at in (day, day - ONE_DAY)
    )


def _open_minutes(rules: tuple[HoursRule, ...], day: date, around: Surroundings) -> Minutes:
    look = _Look(around, doubt=True)
    painted = _paint(rules, day, look)
    if look.doubted:
        other = _paint(rules, day, _Look(around, doubt=False))
        painted = bytearray(one if one == two else HoursState.UNKNOWN for one, two in zip(painted, other, strict=True))
    return list(_open_ranges(painted))


def _open_ranges(painted: bytearray) -> Iterator[tuple[int, int]]:
    ends = 0
    while (begins := painted.find(HoursState.OPEN, ends)) >= 0:
        found = (painted.find(other, begins) for other in (HoursState.CLOSED, HoursState.UNKNOWN))
        ends = min((at for at in found if at >= 0), default=MINUTES_OF_DAY)
        yield begins, ends


class _Look:
    """Whether a rule holds on a day, when days that may be holidays count as such (`doubt`) or not."""

    def __init__(self, around: Surroundings, *, doubt: bool) -> None:
        self.around, self.doubt, self.doubted = around, doubt, False

    def holds(self, rule: HoursRule, day: date) -> bool:
        if rule.weekly is not None:
            return day.weekday() in rule.weekly
        if rule.dates and day not in _days_of(rule.dates, day.year):
            return False
        chosen = [any(self.is_holiday(kind, day) for kind in rule.holidays)] if rule.holidays else []
        if rule.weekdays:
            chosen.append(any(_is_weekday(days, day) for days in rule.weekdays))
        return any(chosen) if rule.either else all(chosen)

    def is_holiday(self, kind: HolidayKind, day: date) -> bool:
        known = self.around.holidays.is_holiday(kind.kind, day - timedelta(days=kind.shift))
        self.doubted |= known is None
        return self.doubt if known is None else known


def _paint(rules: tuple[HoursRule, ...], day: date, look: _Look) -> bytearray:
    canvas = bytearray(MINUTES_OF_DAY)
    for rule, began in _holding(rules, day, look):
        offset = 0 if began == day else MINUTES_OF_DAY
        for begins, ends, state in _pieces(rule, began, look.around):
            begins, ends = max(0, begins - offset), min(MINUTES_OF_DAY, ends - offset)
            if begins < ends:
                canvas[begins:ends] = _painted(canvas[begins:ends], rule, state)
    return canvas


def _painted(before: bytearray, rule: HoursRule, state: HoursState) -> bytes | bytearray:
    if not rule.joined_by.startswith("||"):
        return bytes([state]) * len(before)
    return before.translate(bytes.maketrans(bytes([HoursState.CLOSED]), bytes([state])))


def _holding(rules: tuple[HoursRule, ...], day: date, look: _Look) -> list[tuple[HoursRule, date]]:
    """The rules that speak of `day`, in order, each with the day on which it began: this one or the one before."""
    holding: list[tuple[HoursRule, date]] = []
    for number, rule in enumerate(rules):
        if look.holds(rule, day):
            if _replaces(rule, rules[number - 1] if number else None):
                holding = []
            holding.append((rule, day))
        if rule.times and look.holds(rule, day - ONE_DAY):
            holding.append((rule, day - ONE_DAY))
    return holding


def _replaces(rule: HoursRule, before: HoursRule | None) -> bool:
    """Whether a rule takes the place of earlier ones on its days: not when it closes, and on all days only if open."""
    if rule.joined_by != ";" or rule.state is HoursState.CLOSED:
        return False
    if not rule.on_all_days:
        return True
    return rule.state is HoursState.OPEN and before is not None and before.on_all_days


def _pieces(rule: HoursRule, day: date, around: Surroundings) -> Iterator[tuple[int, int, HoursState]]:
    """What the rule says from 00:00 of `day` on, in minutes; past 24:00 is the night that follows."""
    if not rule.times:
        yield 0, MINUTES_OF_DAY, rule.state
    for span in rule.times:
        begins = _minute(span.start, day, around)
        ends = begins if span.end is None else _minute(span.end, day, around)
        if begins is None or ends is None:
            continue
        if span.end is not None:
            if ends <= begins:
                ends += MINUTES_OF_DAY
            yield begins, ends, rule.state
        if span.open_end:
            unsure = rule.state if rule.state is HoursState.CLOSED else HoursState.UNKNOWN
            yield ends, _open_end(ends), unsure


def _open_end(begins: int) -> int:
    if begins >= LATE_EVENING:
        return begins + AFTER_LATE_EVENING
    return begins + AFTER_EVENING if begins >= EVENING else MINUTES_OF_DAY


def _is_weekday(days: WeekdayRange, day: date) -> bool:
    day -= timedelta(days=days.shift)
    if day.weekday() not in days.days:
        return False
    if not days.nths:
        return True
    from_start, from_end = (day.day - 1) // 7 + 1, -((_last_of_month(day) - day.day) // 7 + 1)
    return from_start in days.nths or from_end in days.nths


def _last_of_month(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY).day


@lru_cache(maxsize=4096)
def _days_of(dates: str, year: int) -> frozenset[date]:
    """The days of a year that dates such as `Dec 24-26` or `week 1-10/2` name."""
    hours = OpeningHours(f"{dates} 00:00-24:00", auto_country=False, auto_timezone=False)
    found = set()
    for begins, ends, state, _ in hours.intervals(datetime(year, 1, 1), datetime(year + 1, 1, 1)):  # noqa: DTZ001  # no zone
        if state is State.OPEN:
            found |= {begins.date() + step * ONE_DAY for step in range((ends - begins).days)}
    return frozenset(found)


def _minute(at: int | SunEvent, day: date, around: Surroundings) -> int | None:
    if isinstance(at, int):
        return at
    sun = _sun(at.event, day, around.time_zone, around.position)
    return None if sun is None else sun + at.shift


@lru_cache(maxsize=8192)
def _sun(event: str, day: date, time_zone: str, position: tuple[float, float]) -> int | None:
    """The minute of the day at which the sun rises or sets; None where it does not that day."""
    zone = ZoneInfo(time_zone)
    span = "dawn-dusk" if event in ("dawn", "dusk") else "sunrise-sunset"
    # Without its own look for a time zone the library forgets the position; the one that it is given wins all the same.
    hours = OpeningHours(span, timezone=zone, coords=position, auto_country=False)
    start = datetime.combine(day, time(), zone)
    end = start + ONE_DAY + ONE_DAY / 2
    for begins, ends, state, _ in hours.intervals(start, end):
        if state is State.OPEN and begins > start and ends < end:
            at = begins if event in ("dawn", "sunrise") else ends
            return (at.replace(tzinfo=None) - start.replace(tzinfo=None)) // timedelta(minutes=1)
    return None
