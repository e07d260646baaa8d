"""How long points wait and last, as a brand writes it, into instants. Pure: no database, no present time.

    duration = "immediate" | "on_action" | "unlimited" | number unit [rounding]
    unit     = s m h (exact) | D W (same time of day) | M Y (through the end of the same day number)
    rounding = _D, down to the start of the day (D only) | _U, up to the end of the day, week, month or year (D W M Y)

A single credit may also name an instant, `@2027-01-01T00:00:00+00:00`, instead of a duration.

All on the wall clock of the brand's zone. An end is the instant *before* which points are valid: a day's end is the
start of the next. Months are clamped to the last day: 31 January + 1 month is the end of 28 February.
"""

import calendar
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.clock import day_of, instant_of, start_of

IMMEDIATE, ON_ACTION, UNLIMITED = "immediate", "on_action", "unlimited"
AT = "@"

WRITTEN = r"(\d{1,4})(?:([smh])|(D)(_[DU])?|([WMY])(_U)?)"
WAITS = rf"^(?:{IMMEDIATE}|{ON_ACTION}|{WRITTEN})$"
"""How long points wait: at once, until somebody says so, or for a time."""
LASTS = rf"^(?:{UNLIMITED}|{WRITTEN})$"
"""How long points last from their activation."""

EXACT = {"s": "seconds", "m": "minutes", "h": "hours"}
LONGEST_YEARS = 100
"""More is written `unlimited`: the calendar ends in the year 9999."""


def is_life(text: str) -> bool:
    """Whether `lasts` may say this."""
    return re.fullmatch(LASTS, text) is not None and fits(text)


def activation(waits: str, *, since: datetime, zone: str) -> datetime | None:
    """When points earned at `since` can be spent; None when somebody must say so. ValueError if it is no duration."""
    if waits == ON_ACTION:
        return None
    if waits.startswith(AT):
        return max(since, datetime.fromisoformat(waits.removeprefix(AT)))
    return since if waits == IMMEDIATE else _after(waits, since=since, zone=zone)


def end(lasts: str, *, since: datetime, zone: str) -> datetime | None:
    """The end, excluded, of points that became active at `since`; None when they have none."""
    if lasts == UNLIMITED:
        return None
    if lasts.startswith(AT):
        return datetime.fromisoformat(lasts.removeprefix(AT))
    return _after(lasts, since=since, zone=zone)


def at(instant: datetime) -> str:
    """An instant, where a duration could stand."""
    return f"{AT}{instant.isoformat()}"


def fits(text: str) -> bool:
    """Whether the calendar reaches that far."""
    return not text.endswith(("Y", "Y_U")) or int(text.partition("Y")[0]) <= LONGEST_YEARS


def _after(text: str, *, since: datetime, zone: str) -> datetime:
    found = re.fullmatch(WRITTEN, text)
    if found is None or not fits(text):
        raise ValueError(f"not a duration: {text!r}")
    count, rounding = int(found[1]), found[4] or found[6]
    unit = found[2] or found[3] or found[5]
    if unit in EXACT:
        return since + timedelta(**{EXACT[unit]: count})
    if unit in "MY":
        day = _months_later(day_of(since, zone), count * (12 if unit == "Y" else 1))
        return _end_of(day if rounding is None else _last_day(day, unit), zone)
    days = timedelta(days=count * (7 if unit == "W" else 1))
    if rounding is None:
        return _same_time(since, days, zone)
    day = day_of(since, zone) + days
    return start_of(day, zone) if rounding == "_D" else _end_of(_last_day(day, unit), zone)


def _same_time(since: datetime, days: timedelta, zone: str) -> datetime:
    local = since.astimezone(ZoneInfo(zone))
    if not days:
        return since
    return instant_of(local.replace(tzinfo=None, fold=0) + days, zone)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last_day(day: date, unit: str) -> date:
    """The last day of the day's own day, week (it ends on Sunday), month or year."""
    if unit == "W":
        return day + timedelta(days=6 - day.weekday())
    if unit == "M":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day if unit == "D" else date(day.year, 12, 31)


def _end_of(day: date, zone: str) -> datetime:
    return start_of(day + timedelta(days=1), zone)
