"""Durations, on the wall clocks of the world."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.ledger import durations

PARIS = "Europe/Paris"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def end(lasts: str, since: str, zone: str = PARIS) -> str:
    """The end in ISO, in the offset of Paris or UTC, as an instant."""
    found = durations.end(lasts, since=at(since), zone=zone)
    assert found is not None
    return found.isoformat()


@pytest.mark.parametrize(
    ("since", "lasts", "until"),
    [
        ("2026-01-25T10:00+01:00", "1M", "2026-02-26T00:00+01:00"),
        ("2026-01-31T10:00+01:00", "1M", "2026-03-01T00:00+01:00"),
        ("2028-01-31T10:00+01:00", "1M", "2028-03-01T00:00+01:00"),
        ("2026-01-31T10:00+01:00", "0M", "2026-02-01T00:00+01:00"),
        ("2026-01-31T10:00+01:00", "1M_U", "2026-03-01T00:00+01:00"),
        ("2026-01-25T10:00+01:00", "1M_U", "2026-03-01T00:00+01:00"),
    ],
    ids=["25 Jan + 1", "31 Jan + 1", "leap year", "0 months", "31 Jan to month end", "25 Jan to month end"],
)
def test_months_end_with_the_same_day_number_or_the_last(since: str, lasts: str, until: str) -> None:
    assert end(lasts, since) == at(until).isoformat()


@pytest.mark.parametrize(
    ("lasts", "until"),
    [
        ("90s", "2026-05-18T12:01:30+02:00"),
        ("5m", "2026-05-18T12:05+02:00"),
        ("36h", "2026-05-20T00:00+02:00"),
        ("3D", "2026-05-21T12:00+02:00"),
        ("2W", "2026-06-01T12:00+02:00"),
        ("3D_D", "2026-05-21T00:00+02:00"),
        ("3D_U", "2026-05-22T00:00+02:00"),
        ("0D_U", "2026-05-19T00:00+02:00"),
        ("1W_U", "2026-06-01T00:00+02:00"),
        ("1Y", "2027-05-19T00:00+02:00"),
        ("1Y_U", "2028-01-01T00:00+01:00"),
    ],
)
def test_every_unit_and_rounding(lasts: str, until: str) -> None:
    assert end(lasts, "2026-05-18T12:00+02:00") == at(until).isoformat()


def test_a_leap_day_lasts_a_year_until_the_end_of_february() -> None:
    assert end("1Y", "2028-02-29T10:00+01:00") == at("2029-03-01T00:00+01:00").isoformat()


def test_a_day_over_the_change_to_summer_time_is_shorter() -> None:
    since = at("2026-03-28T12:00+01:00")
    assert durations.end("1D", since=since, zone=PARIS) == since + timedelta(hours=23)
    assert durations.end("24h", since=since, zone=PARIS) == since + timedelta(hours=24)


def test_a_day_over_the_change_to_winter_time_is_longer() -> None:
    since = at("2026-10-24T12:00+02:00")
    assert durations.end("1D", since=since, zone=PARIS) == since + timedelta(hours=25)


def test_a_time_that_the_clock_skips_is_the_first_instant_after() -> None:
    assert end("1D", "2026-03-28T02:30+01:00") == at("2026-03-29T03:00+02:00").isoformat()


def test_a_day_that_begins_after_midnight_ends_there() -> None:
    """In Santiago the clock goes from 23:59:59 to 01:00 in spring."""
    assert end("0D_U", "2026-09-05T12:00-04:00", "America/Santiago") == at("2026-09-06T01:00-03:00").isoformat()


def test_no_duration_is_no_change_of_time() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    assert durations.end("0D", since=second, zone=PARIS) == second


def test_what_waits_for_an_action_has_no_instant() -> None:
    now = at("2026-05-18T12:00+02:00")
    assert durations.activation("on_action", since=now, zone=PARIS) is None
    assert durations.activation("immediate", since=now, zone=PARIS) == now
    assert durations.end("unlimited", since=now, zone=PARIS) is None


def test_an_instant_may_stand_where_a_duration_does() -> None:
    now, fixed = at("2026-05-18T12:00+02:00"), at("2027-01-01T00:00+01:00")
    assert durations.end(durations.at(fixed), since=now, zone=PARIS) == fixed
    assert durations.activation(durations.at(fixed), since=now, zone=PARIS) == fixed
    assert durations.activation(durations.at(now - timedelta(days=1)), since=now, zone=PARIS) == now


def is_wait(text: str) -> bool:
    """Whether `waits` may say this, as schemas ask it."""
    return re.fullmatch(durations.WAITS, text) is not None and durations.fits(text)


@pytest.mark.parametrize("text", ["", "1", "M", "1M_D", "1W_D", "1s_U", "-1D", "1.5D", "1D_U ", "12345D", "101Y", "1d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert not is_wait(text)
    assert not durations.is_life(text)
    with pytest.raises(ValueError, match="not a duration"):
        durations.end(text, since=at("2026-05-18T12:00+02:00"), zone=PARIS)


def test_a_life_is_not_immediate_and_a_wait_not_unlimited() -> None:
    assert not durations.is_life("immediate")
    assert not durations.is_life("on_action")
    assert not is_wait("unlimited")


INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from(["Europe/Paris", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "UTC"])


@given(
    since=INSTANTS,
    zone=ZONES,
    count=st.integers(0, 40),
    unit=st.sampled_from(["D", "D_U", "W", "W_U", "M", "M_U", "Y"]),
)
def test_an_end_is_never_before_its_beginning(since: datetime, zone: str, count: int, unit: str) -> None:
    found = durations.end(f"{count}{unit}", since=since, zone=zone)
    assert found is not None
    assert found >= since


@given(since=INSTANTS, zone=ZONES, count=st.integers(0, 60))
def test_a_month_more_is_never_earlier(since: datetime, zone: str, count: int) -> None:
    sooner, later = (durations.end(f"{months}M", since=since, zone=zone) for months in (count, count + 1))
    assert sooner is not None
    assert later is not None
    assert sooner < later
