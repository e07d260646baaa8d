"""A schedule in words, in French and English."""

from datetime import date
from typing import Any

import pytest

from app.languages import LANGUAGES
from offers.planning.schedules.daily_times import DailyTime, read_time
from offers.planning.schedules.recurrence import Holidays, Schedule
from offers.planning.schedules.wording import tell_schedule

ANY_DAY = date(2026, 3, 5)  # a Thursday
WHOLE = ("00:00-24:00",)
CHRISTMAS, NEW_YEAR = date(2026, 12, 25), date(2027, 1, 1)


def times(*spans: str) -> tuple[DailyTime, ...]:
    return tuple(read_time(*span.split("-")) for span in spans)


def told(rule: str | None, *spans: str, **given: Any) -> tuple[str, ...]:
    said = Schedule(rule, times(*spans), **given)
    return tuple(tell_schedule(said, language, start=ANY_DAY).replace("\u00a0", " ") for language in LANGUAGES)


@pytest.mark.parametrize(
    ("rule", "french", "english"),
    [
        ("FREQ=DAILY", "tous les jours", "every day"),
        ("FREQ=DAILY;INTERVAL=2", "un jour sur deux", "every other day"),
        ("FREQ=DAILY;INTERVAL=10", "un jour sur 10", "one day in 10"),
        ("FREQ=WEEKLY;BYDAY=TU", "tous les mardis", "every Tuesday"),
        ("FREQ=WEEKLY", "tous les jeudis", "every Thursday"),
        ("FREQ=WEEKLY;BYDAY=TU,TH,SA", "tous les mardis, jeudis et samedis", "every Tuesday, Thursday and Saturday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "du lundi au vendredi", "Monday to Friday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "tous les jours", "every day"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
            "tous les samedis, une semaine sur deux",
            "every Saturday, every other week",
        ),
        ("FREQ=MONTHLY;BYDAY=-1SU", "le dernier dimanche du mois", "on the last Sunday of the month"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,-1",
            "le 1er et le dernier jour du mois",
            "on the 1st and the last day of the month",
        ),
        ("FREQ=MONTHLY;BYDAY=TU", "tous les mardis", "every Tuesday"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "le premier jour de semaine du mois",
            "on the first weekday of the month",
        ),
        ("FREQ=MONTHLY;INTERVAL=3", "le 5 du mois, un mois sur 3", "on the 5th of the month, one month in 3"),
        ("FREQ=YEARLY", "le 5 mars de chaque année", "on the 5th of March of each year"),
        (
            "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
            "le dernier dimanche d'octobre de chaque année",
            "on the last Sunday of October of each year",
        ),
        (
            "FREQ=WEEKLY;BYDAY=WE;BYMONTH=7,8",
            "tous les mercredis, en juillet et août",
            "every Wednesday, in July and August",
        ),
        ("FREQ=DAILY;COUNT=3", "tous les jours, 3 fois au plus", "every day, 3 times at most"),
        ("FREQ=DAILY;UNTIL=20260801", "tous les jours, jusqu'au 1er août 2026", "every day, until 1 August 2026"),
        ("FREQ=YEARLY;BYWEEKNO=20", "certains jours", "on certain days"),
        ("FREQ=YEARLY;BYYEARDAY=100", "certains jours", "on certain days"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=SU", "certains jours", "on certain days"),
        ("FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR", "certains jours", "on certain days"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "certains jours", "on certain days"),
    ],
)
def test_the_days_of_a_rule(rule: str, french: str, english: str) -> None:
    assert told(rule, *WHOLE) == (french, english)


@pytest.mark.parametrize(
    ("spans", "french", "english"),
    [
        (("17:00-19:00",), "de 17 h à 19 h", "17:00 to 19:00"),
        (("08:30-09:05",), "de 8 h 30 à 9 h 05", "08:30 to 09:05"),
        (("22:00-24:00",), "de 22 h à minuit", "22:00 to midnight"),
        (("22:00-02:00",), "de 22 h à 2 h le lendemain", "22:00 to 02:00 the next day"),
        (("12:00-14:00", "19:00-21:00"), "de 12 h à 14 h et de 19 h à 21 h", "12:00 to 14:00 and 19:00 to 21:00"),
    ],
)
def test_the_times_of_a_day(spans: tuple[str, ...], french: str, english: str) -> None:
    assert told("FREQ=DAILY", *spans) == (f"tous les jours {french}", f"every day, {english}")


@pytest.mark.parametrize(
    ("given", "french", "english"),
    [
        ({"holidays": Holidays.NEVER}, ", sauf les jours fériés", ", except on public holidays"),
        ({"holidays": Holidays.ONLY}, ", jours fériés seulement", ", public holidays only"),
        ({"while_open": True}, ", aux heures d'ouverture", ", during opening hours"),
        ({"but_not": {CHRISTMAS}}, ", sauf le 25 décembre 2026", ", except on 25 December 2026"),
        ({"and_on": {NEW_YEAR}}, ", et aussi le 1er janvier 2027", ", and also on 1 January 2027"),
    ],
)
def test_what_narrows_the_days_or_brings_some(given: Any, french: str, english: str) -> None:
    said = {name: frozenset(value) if isinstance(value, set) else value for name, value in given.items()}
    assert told("FREQ=WEEKLY;BYDAY=MO", *WHOLE, **said) == (f"tous les lundis{french}", f"every Monday{english}")


def test_every_public_holiday_has_words_of_its_own() -> None:
    assert told("FREQ=DAILY", *WHOLE, holidays=Holidays.ONLY) == ("les jours fériés", "on public holidays")


def test_a_few_dates_are_named_and_many_are_not() -> None:
    two = told(None, *WHOLE, and_on=frozenset({CHRISTMAS, NEW_YEAR}))
    assert two == ("le 25 décembre 2026 et le 1er janvier 2027", "on 25 December 2026 and 1 January 2027")
    many = told(None, *WHOLE, and_on=frozenset(date(2026, 12, day) for day in range(1, 9)))
    assert many == ("à certaines dates", "on certain dates")
