"""A schedule in words, as members and merchandisers read it: "every Tuesday, 17:00 to 19:00". Pure.

What has no short way to be said is "on certain days": the firings themselves say the rest.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from babel.dates import format_date, get_day_names, get_month_names
from babel.lists import format_list

from app.languages import Language, Text
from offers.planning.models import OfferVersion
from offers.planning.schedules import day_rules
from offers.planning.schedules.daily_times import A_DAY, DailyTime
from offers.planning.schedules.recurrence import Holidays, Schedule, read_schedule

MOST_DATES = 3
"""So many dates are named; more are "certain dates"."""

WORKING_WEEK = frozenset(range(5))
VOWELS = "aeiouyéèêàâîôû"

CERTAIN_DAYS = Text(fr="certains jours", en="on certain days")
CERTAIN_DATES = Text(fr="à certaines dates", en="on certain dates")
EVERY_DAY = Text(fr="tous les jours", en="every day")
EVERY_OTHER_DAY = Text(fr="un jour sur deux", en="every other day")
EVERY_FEW_DAYS = Text(fr="un jour sur {number}", en="one day in {number}")
HOLIDAYS = Text(fr="les jours fériés", en="on public holidays")
WEEKDAYS = Text(fr="tous les {days}", en="every {days}")
RANGE = Text(fr="du {first} au {last}", en="{first} to {last}")
EVERY_OTHER_WEEK = Text(fr="{days}, une semaine sur deux", en="{days}, every other week")
EVERY_FEW_WEEKS = Text(fr="{days}, une semaine sur {number}", en="{days}, one week in {number}")
OF_THE_MONTH = Text(fr="{days} du mois", en="on {days} of the month")
EVERY_FEW_MONTHS = Text(fr="{days} du mois, un mois sur {number}", en="on {days} of the month, one month in {number}")
OF_THE_YEAR = Text(fr="{days} de chaque année", en="on {days} of each year")
OF = Text(fr="{days} {months}", en="{days} of {months}")
NTH = Text(fr="le {nth} {weekday}", en="the {nth} {weekday}")
LAST_DAY_OF = Text(fr="le dernier jour", en="the last day")
LAST_WORKING_DAY = Text(fr="le dernier jour de semaine", en="the last weekday")
FIRST_WORKING_DAY = Text(fr="le premier jour de semaine", en="the first weekday")
ON = Text(fr="{dates}", en="on {dates}")
IN_MONTHS = Text(fr=", en {months}", en=", in {months}")
AT_MOST = Text(fr=", {number} fois au plus", en=", {number} {number:time|times} at most")
UNTIL = Text(fr=", jusqu'{day}", en=", until {day}")
HOLIDAYS_ONLY = Text(fr=", jours fériés seulement", en=", public holidays only")
EXCEPT = Text(fr=", sauf {what}", en=", except {what}")
ALSO = Text(fr=", et aussi {what}", en=", and also {what}")
WHILE_OPEN = Text(fr=", aux heures d'ouverture", en=", during opening hours")
FROM_TO = Text(fr="de {starts} à {ends}", en="{starts} to {ends}")
FROM_TO_NEXT_DAY = Text(fr="de {starts} à {ends} le lendemain", en="{starts} to {ends} the next day")
AT_TIMES = Text(fr=" {times}", en=", {times}")
AFTER_A_COMMA = Text(fr=", {times}", en=", {times}")
MIDNIGHT = Text(fr="minuit", en="midnight")

ORDINALS: Mapping[int, Text] = {
    1: Text(fr="premier", en="first"),
    2: Text(fr="deuxième", en="second"),
    3: Text(fr="troisième", en="third"),
    4: Text(fr="quatrième", en="fourth"),
    5: Text(fr="cinquième", en="fifth"),
    -1: Text(fr="dernier", en="last"),
    -2: Text(fr="avant-dernier", en="last but one"),
}


def tell_when(version: OfferVersion, language: Language) -> str | None:
    """When a version fires inside its window; None when it does all along."""
    schedule = read_schedule(version.schedule)
    return None if schedule is None else tell_schedule(schedule, language, start=version.starts_local.date())


def tell_schedule(schedule: Schedule, language: Language, *, start: date) -> str:
    """When an offer fires, whose window begins on `start`."""
    if schedule.rule is None:
        days = _dates(schedule.and_on, language) or CERTAIN_DATES.say(language)
        rest = ""
    else:
        parts = day_rules.read_parts(schedule.rule)
        days = _days(parts, schedule, language, start) or CERTAIN_DAYS.say(language)
        rest = _narrowed(parts, schedule, language, days)
    times = [_time(one, language) for one in schedule.times if not one.is_whole_day]
    words = AFTER_A_COMMA if "," in days else AT_TIMES
    at = words.say(language, {"times": _list(times, language)}) if times else ""
    open_only = WHILE_OPEN.say(language) if schedule.while_open else ""
    return f"{days}{at}{open_only}{rest}"


def _days(parts: Mapping[str, str], schedule: Schedule, language: Language, start: date) -> str | None:
    """The days that a rule names; None where there are no short words for them."""
    said = {"BYWEEKNO", "BYYEARDAY"} & parts.keys()
    if said or (parts.get("BYSETPOS") and parts["FREQ"] != "MONTHLY"):
        return None
    return {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[parts["FREQ"]](
        parts, schedule, language, start
    )


def _daily(parts: Mapping[str, str], schedule: Schedule, language: Language, start: date) -> str | None:
    interval = _interval(parts)
    if "BYMONTHDAY" in parts:
        return _monthly(parts, schedule, language, start) if interval == 1 and "BYDAY" not in parts else None
    if "BYDAY" in parts:
        return _weekly(parts, schedule, language, start) if interval == 1 else None
    if interval == 1:
        return (HOLIDAYS if schedule.holidays is Holidays.ONLY else EVERY_DAY).say(language)
    return (EVERY_OTHER_DAY if interval == 2 else EVERY_FEW_DAYS).say(language, {"number": interval})


def _weekly(parts: Mapping[str, str], _: Schedule, language: Language, start: date) -> str | None:
    chosen = frozenset(day_rules.WEEKDAYS.index(day) for day in parts["BYDAY"].split(",")) if "BYDAY" in parts else None
    days = _weekdays(chosen or frozenset({start.weekday()}), language)
    interval = _interval(parts)
    if interval == 1:
        return days
    return (EVERY_OTHER_WEEK if interval == 2 else EVERY_FEW_WEEKS).say(language, {"days": days, "number": interval})


def _monthly(parts: Mapping[str, str], schedule: Schedule, language: Language, start: date) -> str | None:
    interval = _interval(parts)
    if "BYDAY" in parts and not re.search("[0-9]", parts["BYDAY"]) and "BYSETPOS" not in parts:
        plain = "BYMONTHDAY" not in parts and interval == 1  # every such day of the month
        return _weekly(parts, schedule, language, start) if plain else None
    days = _days_of_month(parts, language, start)
    if days is None:
        return None
    return (OF_THE_MONTH if interval == 1 else EVERY_FEW_MONTHS).say(language, {"days": days, "number": interval})


def _yearly(parts: Mapping[str, str], _: Schedule, language: Language, start: date) -> str | None:
    if _interval(parts) != 1 or not ("BYMONTH" in parts or parts.keys() <= {"FREQ", "COUNT", "UNTIL", "WKST"}):
        return None
    days = _days_of_month(parts, language, start)
    if days is None or (days and "BYDAY" in parts and not re.search("[0-9]", parts["BYDAY"])):
        return None
    months = _months(parts.get("BYMONTH", str(start.month)), language)
    if language == "fr" and "BYDAY" in parts:
        months = f"d'{months}" if months[0] in VOWELS else f"de {months}"
    return OF_THE_YEAR.say(language, {"days": OF.say(language, {"days": days, "months": months})})


def _days_of_month(parts: Mapping[str, str], language: Language, start: date) -> str | None:
    """Days by their numbers, or by weekdays that are counted; None for both at once."""
    if "BYSETPOS" in parts:
        working = {"BYDAY"} == parts.keys() & {"BYDAY", "BYMONTHDAY"} and _plain(parts["BYDAY"]) == WORKING_WEEK
        words = {"1": FIRST_WORKING_DAY, "-1": LAST_WORKING_DAY}.get(parts["BYSETPOS"]) if working else None
        return None if words is None else words.say(language)
    if "BYDAY" in parts:
        found = [re.fullmatch(r"([+-]?\d+)([A-Z]{2})", day) for day in parts["BYDAY"].split(",")]
        if "BYMONTHDAY" in parts or not all(one and int(one[1]) in ORDINALS for one in found):
            return None
        named = [(int(one[1]), day_rules.WEEKDAYS.index(one[2])) for one in found if one]
        return _list([_nth(nth, day, language) for nth, day in named], language)
    numbers = [int(number) for number in parts.get("BYMONTHDAY", str(start.day)).split(",")]
    if any(number < -1 for number in numbers):
        return None
    return _list([_numbered(number, language) for number in sorted(numbers, key=lambda n: n % 32)], language)


def _narrowed(parts: Mapping[str, str], schedule: Schedule, language: Language, days: str) -> str:
    """What takes away from the days, brings some, or ends them."""
    told = ""
    if "BYMONTH" in parts and parts["FREQ"] != "YEARLY":
        told += IN_MONTHS.say(language, {"months": _months(parts["BYMONTH"], language)})
    if schedule.holidays is Holidays.ONLY and days != HOLIDAYS.say(language):
        told += HOLIDAYS_ONLY.say(language)
    without = [HOLIDAYS.say(language)] if schedule.holidays is Holidays.NEVER else []
    if schedule.but_not:
        without.append(_dates(schedule.but_not, language) or CERTAIN_DATES.say(language))
    if without:
        told += EXCEPT.say(language, {"what": _list(without, language)})
    if schedule.and_on:
        told += ALSO.say(language, {"what": _dates(schedule.and_on, language) or CERTAIN_DATES.say(language)})
    if "COUNT" in parts:
        told += AT_MOST.say(language, {"number": int(parts["COUNT"])})
    until = day_rules.last_day_of(parts)
    if until is not None:
        day = _date(until, language)
        told += UNTIL.say(language, {"day": f"au {day.removeprefix('le ')}" if language == "fr" else day})
    return told


def _interval(parts: Mapping[str, str]) -> int:
    return int(parts.get("INTERVAL", "1"))


def _plain(days: str) -> frozenset[int] | None:
    named = days.split(",")
    return frozenset(map(day_rules.WEEKDAYS.index, named)) if set(named) <= set(day_rules.WEEKDAYS) else None


def _weekdays(days: Collection[int], language: Language) -> str:
    ordered, names = sorted(days), get_day_names("wide", locale=language)
    if len(ordered) == 7:
        return EVERY_DAY.say(language)
    if len(ordered) >= 3 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return RANGE.say(language, {"first": names[ordered[0]], "last": names[ordered[-1]]})
    plural = "s" if language == "fr" else ""
    return WEEKDAYS.say(language, {"days": _list([names[day] + plural for day in ordered], language)})


def _nth(nth: int, weekday: int, language: Language) -> str:
    day = get_day_names("wide", locale=language)[weekday]
    return NTH.say(language, {"nth": ORDINALS[nth].say(language), "weekday": day})


def _numbered(number: int, language: Language) -> str:
    if number == -1:
        return LAST_DAY_OF.say(language)
    if language == "fr":
        return "le 1er" if number == 1 else f"le {number}"
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"the {number}{ending}"


def _months(numbers: str, language: Language) -> str:
    names = get_month_names("wide", locale=language)
    return _list([names[number] for number in sorted(map(int, numbers.split(",")))], language)


def _dates(days: Collection[date], language: Language) -> str | None:
    if not 0 < len(days) <= MOST_DATES:
        return None
    return ON.say(language, {"dates": _list([_date(day, language) for day in sorted(days)], language)})


def _date(day: date, language: Language) -> str:
    said = format_date(day, "d MMMM y", locale=language)
    return f"le {said.replace('1', '1er', 1) if day.day == 1 else said}" if language == "fr" else said


def _time(one: DailyTime, language: Language) -> str:
    words = FROM_TO_NEXT_DAY if one.start + one.minutes > A_DAY else FROM_TO
    return words.say(language, {"starts": _clock(one.start, language), "ends": _clock(one.end, language)})


def _clock(minute: int, language: Language) -> str:
    hours, minutes = divmod(minute % A_DAY, 60)
    if not hours and not minutes:
        return MIDNIGHT.say(language)
    if language == "en":
        return f"{hours:02}:{minutes:02}"
    return f"{hours}\u00a0h" + (f"\u00a0{minutes:02}" if minutes else "")


def _list(things: Iterable[str], language: Language) -> str:
    return format_list(list(things), locale="fr" if language == "fr" else "en_GB")
