"""When an offer fires: days of a store's calendar, times of its clock, turned into instants. Pure.

A firing belongs to the day on which it begins, also when it goes over midnight: that day is what the rule, the
exceptions and the holidays speak of. Both its edges are wall-clock times, made instants one by one by
`app.clock.instant_of`, so that a night on which the clocks change is as long as it is; a firing whose edges both fall
into the hour that the clocks skip does not take place. No offset from UTC is carried from one day to another.

Of what is said at once, the stronger first: the window of the offer cuts every firing; an exception (`but_not`) takes a
day away; a day named as an addition (`and_on`) fires also on a holiday; a rule is narrowed by `holidays`; opening hours
(`while_open`) cut what is left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple

from offers.planning.schedules import daily_times, day_rules
from offers.planning.schedules.daily_times import DailyTime
from offers.planning.schedules.store_days import Calendar, Interval, OpenHours, StoreDays, Window

ONE_DAY = timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)

DAYS_LOOKED_AT = 1_500
"""So many days of a schedule in a row without a firing, for holidays or closed doors, count as none at all."""


class Holidays(StrEnum):
    """What public holidays do to a rule. A day that only some keep as a holiday is for neither `only` nor `never`."""

    ANY = "any"
    ONLY = "only"
    NEVER = "never"


class Firing(NamedTuple):
    """One firing: the day to which it belongs, its wall-clock times as they are said, and its instants."""

    day: date
    starts_local: datetime
    ends_local: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Schedule:
    """The days of a rule (RFC 5545; none: those of `and_on` alone), and the times of each."""

    rule: str | None
    times: tuple[DailyTime, ...]
    but_not: frozenset[date] = frozenset()
    and_on: frozenset[date] = frozenset()
    holidays: Holidays = Holidays.ANY
    while_open: bool = False

    @property
    def asks_store(self) -> bool:
        """Whether more is needed of a store than its clock."""
        return self.while_open or (self.rule is not None and self.holidays is not Holidays.ANY)

    def record(self) -> dict[str, Any]:
        """As `OfferVersion.schedule` keeps it, and as the wire has it."""
        return {
            "rule": self.rule,
            "times": [
                {"starts": daily_times.spell_minute(one.start), "ends": daily_times.spell_minute(one.end)}
                for one in self.times
            ],
            "but_not": sorted(day.isoformat() for day in self.but_not),
            "and_on": sorted(day.isoformat() for day in self.and_on),
            "holidays": str(self.holidays),
            "while_open": self.while_open,
        }


def read_schedule(kept: Mapping[str, Any] | None) -> Schedule | None:
    """The schedule of a version; None when it fires all along its window."""
    return None if kept is None else schedule_in(kept)


def schedule_in(kept: Mapping[str, Any]) -> Schedule:
    """The schedule that a version keeps as this."""
    return Schedule(
        rule=kept["rule"],
        times=tuple(daily_times.read_time(one["starts"], one["ends"]) for one in kept["times"]),
        but_not=frozenset(map(date.fromisoformat, kept["but_not"])),
        and_on=frozenset(map(date.fromisoformat, kept["and_on"])),
        holidays=Holidays(kept["holidays"]),
        while_open=kept["while_open"],
    )


def firings_between(
    schedule: Schedule | None,
    *,
    window: Window,
    zone: str,
    calendar: Calendar | None,
    hours: OpenHours | None,
    first: datetime,
    until: datetime,
) -> list[Interval]:
    """The parts between two instants of every firing there, in the order of their starts.

    One may begin before another has ended. `calendar` and `hours` are asked only by schedules that need them
    (`Schedule.asks_store`).
    """
    around = StoreDays(window, zone, calendar, hours)
    found = _firings(schedule, around, first=first, until=until)
    return sorted((max(one.starts_at, first), min(one.ends_at, until)) for one in found if one.starts_at < one.ends_at)


def fires_at(
    schedule: Schedule | None,
    *,
    window: Window,
    zone: str,
    calendar: Calendar | None,
    hours: OpenHours | None,
    now: datetime,
) -> bool:
    """Whether it fires at an instant."""
    around = StoreDays(window, zone, calendar, hours)
    return any(one.starts_at < one.ends_at for one in _firings(schedule, around, first=now, until=now + A_MOMENT))


def next_firings(
    schedule: Schedule | None,
    *,
    window: Window,
    zone: str,
    calendar: Calendar | None,
    hours: OpenHours | None,
    after: datetime,
    count: int = 5,
) -> list[Firing]:
    """The next firings that are not over at an instant, at most so many, in the order of their days: first the one that
    is on, whole."""
    around = StoreDays(window, zone, calendar, hours)
    found = (one for one in _firings(schedule, around, first=after, until=None) if one.starts_at < one.ends_at)
    return list(islice(found, count))


def skipped_firings(
    schedule: Schedule | None,
    *,
    window: Window,
    zone: str,
    calendar: Calendar | None,
    hours: OpenHours | None,
    first: datetime,
    until: datetime,
) -> list[Firing]:
    """What would fire between two instants, had the clocks not skipped all of it: both its instants are the change."""
    around = StoreDays(window, zone, calendar, hours)
    return [one for one in _firings(schedule, around, first=first, until=until) if one.starts_at == one.ends_at]


def _firings(
    schedule: Schedule | None, around: StoreDays, *, first: datetime, until: datetime | None
) -> Iterator[Firing]:
    """Every firing that is not over at `first` and begins before `until`, cut to the window and to opening hours; those
    that the clocks skip are there, without a length."""
    starts, ends = around.window
    if schedule is None:
        found = [Firing(starts.date(), starts, ends, around.instant_of(starts), around.instant_of(ends))]
        yield from (one for one in found if _overlaps(one, first, until))
        return
    # A firing lasts a day at most; another day for clocks that are set back over midnight.
    from_day = max(starts.date(), around.local_of(first).date() - 2 * ONE_DAY)
    last_day = (ends - A_MOMENT).date()
    if until is not None:
        last_day = min(last_day, around.local_of(until).date() + ONE_DAY)
    fruitless = 0
    for day in _days(schedule, starts.date(), from_day, last_day):
        fruitless += 1
        for one in _firings_of_day(schedule, day, around):
            if _overlaps(one, first, until):
                fruitless = 0
                yield one
        if fruitless >= DAYS_LOOKED_AT:
            return


def _overlaps(one: Firing, first: datetime, until: datetime | None) -> bool:
    return one.ends_at > first and (until is None or one.starts_at < until)


def _days(schedule: Schedule, start: date, first: date, last: date) -> Iterator[date]:
    """The days that a schedule names, in order, each once, before holidays and exceptions."""
    added = sorted(day for day in schedule.and_on if first <= day <= last)
    rule = day_rules.days_from(schedule.rule, start=start, first=first, last=last) if schedule.rule else iter(())
    return (day for day, _ in groupby(merge(added, rule)))


def _firings_of_day(schedule: Schedule, day: date, around: StoreDays) -> Iterator[Firing]:
    if not _takes_place(schedule, day, around.calendar):
        return
    starts, ends = around.window
    for begins, minutes in schedule.times:
        at = datetime.combine(day, time.min) + timedelta(minutes=begins)
        begins_local, ends_local = max(at, starts), min(at + timedelta(minutes=minutes), ends)
        if begins_local < ends_local:
            one = Firing(day, begins_local, ends_local, around.instant_of(begins_local), around.instant_of(ends_local))
            yield from _open_parts(one, around) if schedule.while_open else (one,)


def _takes_place(schedule: Schedule, day: date, calendar: Calendar | None) -> bool:
    if day in schedule.but_not:
        return False
    if day in schedule.and_on or schedule.holidays is Holidays.ANY:
        return True
    holiday = calendar.is_public_holiday(day) if calendar is not None else False
    return holiday is (schedule.holidays is Holidays.ONLY)


def _open_parts(one: Firing, around: StoreDays) -> Iterator[Firing]:
    """What is left of a firing while a store is open; all of it where nobody knows."""
    asked = around.hours is not None and one.starts_at < one.ends_at
    parts = around.hours.open_between(one.starts_at, one.ends_at) if around.hours is not None and asked else None
    if parts is None:
        yield one
        return
    for starts, ends in parts:
        begins = one.starts_local if starts == one.starts_at else around.local_of(starts)
        over = one.ends_local if ends == one.ends_at else around.local_of(ends)
        yield Firing(one.day, begins, over, starts, ends)
