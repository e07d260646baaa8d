"""When live offers fire in the days to come, as it is written for "near me"."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import factory
from app.accounts.models import Brand
from app.commands.housekeeping import run_job
from app.ops import heartbeats
from app.sql import db
from geo.places.almanac import almanac_of
from geo.places.models import Store
from offers.planning import jobs
from offers.planning.models import LiveOffer, Offer, OfferPlace
from offers.planning.read_model import firings
from offers.planning.read_model.rebuild import rebuild_read_model
from offers.planning.schedules import day_rules, recurrence, standing
from offers.planning.schedules.daily_times import DailyTime, read_time
from offers.planning.schedules.errors import ScheduleNeverFires
from offers.planning.schedules.recurrence import Holidays, Schedule
from tests.factories import NOON, PARIS, made, make_brand, make_store
from tests.planning.factories import make_offer, new_version, on_the_clock, publish
from tests.sizes import chosen
from tests.tracing import sent_statements

A_DAY = timedelta(days=1)
STRASBOURG = {"lon": 7.7521, "lat": 48.5734, "address": "67000 Strasbourg"}


def happy_hour(rule: str = "FREQ=WEEKLY;BYDAY=TU", *times: str, **given: Any) -> Schedule:
    said = times or ("17:00-19:00",)
    return Schedule(rule=rule, times=tuple(read_time(*one.split("-")) for one in said), **given)


def written(offer: Offer, store: Store) -> list[tuple[datetime, datetime]] | None:
    asked = select(OfferPlace.firings).where(
        OfferPlace.offer_number == offer.number, OfferPlace.store_number == store.number
    )
    with db.system_transaction():
        found = db.first(asked)
    return None if found is None else [(one.lower.astimezone(UTC), one.upper.astimezone(UTC)) for one in found]


def starts(offer: Offer, store: Store) -> list[str]:
    return [f"{begins:%m-%dT%H:%M}" for begins, _ in written(offer, store) or []]


def days(offer: Offer, store: Store) -> set[date]:
    return {begins.date() for begins, _ in written(offer, store) or []}


@pytest.fixture
def store(brand: Brand) -> Store:
    store = make_store(brand)
    publish(store)
    return store


def test_without_a_schedule_nothing_is_written(brand: Brand, store: Store) -> None:
    assert written(make_offer(brand), store) is None


def test_each_store_has_the_firings_of_its_own_clock(brand: Brand, store: Store) -> None:
    away = make_store(brand, time_zone="America/New_York")
    publish(away)
    offer = make_offer(brand, schedule=happy_hour())
    assert starts(offer, store) == ["05-19T15:00", "05-26T15:00"]
    assert starts(offer, away) == ["05-19T21:00", "05-26T21:00"]


def test_a_change_of_the_clocks_ahead_is_written_as_it_will_be(brand: Brand, store: Store) -> None:
    now = datetime(2026, 10, 20, 10, tzinfo=UTC)
    offer = make_offer(brand, schedule=happy_hour("FREQ=WEEKLY;BYDAY=SA,SU"), now=now)
    assert starts(offer, store) == ["10-24T15:00", "10-25T16:00", "10-31T16:00", "11-01T16:00"]


def test_holidays_are_those_of_the_part_of_the_country(brand: Brand, store: Store) -> None:
    in_alsace = make_store(brand, **STRASBOURG)
    publish(in_alsace)
    now = datetime(2026, 12, 20, 10, tzinfo=UTC)
    offer = make_offer(brand, schedule=happy_hour("FREQ=DAILY", holidays=Holidays.NEVER), now=now)
    assert days(offer, store) - days(offer, in_alsace) == {date(2026, 12, 26)}
    assert date(2026, 12, 25) not in days(offer, store)


def test_while_open_follows_the_hours_of_the_store_at_once(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour(while_open=True))
    assert len(starts(offer, store)) == 2
    with made():
        db.get(Store, store.id).opening_hours = "Tu 10:00-18:00"
    publish(store)
    assert [ends.hour for _, ends in written(offer, store) or []] == [16, 16]


def test_a_new_store_has_the_firings_of_what_is_live(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour())
    new = make_store(brand)
    publish(new)
    assert written(offer, new) == written(offer, store) != None  # noqa: E711


def test_a_version_without_a_schedule_takes_the_firings_away(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour())
    new_version(offer, brand)
    assert written(offer, store) is None


def test_days_without_a_firing_are_written_as_such(brand: Brand, store: Store) -> None:
    assert written(make_offer(brand, schedule=happy_hour("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24")), store) == []


def test_no_more_is_written_than_an_index_can_hold(brand: Brand, store: Store) -> None:
    times = [f"{hour:02}:00-{hour:02}:30" for hour in range(8, 16)]
    offer = make_offer(brand, schedule=happy_hour("FREQ=DAILY", *times))
    assert len(written(offer, store) or []) == firings.MOST_FIRINGS


def test_the_firing_that_is_on_is_written(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour("FREQ=DAILY", "11:00-13:00"))
    assert written(offer, store)[0][1] == NOON + timedelta(hours=1)


def test_the_job_goes_on_a_day_later_and_not_before(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour())
    jobs.extend_firings(now=NOON + A_DAY - timedelta(seconds=1))
    assert starts(offer, store)[-1] == "05-26T15:00"
    assert jobs.extend_firings(now=NOON + A_DAY * 8) >= 1
    assert starts(offer, store) == ["05-26T15:00", "06-02T15:00"]
    assert _noted(offer) == NOON + A_DAY * 8


def _noted(offer: Offer) -> datetime | None:
    with db.system_transaction():
        return db.first(select(LiveOffer.firings_from).where(LiveOffer.offer_number == offer.number))


def test_the_job_writes_what_a_release_published_that_knew_no_schedules(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour())
    with made():
        db.execute(update(LiveOffer).where(LiveOffer.offer_number == offer.number).values(firings_from=None))
        db.execute(update(OfferPlace).where(OfferPlace.offer_number == offer.number).values(firings=None))
    jobs.extend_firings(now=NOON)
    assert starts(offer, store) == ["05-19T15:00", "05-26T15:00"]


def test_the_job_leaves_offers_without_a_schedule(brand: Brand, store: Store) -> None:
    offer = make_offer(brand)
    jobs.extend_firings(now=NOON + A_DAY * 8)
    assert (_noted(offer), written(offer, store)) == (None, None)


def test_a_job_that_stands_still_rings() -> None:
    name = "offers.planning.extend_firings"
    assert name in factory.turns(heartbeats.USUAL_S)
    assert run_job(name, factory.jobs()[name]) is not None
    with db.system_transaction():
        sign = heartbeats.watch_jobs({name: heartbeats.USUAL_S}, now=datetime.now(UTC) + timedelta(hours=1))
    assert "extend_firings" in str(sign)


def test_a_rebuild_writes_the_same(brand: Brand, store: Store) -> None:
    offer = make_offer(brand, schedule=happy_hour(holidays=Holidays.NEVER))
    before = written(offer, store)
    with db.system_transaction():
        rebuild_read_model(now=NOON)
    assert written(offer, store) == before != []


SEVERAL_ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu")


@settings(max_examples=chosen().worlds, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.sets(st.sampled_from(day_rules.WEEKDAYS), min_size=1),
    times=st.lists(st.builds(DailyTime, st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=2),
    now=st.sampled_from(["2026-03-05", "2026-03-24", "2026-10-20", "2026-10-29"]),
    later=st.lists(st.integers(0, 14 * 1440 - 1), min_size=20, max_size=20),
)
@example(days={"MO", "TU", "WE", "TH"}, times=[DailyTime(0, 1)], now="2026-03-05", later=[0, 1440])
def test_what_is_written_says_what_is_computed_at_every_minute(days, times, now, later) -> None:
    brand, began = make_brand(), datetime.fromisoformat(now).replace(tzinfo=UTC)
    stores = [make_store(brand, time_zone=zone, opening_hours="Mo-Sa 08:00-20:00") for zone in SEVERAL_ZONES]
    publish(*stores, now=began)
    said = Schedule("FREQ=WEEKLY;BYDAY=" + ",".join(sorted(days)), tuple(sorted(times)), while_open=len(days) > 3)
    window = (on_the_clock("2026-01-01"), on_the_clock("2028-01-01"))
    try:
        offer = make_offer(brand, schedule=said, now=began, starts_local=window[0], ends_local=window[1])
    except ScheduleNeverFires:
        offer = None
    for store in stores:
        spans = written(offer, store) or [] if offer else []
        almanac = almanac_of(
            time_zone=store.time_zone, country="FR", lon=PARIS[0], lat=PARIS[1], address=None,
            opening_hours=store.opening_hours,
        )  # fmt: skip
        at_store = standing.days_of_store(almanac, window=window)._asdict()
        for minutes in later:
            at = began + timedelta(minutes=minutes)
            fires = any(begins <= at < ends for begins, ends in spans)
            assert fires is recurrence.fires_at(said, **at_store, now=at)


def test_many_stores_take_as_many_statements_as_one() -> None:
    counts = []
    for count in (1, 40):
        brand = make_brand()
        with made():
            stores = [make_store(brand, **(STRASBOURG if place % 2 else {})) for place in range(count)]
        make_offer(brand, schedule=happy_hour())
        make_offer(brand, schedule=happy_hour("FREQ=DAILY", holidays=Holidays.NEVER, while_open=True))
        with made(), sent_statements() as sent:
            publish(*stores)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_last_sunday_is_written_to_the_minute_for_a_store_in_another_zone(brand: Brand, store: Store) -> None:
    azores = make_store(brand, time_zone="Atlantic/Azores")
    publish(azores)
    window = {"starts_local": on_the_clock("2026-03-01"), "ends_local": on_the_clock("2026-12-01")}
    night = happy_hour("FREQ=MONTHLY;BYDAY=-1SA", "22:00-03:30")
    offer = make_offer(brand, schedule=night, now=datetime(2026, 3, 20, 10, tzinfo=UTC), **window)
    at = lambda day, hour, minute: datetime(2026, 3, day, hour, minute, tzinfo=UTC)  # noqa: E731
    assert written(offer, store) == [(at(28, 21, 0), at(29, 1, 30))]
    assert written(offer, azores) == [(at(28, 23, 0), at(29, 3, 30))]
