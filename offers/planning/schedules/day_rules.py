"""Which days a rule of RFC 5545 names. Pure.

A rule is read in days: hours are beside it, so `FREQ` is one of days, weeks, months and years. It counts from the first
day of the offer's window, which is a day of it only if the rule says so. `COUNT` counts the days that the rule names,
also those that an exception, a holiday or closed doors take away afterwards; `UNTIL` is a date, and its last day.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from dateutil.rrule import rrulebase, rrulestr

LONGEST_RULE = 200
"""Characters."""

YEARS = range(2000, 2200)

MANY_YEARS = 19 * 400
"""The calendar repeats after 400 years, weekdays included. The library looks for a next day up to its last year, 9999;
read so much later, a rule that names no day comes to that end in a tenth of a second, and not in two."""

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_WEEKDAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_PLAIN = rf"{_WEEKDAY}(?:,{_WEEKDAY}){{0,6}}"
_NTH_OF_MONTH, _NTH_OF_YEAR = r"[+-]?[1-5]", r"[+-]?(?:[1-9]|[1-4][0-9]|5[0-3])"


def _days(nth: str) -> str:
    one = rf"(?:{nth})?{_WEEKDAY}"
    return rf"{one}(?:,{one}){{0,34}}"


def _numbers(number: str, *, signed: bool = True) -> str:
    one = rf"{'[+-]?' if signed else ''}(?:{number})"
    return rf"{one}(?:,{one}){{0,60}}"


_MONTHS = _numbers("[1-9]|1[0-2]", signed=False)
_MONTH_DAYS = _numbers("[1-9]|[12][0-9]|3[01]")
_COMMON = {
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[1-9][0-9]{0,2}",
    "UNTIL": "[0-9]{8}",
    "WKST": _WEEKDAY,
    "BYMONTH": _MONTHS,
    "BYSETPOS": _numbers("[1-9][0-9]{0,2}"),
}
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "DAILY": _COMMON | {"BYMONTHDAY": _MONTH_DAYS, "BYDAY": _PLAIN},
    "WEEKLY": _COMMON | {"BYDAY": _PLAIN},
    "MONTHLY": _COMMON | {"BYMONTHDAY": _MONTH_DAYS, "BYDAY": _days(_NTH_OF_MONTH)},
    "YEARLY": _COMMON
    | {
        "BYMONTHDAY": _MONTH_DAYS,
        "BYDAY": _days(_NTH_OF_YEAR),
        "BYWEEKNO": _numbers("[1-9]|[1-4][0-9]|5[0-3]"),
        "BYYEARDAY": _numbers("[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6]"),
    },
}
"""What a rule of each frequency may hold (RFC 5545 section 3.3.10), as regular expressions. Parts of hours, minutes and
seconds are no parts of a day."""


class RuleUnreadable(ValueError):
    """`part` is what cannot be read or does not go with the rest; empty for the whole."""

    def __init__(self, part: str = "") -> None:
        super().__init__(part)
        self.part = part


def spell_rule(text: str) -> str:
    """A rule as it is kept: in capitals, without the name of its property. Raises `RuleUnreadable`."""
    spelled = text.strip().upper().removeprefix("RRULE:").removesuffix(";")
    parts = read_parts(spelled)
    if "UNTIL" in parts:
        _until(parts)
    return spelled


def read_parts(text: str) -> Mapping[str, str]:
    """The parts of a rule by their names, `FREQ` first. Raises `RuleUnreadable`."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name in found:
            raise RuleUnreadable(name)
        found[name] = value
    frequency = found.get("FREQ", "")
    if frequency not in PARTS:
        raise RuleUnreadable("FREQ")
    for name, value in found.items():
        if name != "FREQ" and not re.fullmatch(PARTS[frequency].get(name, "(?!)"), value, re.ASCII):
            raise RuleUnreadable(name)
    _check_together(found)
    return found


def _check_together(parts: Mapping[str, str]) -> None:
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleUnreadable("COUNT")
    if "BYSETPOS" in parts and not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYWEEKNO", "BYYEARDAY"}:
        raise RuleUnreadable("BYSETPOS")
    if "BYWEEKNO" in parts and re.search("[0-9]", parts.get("BYDAY", "")):
        raise RuleUnreadable("BYDAY")


def _until(parts: Mapping[str, str]) -> date:
    try:
        day = datetime.strptime(parts["UNTIL"], "%Y%m%d").date()  # noqa: DTZ007  # a date has no zone
    except ValueError:
        raise RuleUnreadable("UNTIL") from None
    if day.year not in YEARS:
        raise RuleUnreadable("UNTIL")
    return day


def last_day_of(parts: Mapping[str, str]) -> date | None:
    """The day after which a rule of these parts names no more, where it says so by `UNTIL`."""
    return _until(parts) if "UNTIL" in parts else None


def days_from(rule: str, *, start: date, first: date, last: date) -> Iterator[date]:
    """The days that a rule names from `first` to `last`, both included, in order; it counts from `start`."""
    for year in range(max(first, start).year, last.year + 1):
        if _is_over(rule, start, year):
            return
        yield from (day for day in _days_of_year(rule, start, year) if first <= day <= last)


@lru_cache(maxsize=1024)  # each up to 366 dates
def _days_of_year(rule: str, start: date, year: int) -> tuple[date, ...]:
    later = year + MANY_YEARS
    found = _library_rule(rule, start).between(datetime(later, 1, 1), datetime(later, 12, 31), inc=True)  # noqa: DTZ001
    return tuple(day.date().replace(year=year) for day in found)


@lru_cache(maxsize=4096)
def _is_over(rule: str, start: date, year: int) -> bool:
    """Whether a rule names no day from a year on."""
    return _library_rule(rule, start).after(datetime(year + MANY_YEARS, 1, 1), inc=True) is None  # noqa: DTZ001


@lru_cache(maxsize=512)
def _library_rule(rule: str, start: date) -> rrulebase:
    """The rule as the library reads it, many years later."""

    def later(found: re.Match[str]) -> str:
        return f"UNTIL={int(found[1]) + MANY_YEARS}"

    begins = datetime.combine(start.replace(year=start.year + MANY_YEARS), time.min)
    # Without its own memory: at the end of a rule it keeps its lock, and another thread would wait for ever.
    return rrulestr(re.sub(r"UNTIL=([0-9]{4})", later, rule), dtstart=begins)
