"""Reads the OSM grammar of opening hours into rules, as its reference implementation does.

Dates (`Dec 24-26`, `week 1-10`, `easter -2 days`) are left to a library; what stands between rules, holidays beside
weekdays, comments and times are read here, since the library reads `PH Su` as either and a comment as open.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

# The library's stub forgets its errors.
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from geo.places.hours.rules import (
    MINUTES_OF_DAY,
    WEEKDAYS,
    HolidayKind,
    HoursRule,
    HoursState,
    SunEvent,
    TimeSpan,
    WeekdayRange,
    spell_rules,
)


class RulesUnreadable(ValueError):
    """The text is not in the grammar, or says nothing: days without times, a time without an end."""


WEEKDAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
SHIFT = r"(?:\s*[+-]\s*\d{1,3}\s*days?)?"
DAY = rf"(?:(?:PH|SH)\b{SHIFT}|{WEEKDAY}\b(?:\s*-\s*{WEEKDAY}\b|\[[-\d,\s]{{1,20}}\]{SHIFT})?)"
DAYS = rf"{DAY}(?:\s*,\s*{DAY})*"
SUN = "(?:sunrise|sunset|dawn|dusk)"
TIME = rf"(?:\d{{1,2}}:\d{{2}}|{SUN}\b|\(\s*{SUN}\s*[+-]\s*\d{{1,2}}:\d{{2}}\s*\))"
SPAN = rf"{TIME}(?:\s*-\s*{TIME})?\s*\+?"
MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
MONTH_DAY = r"\d{1,2}(?:\s*-\s*\d{1,2})?"

SEPARATORS = re.compile(r'("[^"]*")|(;)|(\|\|)')
ENDING = re.compile(r'(?:(?:^|\s)(open|off|closed|unknown))?\s*(?:"([^"]*)")?$', re.IGNORECASE)
TIMES = re.compile(rf"(?:^|\s)({SPAN}(?:\s*,\s*{SPAN})*)$", re.IGNORECASE)
ONE_SPAN = re.compile(rf"({TIME})(?:\s*-\s*({TIME}))?\s*(\+)?", re.IGNORECASE)
SELECTED_DAYS = re.compile(rf"(?:^|\s)({DAYS})(?:\s+({DAYS}))?$", re.IGNORECASE)
ONE_DAY = re.compile(DAY, re.IGNORECASE)
# A comma begins another rule when a time, a state or a comment came before it and no time comes after it.
ENDED = re.compile(rf'(?:{SPAN}|24/7|\b(?:open|off|closed|unknown)|")\s*$', re.IGNORECASE)
ENDED_FOR_GOOD = re.compile(r'(?:24/7|\b(?:open|off|closed|unknown)|")\s*$', re.IGNORECASE)
GOES_ON = re.compile(rf"\s*{TIME}", re.IGNORECASE)
DATES = re.compile(r"[A-Za-z0-9 ,+/\-\[\]]+")
SEVERAL_DAYS = re.compile(rf"((?:\d{{4}}\s+)?{MONTH})\s+({MONTH_DAY}(?:\s*,\s*{MONTH_DAY}\b(?!\s*[A-Za-z]))+)", re.I)

ADDED = {";": ",", "||": "||,"}

A_TIME = " 01:00-02:00"  # any, so that dates can be read alone

STATES = {
    "open": HoursState.OPEN,
    "off": HoursState.CLOSED,
    "closed": HoursState.CLOSED,
    "unknown": HoursState.UNKNOWN,
}


def read_rules(text: str) -> tuple[HoursRule, ...]:
    """The rules that `text` says. Raises `RulesUnreadable`.

    A comment without a state makes its times unknown, as in the reference implementation. What was read is read again
    from its canonical spelling, so that nothing can change its meaning on the way to the database.
    """
    rules = _rules(text)
    spelled = spell_rules(rules)
    if spelled != text and _rules(spelled) != rules:
        raise RulesUnreadable
    return rules


def _rules(text: str) -> tuple[HoursRule, ...]:
    if text.count('"') % 2 or "\n" in text:
        raise RulesUnreadable
    return tuple(
        _rule(part, ADDED[joined_by] if number else joined_by)
        for joined_by, group in _groups(text)
        for number, part in enumerate(_parts(group))
    )


def _groups(text: str) -> Iterator[tuple[str, str]]:
    """What stands between `;` and `||`, and which of the two came before."""
    begins, joined_by = 0, ";"
    for found in SEPARATORS.finditer(text):
        if found[1] is None:
            yield joined_by, text[begins : found.start()]
            begins, joined_by = found.end(), found[0]
    yield joined_by, text[begins:]


def _parts(group: str) -> Iterator[str]:
    begins = 0
    for found in re.finditer(r'"[^"]*"|,', group):
        before, after = group[begins : found.start()], group[found.end() :]
        if found[0] == "," and ENDED.search(before) and (ENDED_FOR_GOOD.search(before) or not GOES_ON.match(after)):
            yield before
            begins = found.end()
    yield group[begins:]


@lru_cache(maxsize=16384)  # timetables differ more than their rules do
def _rule(text: str, joined_by: str) -> HoursRule:
    rest, state, comment = _ending(" ".join(text.split()))
    always = rest == "24/7"
    rest, times = ("", ()) if always else _times(rest)
    rest, holidays, weekdays, either = _days(rest)
    # Days without times would be open day and night; whoever means that can say so.
    if not (always or times or state is not None or comment is not None):
        raise RulesUnreadable
    if state is None:
        state = HoursState.OPEN if comment is None else HoursState.UNKNOWN
    return HoursRule(joined_by, _dates(rest), holidays, weekdays, either, times, state, comment)


def _ending(text: str) -> tuple[str, HoursState | None, str | None]:
    found = ENDING.search(text)
    if found is None:
        raise RulesUnreadable
    return text[: found.start()].strip(), STATES[found[1].lower()] if found[1] else None, found[2]


def _times(text: str) -> tuple[str, tuple[TimeSpan, ...]]:
    found = TIMES.search(text)
    if found is None:
        return text, ()
    return text[: found.start()], tuple(_span(span) for span in ONE_SPAN.finditer(found[1]))


def _span(found: re.Match[str]) -> TimeSpan:
    start, end, open_end = _time(found[1]), _time(found[2]) if found[2] else None, found[3] is not None
    if end is None and not open_end:
        raise RulesUnreadable
    if isinstance(start, int) and start >= MINUTES_OF_DAY:
        raise RulesUnreadable
    if isinstance(end, int) and end > 2 * MINUTES_OF_DAY:
        raise RulesUnreadable
    return TimeSpan(start, end, open_end)


def _time(text: str) -> int | SunEvent:
    event = re.search(SUN, text, re.IGNORECASE)
    clock = re.search(r"([+-]?)\s*(\d{1,2}):(\d{2})", text)
    minutes = int(clock[2]) * 60 + int(clock[3]) if clock else 0
    if clock and int(clock[3]) > 59:
        raise RulesUnreadable
    if event is None:
        return minutes
    return SunEvent(event[0].lower(), -minutes if clock and clock[1] == "-" else minutes)


def _days(text: str) -> tuple[str, tuple[HolidayKind, ...], tuple[WeekdayRange, ...], bool]:
    found = SELECTED_DAYS.search(text)
    if found is None:
        return text, (), (), False
    holidays, weekdays = [], []
    for item in ONE_DAY.findall(found[0]):
        if item[:2].upper() in ("PH", "SH"):
            holidays.append(HolidayKind(item[:2].upper(), _shift(item[2:])))
        else:
            weekdays.append(_weekday(item))
    either = found[2] is None and bool(holidays and weekdays)
    if found[2] is not None and not _of_two_kinds(found[1], found[2]):
        raise RulesUnreadable
    return text[: found.start()], tuple(holidays), tuple(weekdays), either


def _of_two_kinds(one: str, other: str) -> bool:
    """Whether one list holds holidays only and the other weekdays only, which together mean both at once."""
    kinds = [{item[:2].upper() in ("PH", "SH") for item in ONE_DAY.findall(days)} for days in (one, other)]
    return kinds in ([{True}, {False}], [{False}, {True}])


def _weekday(item: str) -> WeekdayRange:
    names = [WEEKDAYS.index(name.title()) for name in re.findall(WEEKDAY, item, re.IGNORECASE)]
    nths: tuple[int, ...] = ()
    shift = 0
    if "[" in item:
        inside, after = item[item.index("[") + 1 :].split("]")
        nths, shift = _nths(inside), _shift(after)
    return WeekdayRange(names[0], names[-1], nths, shift)


def _nths(text: str) -> tuple[int, ...]:
    found = []
    for piece in "".join(text.split()).split(","):
        numbers = re.fullmatch(r"(-?[1-5])|([1-5])-([1-5])", piece)
        if numbers is None:
            raise RulesUnreadable
        found += [int(numbers[1])] if numbers[1] else list(range(int(numbers[2]), int(numbers[3]) + 1))
    return tuple(found)


def _shift(text: str) -> int:
    found = re.search(r"([+-])\s*(\d+)", text)
    return 0 if found is None else int(found[1] + found[2])


def _dates(text: str) -> str:
    """Years, months, days of months and weeks in the library's spelling. Raises `RulesUnreadable`."""
    dates = text.strip().removesuffix(":").rstrip()
    if not dates:
        return ""
    if not DATES.fullmatch(dates) or re.search(rf"\b(?:{WEEKDAY}|PH|SH)\b(?!\[)", dates, re.IGNORECASE):
        raise RulesUnreadable
    try:
        spelled = str(OpeningHours(f"{_one_by_one(dates)}{A_TIME}", auto_country=False, auto_timezone=False))
    except ParserError as error:
        raise RulesUnreadable from error
    if not spelled.endswith(A_TIME):
        raise RulesUnreadable
    return re.sub(r"\bweek(?=\d)|\b\d{4}(?=[A-Z])", r"\g<0> ", spelled.removesuffix(A_TIME))


def _one_by_one(dates: str) -> str:
    """`Dec 24,31` as `Dec 24,Dec 31`, which alone the library reads."""
    return SEVERAL_DAYS.sub(
        lambda found: ",".join(f"{found[1]} {day}" for day in re.split(r"\s*,\s*", found[2])), dates
    )
