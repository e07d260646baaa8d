"""Opening hours become instants: clock changes, midnight, holidays."""

from datetime import UTC, datetime
from typing import Any

import pytest

from geo.places.imports.readers import read_rows
from geo.places.opening_hours import HoursUnreadable, Interval, open_intervals, read_hours
from tests.places.factories import MONACO, PARIS_SUPERMARKETS, real_file, somewhere


def opens(text: str, day: str, *, days: int = 1, **place: Any) -> list[str]:
    """The intervals from noon UTC of `day`, as `28T21:00/29T02:00` in UTC."""
    intervals = known(text, day, days=days, **place)
    assert intervals is not None
    return [spelled(interval) for interval in intervals]


def known(text: str, day: str, *, days: int = 1, **place: Any) -> list[Interval] | None:
    start = datetime.fromisoformat(f"{day}T12:00+00:00")
    return open_intervals(text, around=somewhere(text, **place), start=start, days=days)


def spelled(interval: Interval) -> str:
    return "/".join(instant.astimezone(UTC).strftime("%dT%H:%M") for instant in interval)


def test_a_winter_day_in_paris_is_one_hour_ahead_of_utc():
    assert opens("Mo-Su 09:00-19:00", "2026-01-14") == ["14T12:00/14T18:00", "15T08:00/15T12:00"]


def test_a_summer_day_in_paris_is_two_hours_ahead_of_utc():
    assert opens("Mo-Su 09:00-19:00", "2026-07-15") == ["15T12:00/15T17:00", "16T07:00/16T12:00"]


def test_the_night_of_spring_is_an_hour_shorter():
    assert opens("22:00-04:00", "2026-03-28") == ["28T21:00/29T02:00"]


def test_the_night_of_autumn_is_an_hour_longer():
    assert opens("22:00-04:00", "2026-10-24") == ["24T20:00/25T03:00"]


def test_a_time_that_spring_skips_is_no_opening():
    assert opens("02:15-02:45", "2026-03-28") == []


def test_a_time_that_autumn_repeats_ends_at_its_first_coming():
    assert opens("22:00-02:30", "2026-10-24") == ["24T20:00/25T00:30"]


def test_a_time_that_autumn_repeats_begins_at_its_second_coming():
    assert opens("02:30-05:00", "2026-10-24") == ["25T01:30/25T04:00"]


def test_a_bar_closes_after_midnight_of_the_same_evening():
    assert opens("Fr 18:00-02:00", "2026-05-22") == ["22T16:00/23T00:00"]


def test_always_open_is_one_interval_through_a_clock_change():
    assert opens("24/7", "2026-10-24", days=2) == ["24T12:00/26T12:00"]


def test_public_holidays_are_those_of_the_country():
    assert opens("Mo-Su 09:00-19:00; PH off", "2026-07-13", days=2) == ["13T12:00/13T17:00", "15T07:00/15T12:00"]


def test_another_country_works_on_the_fourteenth_of_july():
    hours = opens("Mo-Su 09:00-19:00; PH off", "2026-07-13", days=2, zone="Europe/Madrid", country="ES")
    assert "14T07:00/14T17:00" in hours


def test_reunion_keeps_the_holidays_of_france():
    assert opens("PH 09:00-10:00", "2026-07-13", days=2, zone="Indian/Reunion", country="RE") == ["14T05:00/14T06:00"]


def test_where_no_holidays_are_known_what_depends_on_them_is_closed():
    assert opens("Mo-Su 09:00-10:00; PH off", "2026-07-13", zone="Asia/Kolkata", country="ZZ") == []


UNKNOWN = ['"sur rendez-vous"', '24/7 "sur rendez-vous"', "unknown", '"le matin"; "le soir"']


@pytest.mark.parametrize("text", UNKNOWN)
def test_hours_that_say_only_a_comment_are_unknown(text):
    assert known(text, "2026-05-18") is None


def test_stored_hours_that_nobody_can_read_any_more_are_unknown():
    assert known("Mo-Sa", "2026-05-18") is None


NOT_SURE = ["Mo-Su unknown", "Mo-Su 10:00+", 'Mo-Su 09:00-18:00 "sur rendez-vous"', "Mo-Su 09:00-18:00 unknown"]


@pytest.mark.parametrize("text", NOT_SURE)
def test_perhaps_open_counts_as_closed(text):
    assert opens(text, "2026-05-18") == []


def test_a_comment_on_times_that_are_sure_leaves_them_open():
    assert opens('14:00-18:00 open "entrée par la cour"', "2026-05-18") == ["18T12:00/18T16:00"]


def test_only_the_end_of_an_open_end_is_unknown():
    assert opens("14:00-18:00+", "2026-05-18") == ["18T12:00/18T16:00"]


