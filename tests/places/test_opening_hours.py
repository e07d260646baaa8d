"""Opening hours become instants: clock changes, midnight, holidays."""

from datetime import UTC, datetime

import pytest

from geo.places.imports.readers import read_rows
from geo.places.opening_hours import HoursUnreadable, Interval, open_intervals, read_hours
from tests.places.factories import MONACO, PARIS_SUPERMARKETS, real_file


def opens(text: str, day: str, *, days: int = 1, zone: str = "Europe/Paris", country: str = "FR") -> list[str]:
    """The intervals from noon UTC of `day`, as `28T21:00/29T02:00` in UTC."""
    start = datetime.fromisoformat(f"{day}T12:00+00:00")
    intervals = open_intervals(text, time_zone=zone, country=country, start=start, days=days)
    assert intervals is not None
    return [spelled(interval) for interval in intervals]


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


def test_a_time_that_autumn_repeats_ends_at_its_second_coming():
    assert opens("22:00-02:30", "2026-10-24") == ["24T20:00/25T01:30"]


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


def test_a_country_without_known_holidays_still_has_hours():
    assert opens("Mo-Su 09:00-10:00; PH off", "2026-07-13", zone="Asia/Kolkata", country="IN") == ["14T03:30/14T04:30"]


def test_hours_that_say_only_a_comment_are_unknown():
    start = datetime(2026, 5, 18, tzinfo=UTC)
    assert open_intervals('"sur rendez-vous"', time_zone="Europe/Paris", country="FR", start=start, days=1) is None


def test_perhaps_open_counts_as_closed():
    assert opens("Mo-Su unknown", "2026-05-18") == []


def test_what_the_grammar_accepts_is_not_a_repair():
    assert not read_hours("Mo-Sa 08:30-22:00; Su 09:00-13:00").repaired


def test_spelling_is_made_canonical():
    assert read_hours("mo-sa 8:30-22:00").text == "Mo-Sa 08:30-22:00"


def test_canonical_spelling_is_final():
    once = read_hours("Mo-Fr 9:00-18:00;PH off").text
    assert read_hours(once).text == once


@pytest.mark.parametrize("text", ["", "n/a", "Mo-Sa 10:00", "25:00-26:00", "du lundi au samedi", "9-5pm", "x" * 501])
def test_hours_without_sense_are_unreadable(text):
    with pytest.raises(HoursUnreadable):
        read_hours(text)


@pytest.mark.parametrize("name", [PARIS_SUPERMARKETS, MONACO])
def test_every_real_timetable_can_be_read_or_repaired(name):
    texts = {str(row.opening_hours) for row in read_rows(real_file(name)) if row.opening_hours}
    assert all(read_hours(text).text for text in texts)
