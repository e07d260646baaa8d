"""When an offer fires: against a clock that is read minute by minute, and on the nights on which clocks change."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clock import instant_of
from offers.planning.schedules import day_rules, recurrence
from offers.planning.schedules.daily_times import DailyTime, read_time
from offers.planning.schedules.day_rules import RuleUnreadable, read_parts, spell_rule
from offers.planning.schedules.recurrence import Firing, Holidays, Schedule, read_schedule
from tests.racing import at_once
from tests.sizes import chosen

A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
WHOLE_YEAR = (datetime(2026, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001

CHANGES = {
    "Europe/Paris": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Pacific/Honolulu": (date(2026, 3, 29),),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # by half an hour
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),  # around Ramadan
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 9, 24)),  # a day that was not
    "Asia/Kathmandu": (date(2026, 1, 15),),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),  # at midnight
    "Pacific/Kwajalein": (date(1993, 8, 21),),
    "America/St_Johns": (date(2010, 3, 14), date(2010, 11, 7)),  # at one minute past midnight
}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def schedule(rule: str | None = "FREQ=DAILY", *times: str, **given: object) -> Schedule:
    said = [tuple(one.split("-")) for one in times or ("17:00-19:00",)]
    return Schedule(rule=rule, times=tuple(read_time(*one) for one in said), **given)


def firings(
    said: Schedule | None, zone: str, first: str, until: str, *, window=WHOLE_YEAR, calendar=None, hours=None
) -> list[tuple[str, str]]:
    found = recurrence.firings_between(
        said,
        window=window,
        zone=zone,
        calendar=calendar,
        hours=hours,
        first=instant_of(local(first), zone),
        until=instant_of(local(until), zone),
    )
    return [(f"{starts:%m-%dT%H:%M}", f"{ends:%m-%dT%H:%M}") for starts, ends in found]


def following(said: Schedule | None, zone: str, after: str, *, window=WHOLE_YEAR, count=5, **given) -> list[Firing]:
    around = {"window": window, "zone": zone, "calendar": None, "hours": None} | given
    return recurrence.next_firings(said, **around, after=instant(after), count=count)


def minutes_by_the_clock(said: Schedule, days: set[date], zone: str, first: datetime, until: datetime) -> set[datetime]:
    """The minutes at which it fires, found by watching a clock: a firing is on from the first time that the clock shows
    its start or more until the first time that it shows its end or more."""
    spans = [
        (
            datetime.combine(day, time.min) + A_MINUTE * start,
            datetime.combine(day, time.min) + A_MINUTE * (start + long),
        )
        for day in days
        for start, long in said.times
    ]
    on, highest, at, clock = set(), datetime.min, first - 2 * A_DAY, ZoneInfo(zone)  # noqa: DTZ901
    while at < until:
        highest = max(highest, at.astimezone(clock).replace(tzinfo=None))
        if at >= first and any(starts <= highest < ends for starts, ends in spans):
            on.add(at)
        at += A_MINUTE
    return on


times_of_a_day = st.builds(DailyTime, st.integers(0, 1439), st.integers(1, 1440))


@settings(max_examples=chosen().laws // 2)
@given(
    zone=st.sampled_from(sorted(CHANGES)),
    times=st.lists(times_of_a_day, min_size=1, max_size=3),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    data=st.data(),
)
def test_it_fires_at_the_minutes_that_a_watched_clock_says(zone, times, weekdays, data) -> None:
    middle = data.draw(st.sampled_from(CHANGES[zone]))
    rule = "FREQ=WEEKLY;BYDAY=" + ",".join(day_rules.WEEKDAYS[day] for day in sorted(weekdays))
    said = Schedule(rule=rule, times=tuple(sorted(times)))
    first = datetime.combine(middle, time(12), UTC) - A_DAY
    until = first + 2 * A_DAY
    window = (local("1990-01-01"), local("2030-01-01"))
    days = {day for step in range(-4, 5) if (day := middle + step * A_DAY).weekday() in weekdays}
    found = recurrence.firings_between(
        said, window=window, zone=zone, calendar=None, hours=None, first=first, until=until
    )
    fired = {at for starts, ends in found for at in islice(minutes_from(starts), int((ends - starts) / A_MINUTE))}
    assert fired == minutes_by_the_clock(said, days, zone, first, until)
    at = first + data.draw(st.integers(0, 2 * 1440 - 1)) * A_MINUTE
    assert recurrence.fires_at(said, window=window, zone=zone, calendar=None, hours=None, now=at) is (at in fired)


def minutes_from(at: datetime) -> Iterator[datetime]:
    while True:
        yield at
        at += A_MINUTE


def named_by_hand(day: date, start: date, kind: str, interval: int, chosen: set[int]) -> bool:
    """Whether a day is named, said without a library: each kind counts its own steps from the first day."""
    if day < start:
        return False
    if kind == "DAILY":
        return (day - start).days % interval == 0
    if kind == "WEEKLY":
        mondays = (day - timedelta(day.weekday())) - (start - timedelta(start.weekday()))
        return mondays.days // 7 % interval == 0 and day.weekday() in chosen
    months = (day.year - start.year) * 12 + day.month - start.month
    last = monthrange(day.year, day.month)[1]
    return months % interval == 0 and (day.day in chosen or day.day - last - 1 in chosen)


@given(
    start=st.dates(date(2000, 1, 1), date(2199, 1, 1)),
    kind=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    interval=st.integers(1, 5),
    data=st.data(),
)
def test_a_rule_names_the_days_that_one_counts_by_hand(start, kind, interval, data) -> None:
    chosen, part = set(), ""
    if kind == "WEEKLY":
        chosen = data.draw(st.sets(st.integers(0, 6), min_size=1))
        part = ";BYDAY=" + ",".join(day_rules.WEEKDAYS[day] for day in chosen)
    if kind == "MONTHLY":
        chosen = data.draw(st.sets(st.integers(1, 31) | st.integers(-31, -1), min_size=1, max_size=5))
        part = ";BYMONTHDAY=" + ",".join(map(str, chosen))
    first = start + data.draw(st.integers(-10, 400)) * A_DAY
    days = [first + step * A_DAY for step in range(200)]
    named = day_rules.days_from(f"FREQ={kind};INTERVAL={interval}{part}", start=start, first=first, last=days[-1])
    assert list(named) == [day for day in days if named_by_hand(day, start, kind, interval, chosen)]


RULES = (
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=DAILY;INTERVAL=3;COUNT=40",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU;UNTIL=20430405",
)


@pytest.mark.parametrize("rule", RULES)
def test_read_many_years_later_a_rule_names_the_days_of_now(rule: str) -> None:
    start = date(2026, 2, 3)
    plainly = rrulestr(rule, dtstart=datetime.combine(start, time.min))
    last = datetime(2060, 1, 1)  # noqa: DTZ001
    named = day_rules.days_from(rule, start=start, first=start, last=last.date())
    assert list(named) == [day.date() for day in plainly.between(plainly[0], last, inc=True)]


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;COUNT=5"]
)
def test_a_rule_without_a_next_day_comes_to_its_end(rule: str) -> None:
    assert (
        following(schedule(rule), "Europe/Paris", "2026-01-07T00:00+01:00", window=(WHOLE_YEAR[0], local("2199-01-01")))
        == []
    )


# Trap: the offset from UTC that holds now, applied to a time to come.


def test_an_offer_begins_at_the_same_time_of_the_clock_on_both_sides_of_a_change() -> None:
    found = firings(schedule(), "Europe/Paris", "2026-03-28", "2026-03-30")
    assert found == [("03-28T16:00", "03-28T18:00"), ("03-29T15:00", "03-29T17:00")]


# Trap: the weekday of UTC.


def test_tuesday_is_the_tuesday_of_the_store() -> None:
    tuesdays = schedule("FREQ=WEEKLY;BYDAY=TU", "18:00-20:00")
    assert firings(tuesdays, "Pacific/Honolulu", "2026-03-02", "2026-03-09") == [("03-04T04:00", "03-04T06:00")]
    assert firings(tuesdays, "Pacific/Auckland", "2026-03-02", "2026-03-09") == [("03-03T05:00", "03-03T07:00")]


# Trap: a window over midnight belongs to the day on which it begins.


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    saturdays = schedule("FREQ=WEEKLY;BYDAY=SA", "22:00-02:00")
    assert firings(saturdays, "Europe/Paris", "2026-05-15", "2026-05-18") == [("05-16T20:00", "05-17T00:00")]
    never_on_sundays = schedule("FREQ=DAILY", "22:00-02:00", but_not=frozenset({date(2026, 5, 17)}))
    assert firings(never_on_sundays, "Europe/Paris", "2026-05-17", "2026-05-18") == [("05-16T22:00", "05-17T00:00")]


def test_whole_days_at_the_weekend_and_nights_of_the_week_leave_monday_morning_free() -> None:
    weekend, nights = schedule("FREQ=WEEKLY;BYDAY=SA,SU", "00:00-24:00"), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    monday = ("2026-05-18T00:00", "2026-05-18T09:00")
    for one in (weekend, schedule(nights, "22:00-09:00")):
        assert firings(one, "Europe/Paris", *monday) == []


# The last Sundays of March and October, over midnight, for stores in other zones than the brand's.


@pytest.mark.parametrize(
    ("zone", "rule", "times", "night", "begins", "ends"),
    [
        ("Europe/Paris", "FREQ=MONTHLY;BYDAY=-1SA", "22:00-03:30", "2026-03-28", "21:00", "01:30"),
        ("Europe/Paris", "FREQ=MONTHLY;BYDAY=-1SU", "01:30-03:00", "2026-03-29", "00:30", "01:00"),
        ("Europe/Paris", "FREQ=MONTHLY;BYDAY=-1SU", "02:30-04:00", "2026-03-29", "01:00", "02:00"),
        ("Atlantic/Azores", "FREQ=MONTHLY;BYDAY=-1SA", "23:30-01:30", "2026-03-28", "00:30", "01:30"),
        ("America/Martinique", "FREQ=MONTHLY;BYDAY=-1SA", "22:00-03:30", "2026-03-28", "02:00", "07:30"),
        ("Indian/Reunion", "FREQ=MONTHLY;BYDAY=-1SU", "00:00-24:00", "2026-03-29", "20:00", "20:00"),
        ("Europe/Paris", "FREQ=MONTHLY;BYDAY=4SA", "22:00-03:30", "2026-10-24", "20:00", "02:30"),
        ("Europe/Paris", "FREQ=MONTHLY;BYDAY=-1SU", "01:30-02:30", "2026-10-25", "23:30", "00:30"),
        ("Europe/Paris", "FREQ=MONTHLY;BYDAY=-1SU", "02:30-03:00", "2026-10-25", "00:30", "02:00"),
        ("Atlantic/Azores", "FREQ=MONTHLY;BYDAY=4SA", "23:30-01:30", "2026-10-24", "23:30", "02:30"),
        ("America/Miquelon", "FREQ=MONTHLY;BYDAY=-1SU", "00:00-24:00", "2026-10-25", "02:00", "02:00"),
    ],
)
def test_the_last_sunday_of_march_and_october_is_right_to_the_minute(zone, rule, times, night, begins, ends) -> None:
    first = local(night) - A_DAY / 2
    [(starts_at, ends_at)] = firings(schedule(rule, times), zone, first.isoformat(), (first + 3 * A_DAY).isoformat())
    assert (starts_at[-5:], ends_at[-5:]) == (begins, ends)


def test_a_time_that_the_clock_skips_does_not_take_place_that_day() -> None:
    nights = schedule("FREQ=DAILY", "02:10-02:50")
    assert firings(nights, "Europe/Paris", "2026-03-28", "2026-03-31") == [
        ("03-28T01:10", "03-28T01:50"),
        ("03-30T00:10", "03-30T00:50"),
    ]


def test_a_time_that_the_clock_shows_twice_is_the_first_of_both() -> None:
    found = firings(schedule("FREQ=DAILY", "02:10-02:50"), "Europe/Paris", "2026-10-25", "2026-10-26")
    assert found == [("10-25T00:10", "10-25T00:50")]


# The window, exceptions, additions.


def test_the_window_cuts_what_fires_at_its_ends() -> None:
    window = (local("2026-05-18T18:00"), local("2026-05-20T00:00"))
    nights = schedule("FREQ=DAILY", "17:00-19:00", "23:00-03:00")
    assert firings(nights, "Europe/Paris", "2026-05-01", "2026-06-01", window=window) == [
        ("05-18T16:00", "05-18T17:00"),
        ("05-18T21:00", "05-19T01:00"),
        ("05-19T15:00", "05-19T17:00"),
        ("05-19T21:00", "05-19T22:00"),
    ]


def test_an_exception_takes_a_day_away_and_an_addition_brings_one() -> None:
    said = schedule(
        "FREQ=WEEKLY;BYDAY=TU", but_not=frozenset({date(2026, 5, 19)}), and_on=frozenset({date(2026, 5, 21)})
    )
    assert [day for day, _ in firings(said, "UTC", "2026-05-18", "2026-05-27")] == ["05-21T17:00", "05-26T17:00"]


def test_a_count_counts_days_of_the_rule_also_those_taken_away() -> None:
    said = schedule("FREQ=DAILY;COUNT=3", but_not=frozenset({date(2026, 1, 2)}))
    assert [day for day, _ in firings(said, "UTC", "2026-01-01", "2026-02-01")] == ["01-01T17:00", "01-03T17:00"]


def test_until_is_the_last_day() -> None:
    said = schedule("FREQ=DAILY;UNTIL=20260102", "23:00-01:00")
    assert firings(said, "UTC", "2026-01-02", "2026-02-01")[-1] == ("01-02T23:00", "01-03T01:00")


def test_dates_alone_need_no_rule() -> None:
    said = schedule(None, and_on=frozenset({date(2026, 12, 24), date(2027, 12, 24)}))
    assert [day for day, _ in firings(said, "UTC", "2026-01-01", "2029-01-01")] == ["12-24T17:00"]


def test_without_a_schedule_an_offer_fires_all_along_its_window() -> None:
    assert firings(None, "UTC", "2025-01-01", "2028-01-01") == [("01-01T00:00", "01-01T00:00")]


class Feasts:
    """The 14th of July is a holiday, the 15th one for some."""

    def is_public_holiday(self, day: date) -> bool | None:
        return None if (day.month, day.day) == (7, 15) else (day.month, day.day) == (7, 14)


@pytest.mark.parametrize(("holidays", "days"), [("only", [14]), ("never", [13, 16]), ("any", [13, 14, 15, 16])])
def test_holidays_choose_among_the_days_of_a_rule(holidays: str, days: list[int]) -> None:
    said = schedule(holidays=Holidays(holidays))
    found = firings(said, "UTC", "2026-07-13", "2026-07-17", calendar=Feasts())
    assert [int(starts[3:5]) for starts, _ in found] == days


def test_without_a_calendar_no_day_is_a_holiday() -> None:
    assert len(firings(schedule(holidays=Holidays.NEVER), "UTC", "2026-07-13", "2026-07-17")) == 4


def test_a_day_that_is_named_fires_on_a_holiday_too() -> None:
    said = schedule(None, and_on=frozenset({date(2026, 7, 14)}), holidays=Holidays.NEVER)
    assert len(firings(said, "UTC", "2026-07-13", "2026-07-17", calendar=Feasts())) == 1


class NoonClosed:
    """Open from 9 to 12 and from 14 to 18 (UTC), every day."""

    def open_between(self, first: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        today = first.replace(hour=0, minute=0)
        spans = [
            (day + timedelta(hours=begins), day + timedelta(hours=ends))
            for day in (today, today + A_DAY)
            for begins, ends in ((9, 12), (14, 18))
        ]
        return [(max(a, first), min(b, until)) for a, b in spans if max(a, first) < min(b, until)]


class NobodyKnows:
    def open_between(self, first: datetime, until: datetime) -> None:
        return None


def test_while_open_cuts_to_the_hours_of_the_store_and_unknown_hours_cut_nothing() -> None:
    said = schedule("FREQ=DAILY", "11:00-15:00", while_open=True)
    day = ("2026-05-18", "2026-05-19")
    assert firings(said, "UTC", *day, hours=NoonClosed()) == [
        ("05-18T11:00", "05-18T12:00"),
        ("05-18T14:00", "05-18T15:00"),
    ]
    assert firings(said, "UTC", *day, hours=NobodyKnows()) == [("05-18T11:00", "05-18T15:00")]
    assert firings(said, "UTC", *day) == [("05-18T11:00", "05-18T15:00")]


def test_parts_of_two_firings_that_take_turns_are_in_order() -> None:
    said = schedule("FREQ=DAILY", "05:00-10:00", "22:00-21:00", while_open=True)
    found = firings(said, "UTC", "2026-05-18T08:00", "2026-05-20", hours=NoonClosed())
    assert found == sorted(found)


def test_the_next_firings_begin_with_the_one_that_is_on() -> None:
    found = following(schedule("FREQ=WEEKLY;BYDAY=TU"), "Europe/Paris", "2026-05-19T18:00+02:00")
    assert [one.day for one in found] == [date(2026, 5, 19) + 7 * step * A_DAY for step in range(5)]
    assert found[0].starts_at == instant("2026-05-19T17:00+02:00")


def test_a_schedule_is_kept_and_read_as_it_was_said() -> None:
    said = schedule(
        "FREQ=WEEKLY;BYDAY=TU",
        "22:00-02:00",
        "00:00-24:00",
        but_not=frozenset({date(2026, 5, 19)}),
        and_on=frozenset({date(2026, 5, 21)}),
        holidays=Holidays.NEVER,
        while_open=True,
    )
    assert read_schedule(said.record()) == said
    assert read_schedule(None) is None


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("", "FREQ"),
        ("FREQ=HOURLY", "FREQ"),
        ("BYDAY=MO", "FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260101", "COUNT"),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=99990101", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20261231T225959Z", "UNTIL"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR"),
        ("FREQ=DAILY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "BYDAY"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ"),
        ("FREQ=DAILY;INTERVAL=1\nDTSTART:20260101", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=٣", "INTERVAL"),
    ],
)
def test_a_rule_that_says_no_days_is_not_read(rule: str, part: str) -> None:
    with pytest.raises(RuleUnreadable) as refused:
        spell_rule(rule)
    assert refused.value.part == part


def test_a_rule_is_read_as_calendars_write_it() -> None:
    assert spell_rule(" RRULE:freq=weekly;byday=tu; ") == "FREQ=WEEKLY;BYDAY=TU"
    assert read_parts("FREQ=MONTHLY;BYDAY=-1SU")["BYDAY"] == "-1SU"


def test_two_who_read_one_rule_both_come_to_its_end() -> None:
    rule = day_rules._library_rule("FREQ=DAILY;COUNT=20", date(2026, 1, 1))
    one, other = iter(rule), iter(rule)
    assert [len(list(islice(days, 20))) for days in (one, other)] == [20, 20]
    assert at_once(2, lambda number: list((one, other)[number])) == [[], []]