def test_otherwise_by_appointment_leaves_the_times_open_every_day():
    hours = opens('Mo-Su 14:00-18:00 || "sur rendez-vous"', "2026-05-18", days=3)
    assert hours == ["18T12:00/18T16:00", "19T12:00/19T16:00", "20T12:00/20T16:00"]


def test_days_behind_a_comma_share_the_times_that_follow():
    saturday = opens("Mo-Fr 07:00-19:00; Sa, Su 09:00-16:00", "2026-05-15")
    assert saturday == ["15T12:00/15T17:00", "16T07:00/16T12:00"]


def test_a_bar_is_open_in_the_night_after_sunday():
    assert opens("Mo-Sa 10:00-05:00; Su 11:00-05:00", "2026-05-17")[0] == "17T12:00/18T03:00"


def test_a_holiday_and_a_weekday_are_needed_both_at_once():
    assert opens("Mo-Su 14:00-18:00; PH Su off", "2026-05-17", days=2)[0] == "17T12:00/17T16:00"


def test_a_holiday_or_a_weekday_is_enough_behind_a_comma():
    assert opens("Mo-Su 14:00-18:00; PH,Su off", "2026-05-17") == []


@pytest.mark.parametrize(
    ("text", "day", "times"),
    [
        ("Mo-Sa 14:00-20:00; PH Mo-Sa 14:00-16:00", "2026-07-13", ["13T12:00/13T18:00"]),
        ("Mo-Sa 14:00-20:00; PH Mo-Sa 14:00-16:00", "2026-07-14", ["14T12:00/14T14:00"]),
        ("Mo-Fr 14:00-20:00; PH Sa 14:00-16:00", "2026-08-22", []),
        ("Mo-Fr 14:00-20:00; PH Sa 14:00-16:00", "2026-08-15", ["15T12:00/15T14:00"]),
        ("Mo-Fr 14:00-20:00; SH We 14:00-16:00", "2026-07-22", ["22T12:00/22T14:00"]),
        ("Mo-Fr 14:00-20:00; SH We 14:00-16:00", "2026-09-23", ["23T12:00/23T18:00"]),
        ("14:00-20:00; Dec 25,26 off", "2026-12-26", []),
        ("14:00-20:00; Dec 24,31 14:00-17:00", "2026-12-31", ["31T13:00/31T16:00"]),
        ("14:00-20:00; Dec 24-26,31 off", "2026-12-25", []),
        ("Fr[-1] 14:00-16:00", "2026-05-29", ["29T12:00/29T14:00"]),
        ("week 22 Fr 14:00-16:00", "2026-05-29", ["29T12:00/29T14:00"]),
    ],
)
def test_a_rule_speaks_of_its_days_only(text, day, times):
    first = opens(text, day)[:1]
    assert [hours for hours in first if hours.startswith(day[-2:])] == times


def test_sunset_is_that_of_the_shop():
    lille = opens("14:00-sunset", "2026-06-21", lon=3.06, lat=50.63)
    nice = opens("14:00-sunset", "2026-06-21", lon=7.26, lat=43.70)
    assert (lille[0][:-1], nice[0][:-1]) == ("21T12:00/21T20:0", "21T12:00/21T19:1")  # to ten minutes


def test_where_the_sun_does_not_set_hours_until_sunset_are_closed():
    hours = opens("14:00-sunset", "2026-06-21", zone="Europe/Oslo", country="NO", lon=18.96, lat=69.65)
    assert hours == []


def test_what_the_grammar_accepts_is_not_a_repair():
    assert not read_hours("Mo-Sa 08:30-22:00; Su 09:00-13:00").repaired


def test_spelling_is_made_canonical():
    assert read_hours("mo-sa 8:30-22:00").text == "Mo-Sa 08:30-22:00"


def test_canonical_spelling_is_final():
    once = read_hours("Mo-Fr 9:00-18:00;PH off").text
    assert read_hours(once).text == once


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "Mo-Sa 10:00",
        "25:00-26:00",
        "du lundi au samedi",
        "9-5pm",
        "x" * 501,
        "Mo-Sa",
        "Dec 25",
        "Mo-Fr PH,Sa",
    ],
)
def test_hours_without_sense_are_unreadable(text):
    with pytest.raises(HoursUnreadable):
        read_hours(text)


@pytest.mark.parametrize("name", [PARIS_SUPERMARKETS, MONACO])
def test_every_real_timetable_can_be_read_or_repaired(name):
    texts = {str(row.opening_hours) for row in read_rows(real_file(name)) if row.opening_hours}
    assert all(read_hours(text).text for text in texts)
