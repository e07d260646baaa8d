"""When a store is open: the OSM `opening_hours` grammar, read by a library and turned into instants.

The grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# The library's stub forgets its two errors.
from opening_hours import OpeningHours, ParserError, State, UnknownCountryError  # type: ignore[attr-defined]

from geo.places.hours_repair import Unrepairable, repair_hours

LONGEST_HOURS = 500  # characters; the longest of 649 real ones has under 200

# A change further away than this counts as none: it bounds the work for odd texts such as "2099 Mo".
SEARCH_DAYS = 366

# Overseas parts of France have a country code of their own and keep the holidays of France.
HOLIDAYS_OF = dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"), "FR")

Interval = tuple[datetime, datetime]


class HoursUnreadable(ValueError):
    """The text is not in the grammar, and no repair makes it so."""


@dataclass(frozen=True)
class Hours:
    """Opening hours in the grammar, in canonical spelling; `repaired` when the text we were given was not."""

    text: str
    repaired: bool


@lru_cache(maxsize=4096)  # the stores of a chain share few timetables
def read_hours(text: str) -> Hours:
    """Read what somebody typed. Raises `HoursUnreadable`.

    What the grammar accepts keeps its meaning; French or English habits outside the grammar are repaired.
    """
    trimmed = text.strip()
    if len(trimmed) > LONGEST_HOURS:
        raise HoursUnreadable
    canonical = _canonical(trimmed)
    if canonical is not None:
        return Hours(canonical, repaired=False)
    try:
        repaired = _canonical(repair_hours(trimmed))
    except Unrepairable:
        repaired = None
    if repaired is None or len(repaired) > LONGEST_HOURS:
        raise HoursUnreadable
    return Hours(repaired, repaired=True)


def _canonical(text: str) -> str | None:
    """The library's own spelling of `text`; None when it is not in the grammar."""
    parsed = _parse(text)
    if parsed is None:
        return None
    spelled = str(parsed)
    # Some rare forms are spelled in a way that the library does not read back ("PH +1 days").
    return spelled if _parse(spelled) is not None else text


def _parse(text: str) -> OpeningHours | None:
    try:
        return OpeningHours(text, auto_country=False, auto_timezone=False)
    except ParserError:
        return None


def open_intervals(text: str, *, time_zone: str, country: str, start: datetime, days: int) -> list[Interval] | None:
    """The half-open UTC intervals during which a store is open, from `start` for `days` days, in order.

    None when the text tells nothing but a comment ("by appointment"): then the hours are unknown. Times are read on
    the wall clock of `time_zone`, clock changes and times past midnight included; public holidays are those of
    `country` where the library knows them. A time that may be open counts as closed: nobody is sent to a locked door.
    """
    if text.startswith('"'):
        return None
    return list(_joined(_open(_hours_of(text, time_zone, country), start, start + timedelta(days=days))))


@lru_cache(maxsize=4096)
def _hours_of(text: str, time_zone: str, country: str) -> OpeningHours:
    zone = ZoneInfo(time_zone)
    try:
        return _located(text, zone, HOLIDAYS_OF.get(country, country))
    except UnknownCountryError:
        return _located(text, zone, None)


def _located(text: str, zone: ZoneInfo, country: str | None) -> OpeningHours:
    return OpeningHours(
        text, timezone=zone, country=country, auto_country=False, auto_timezone=False, max_interval_days=SEARCH_DAYS
    )


def _open(hours: OpeningHours, start: datetime, end: datetime) -> Iterator[Interval]:
    # The library takes no datetime.UTC: it asks a zone for its key.
    utc = ZoneInfo("UTC")
    for begins, ends, state, _ in hours.intervals(start.astimezone(utc), end.astimezone(utc)):
        if state is State.OPEN:
            yield begins.astimezone(UTC), ends.astimezone(UTC)


def _joined(intervals: Iterator[Interval]) -> Iterator[Interval]:
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
