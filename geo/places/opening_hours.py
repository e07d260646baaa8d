"""When a store is open: the OSM `opening_hours` grammar, turned into instants.

The grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from geo.places.hours.calendars import HolidayCalendar
from geo.places.hours.grammar import RulesUnreadable, read_rules
from geo.places.hours.overrides import rearrange_rules
from geo.places.hours.regions import find_regions
from geo.places.hours.rules import HoursRule, HoursState, spell_rules
from geo.places.hours.timetable import Surroundings, open_minutes
from geo.places.hours_repair import Unrepairable, repair_hours

LONGEST_HOURS = 500  # characters; the longest of 649 real ones has under 200

NOWHERE = (0.0, 0.0)

Interval = tuple[datetime, datetime]


class HoursUnreadable(ValueError):
    """The text is not in the grammar, and no repair makes it so."""


@dataclass(frozen=True)
class Hours:
    """Opening hours in the grammar, in canonical spelling.

    `repaired` when the text we were given was not in the grammar; `rearranged` when its last rules would have taken
    back what its first ones say.
    """

    text: str
    repaired: bool
    rearranged: bool


@lru_cache(maxsize=4096)  # the stores of a chain share few timetables
def read_hours(text: str) -> Hours:
    """Read what somebody typed. Raises `HoursUnreadable`.

    What the grammar accepts keeps its meaning; French or English habits outside the grammar are repaired, and rules
    that would undo each other are put as they must have been meant.
    """
    trimmed = text.strip()
    if len(trimmed) > LONGEST_HOURS:
        raise HoursUnreadable
    rules, repaired = _rules(trimmed)
    meant = rearrange_rules(rules)
    spelled = spell_rules(meant)
    if len(spelled) > LONGEST_HOURS:
        raise HoursUnreadable
    return Hours(spelled, repaired=repaired, rearranged=meant != rules)


def _rules(text: str) -> tuple[tuple[HoursRule, ...], bool]:
    try:
        return read_rules(text), False
    except RulesUnreadable:
        pass  # not in the grammar: perhaps a habit that can be repaired
    try:
        return read_rules(repair_hours(text)), True
    except (RulesUnreadable, Unrepairable) as error:
        raise HoursUnreadable from error


@lru_cache(maxsize=8192)
def _stored_rules(text: str) -> tuple[HoursRule, ...]:
    """The rules of stored hours; none when they were stored by an older reading and say nothing now."""
    try:
        return read_rules(text)
    except RulesUnreadable:
        return ()


def surroundings_of(
    text: str, *, time_zone: str, country: str, lon: float, lat: float, address: str | None
) -> Surroundings:
    """What the hours of a store depend on where it stands: the part of its country only if they name holidays, its
    position (to a kilometre) only if they name the sun. So stores of a chain still share their timetables."""
    rules = _stored_rules(text)
    holidays = any(rule.holidays for rule in rules)
    sun = any(rule.follows_the_sun for rule in rules)
    return Surroundings(
        time_zone=time_zone,
        holidays=HolidayCalendar(
            country, find_regions(country=country, lon=lon, lat=lat, address=address) if holidays else ("",)
        ),
        position=(round(lat, 2), round(lon, 2)) if sun else NOWHERE,
    )


def open_intervals(text: str, *, around: Surroundings, start: datetime, days: int) -> list[Interval] | None:
    """The half-open UTC intervals during which a store is open, from `start` for `days` days, in order.

    None when the text tells nothing but a comment ("by appointment"): then the hours are unknown. Times are read on
    the wall clock of the store, clock changes and times past midnight included. A time that may be open counts as
    closed: nobody is sent to a locked door.
    """
    rules = _stored_rules(text)
    if all(rule.on_all_days and not rule.times and rule.state is HoursState.UNKNOWN for rule in rules):
        return None
    zone = ZoneInfo(around.time_zone)
    end = start + timedelta(days=days)
    dates = _days(start.astimezone(zone).date(), end.astimezone(zone).date())
    found = (
        interval for day, minutes in open_minutes(rules, dates, around) for interval in _on_clock(day, minutes, zone)
    )
    return list(_joined((max(begins, start), min(ends, end)) for begins, ends in found))


def _on_clock(day: date, minutes: list[tuple[int, int]], zone: ZoneInfo) -> Iterator[Interval]:
    midnight = datetime.combine(day, time())
    offset = zone.utcoffset(midnight)
    if offset == zone.utcoffset(midnight + timedelta(days=1)):  # nearly always, and ten times as fast
        zero = (midnight - (offset or timedelta())).replace(tzinfo=UTC)
        yield from ((zero + timedelta(minutes=begins), zero + timedelta(minutes=ends)) for begins, ends in minutes)
    else:
        yield from ((_instant(day, begins, zone, last=True), _instant(day, ends, zone)) for begins, ends in minutes)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def _instant(day: date, minute: int, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The instant at which clocks show this minute: the first time, or the `last`, when they show it twice (so that an
    opening begins late and ends early); the change of the clocks, when it skips it."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    skipped = 0
    while True:
        at = wall.replace(tzinfo=zone, fold=1 if last else 0).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == wall:
            return at + timedelta(minutes=1) if skipped else at
        wall, skipped = wall - timedelta(minutes=1), skipped + 1


def _joined(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Touching intervals as one, empty ones (a quarter of an hour that the clock change skips) left out."""
    pending: Interval | None = None
    for begins, ends in intervals:
        if begins >= ends:
            continue
        if pending is not None and begins <= pending[1]:
            pending = (pending[0], max(pending[1], ends))
            continue
        if pending is not None:
            yield pending
        pending = (begins, ends)
    if pending is not None:
        yield pending
