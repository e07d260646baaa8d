"""Coupons of offers that fire now and then: claimed by members and used at tills while they do."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.errors import Problem
from app.sql import db
from offers.coupons import claims, eligibility, own_coupons, redemption
from offers.coupons.errors import (
    CouponOutsideSchedule,
    CouponScheduleOver,
    OfferOutsideSchedule,
    OfferOutsideWindow,
)
from offers.coupons.models import Coupon
from offers.planning.errors import OfferNotLive
from offers.planning.models import Offer, OfferPlace
from offers.planning.schedules.daily_times import read_time
from offers.planning.schedules.recurrence import Holidays, Schedule
from tests.checkout.factories import Counter
from tests.coupons.factories import Shop, claim, paper_codes, redeem, scan
from tests.coupons.test_statements import CLAIM, COUPONS_OF_SCAN, REDEMPTION, acting_as, counted_at
from tests.factories import NOON, made, make_member, make_store
from tests.planning.factories import new_version, on_the_clock, publish
from tests.speaking import Speaker
from tests.tracing import sent_statements

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOON + 4 * AN_HOUR
"""Monday, 16:00 in Paris."""


def at_noon(rule: str = "FREQ=WEEKLY;BYDAY=MO", **given: Any) -> Schedule:
    """Mondays from 11:00 to 13:00."""
    return Schedule(rule=rule, times=(read_time("11:00", "13:00"),), **given)


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    shop = Shop(anyone, schedule=at_noon())
    publish(shop.store)
    return shop


def refused(act: Any) -> Problem:
    with pytest.raises(Problem) as refusal:
        act()
    return refusal.value


def next_at(refusal: Problem) -> datetime:
    return refusal.facts["next_at"].at


def claimed_by_nobody_new(offer: Offer, *, now: datetime = NOON) -> Problem:
    return refused(lambda: claim(make_member(), offer, now=now))


def test_an_offer_is_claimed_while_it_fires(shop: Shop) -> None:
    assert claim(shop.member, shop.offer).status == "active"


def test_outside_its_schedule_an_offer_is_refused_with_the_next_firing(shop: Shop) -> None:
    refusal = claimed_by_nobody_new(shop.offer, now=LATER)
    assert isinstance(refusal, OfferOutsideSchedule)
    assert next_at(refusal) == NOON - AN_HOUR + 7 * A_DAY
    said = refusal.body(language="fr", instance="")
    assert said["remedy"] == "Elle vaudra de nouveau le 25 mai à 11:00."


def test_an_offer_in_two_zones_fires_at_either(shop: Shop) -> None:
    away = make_store(shop.brand, time_zone="America/Martinique", name="Fort-de-France")
    publish(away)
    assert claim(shop.member, shop.offer, now=NOON + 6 * AN_HOUR).status == "active"
    assert next_at(claimed_by_nobody_new(shop.offer, now=LATER)) == NOON + 5 * AN_HOUR


def test_before_its_window_the_window_is_the_reason(anyone: Speaker) -> None:
    window = {"starts_local": on_the_clock("2026-06-01"), "ends_local": on_the_clock("2026-07-01")}
    shop = Shop(anyone, schedule=at_noon(), **window)
    assert isinstance(claimed_by_nobody_new(shop.offer), OfferOutsideWindow)


def test_after_its_last_firing_an_offer_is_not_live_any_more(anyone: Speaker) -> None:
    shop = Shop(anyone, schedule=at_noon("FREQ=DAILY;UNTIL=20260518"))
    assert isinstance(claimed_by_nobody_new(shop.offer, now=LATER), OfferNotLive)


def test_where_the_written_firings_are_behind_a_claim_looks_itself(shop: Shop) -> None:
    with made():
        db.execute(update(OfferPlace).where(OfferPlace.offer_number == shop.offer.number).values(firings=[]))
    assert claim(shop.member, shop.offer).status == "active"
    assert isinstance(claimed_by_nobody_new(shop.offer, now=LATER), OfferOutsideSchedule)


def test_what_the_brand_gives_may_wait_for_its_hours(shop: Shop) -> None:
    with made():
        given = claims.give_coupon(member_id=shop.member.id, brand_id=shop.brand.id, offer_id=shop.offer.id, now=LATER)
    assert given.status == "active"


@pytest.mark.parametrize(("days", "given"), [(5, False), (10, True)])
def test_a_coupon_that_would_end_before_its_hours_is_not_given(anyone: Speaker, days: int, given: bool) -> None:
    shop = Shop(anyone, schedule=at_noon(), coupon_valid_days=days)
    whose = {"member_id": shop.member.id, "brand_id": shop.brand.id, "offer_id": shop.offer.id}

    def give() -> None:
        with made():
            claims.give_coupon(**whose, now=LATER)

    if given:
        give()
    else:
        assert isinstance(refused(give), OfferNotLive)


def test_a_code_on_paper_is_claimed_at_any_time_of_the_window(shop: Shop) -> None:
    [code] = paper_codes(shop.offer)
    answer = shop.phone.post("/v1/coupon-codes", {"code": code})
    assert (answer.status_code, answer.json["offer"]["when"]) == (201, "every Monday, 11:00 to 13:00")


def test_a_coupon_is_used_while_it_fires(shop: Shop) -> None:
    assert redeem(claim(shop.member, shop.offer), shop.terminal, now=NOON + AN_HOUR / 2).redeemed_at


def test_outside_its_schedule_a_coupon_is_refused_with_the_next_firing(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    refusal = refused(lambda: redeem(coupon, shop.terminal, now=LATER))
    assert isinstance(refusal, CouponOutsideSchedule)
    assert next_at(refusal) == NOON - AN_HOUR + 7 * A_DAY


@pytest.mark.parametrize(("minutes", "fires"), [(-61, False), (-60, True), (59, True), (60, False)])
def test_a_till_is_right_to_the_minute(shop: Shop, minutes: int, fires: bool) -> None:
    made_scan = scan(claim(shop.member, shop.offer), shop.terminal)
    now = NOON + timedelta(minutes=minutes)
    with counted_at(shop.terminal):
        at = {"brand_id": shop.brand.id, "store_id": shop.store.id, "now": now}
        [(_, refusal)] = own_coupons.coupons_for_scan(scan_id=made_scan.id, **at)
    assert (refusal is None) is fires


def test_a_coupon_is_read_on_the_clock_of_the_till(shop: Shop, anyone: Speaker) -> None:
    coupon = claim(shop.member, shop.offer)
    away = make_store(shop.brand, time_zone="America/Martinique", name="Fort-de-France")
    publish(away)
    with counted_at(shop.terminal):
        [(_, refusal)] = eligibility.judge_coupon(
            _loaded(coupon), store_id=away.id, zone=away.time_zone, now=NOON, here={(shop.offer.id, 1)}
        )
    assert isinstance(refusal, CouponOutsideSchedule)
    assert next_at(refusal) == NOON + 5 * AN_HOUR


def _loaded(coupon: Coupon) -> list[Coupon]:
    offer = db.as_read(Offer, {"id": coupon.offer_id, "status": "live"})
    names = own_coupons.COLUMNS
    given = {name: getattr(coupon, name) for name in names} | {"version": coupon.version, "offer": offer}
    return [db.as_read(Coupon, given)]


def test_a_coupon_that_outlives_its_offer_keeps_its_hours(anyone: Speaker) -> None:
    window = {"starts_local": on_the_clock("2026-05-01"), "ends_local": on_the_clock("2026-05-19")}
    shop = Shop(anyone, schedule=at_noon(), **window)
    coupon = claim(shop.member, shop.offer)
    assert isinstance(refused(lambda: redeem(coupon, shop.terminal, now=NOON + 8 * A_DAY)), CouponOutsideSchedule)
    assert redeem(coupon, shop.terminal, now=NOON + 7 * A_DAY).redeemed_at


def test_a_coupon_whose_last_hours_are_over_says_so(anyone: Speaker) -> None:
    shop = Shop(anyone, schedule=at_noon(), coupon_valid_days=3)
    coupon = claim(shop.member, shop.offer)
    assert isinstance(refused(lambda: redeem(coupon, shop.terminal, now=LATER)), CouponScheduleOver)


def test_a_new_version_leaves_a_coupon_its_own_hours(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    new_version(shop.offer, shop.brand, schedule=at_noon("FREQ=WEEKLY;BYDAY=TU"))
    assert redeem(coupon, shop.terminal).redeemed_at


def test_holidays_of_the_part_of_the_country_decide_at_the_till(anyone: Speaker) -> None:
    daily = at_noon("FREQ=DAILY", holidays=Holidays.NEVER)
    shop = Shop(anyone, schedule=daily, member_limit=2)
    coupon = claim(shop.member, shop.offer)
    feast = datetime.fromisoformat("2026-05-25T12:00+02:00")  # Whit Monday, a holiday of all France
    assert next_at(refused(lambda: redeem(coupon, shop.terminal, now=feast))) == feast - AN_HOUR + A_DAY


def test_while_open_asks_the_hours_of_the_store(anyone: Speaker) -> None:
    shop = Shop(anyone, schedule=at_noon("FREQ=DAILY", while_open=True))
    with made():
        db.get(type(shop.store), shop.store.id).opening_hours = "Mo-Sa 12:30-19:00"
    publish(shop.store)
    refusal = claimed_by_nobody_new(shop.offer)
    assert next_at(refusal) == NOON + AN_HOUR / 2


# At a sale.


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_a_coupon_outside_its_hours_takes_nothing_off_a_sale(counter: Counter) -> None:
    coupon = counter.percent(10, schedule=at_noon())
    assert isinstance(refused(lambda: counter.sells(1_000, coupons=[coupon], now=LATER)), CouponOutsideSchedule)
    assert counter.sells(1_000, coupons=[coupon]).payable_minor == 900


def test_a_coupon_kept_for_a_sale_does_not_run_out_of_its_hours_meanwhile(counter: Counter) -> None:
    coupon = counter.percent(10, schedule=at_noon())
    shortly_before, shortly_after = NOON + AN_HOUR * 0.98, NOON + AN_HOUR * 1.02
    asked = counter.asks(1_000, coupons=[coupon], now=shortly_before)
    counter.opens(asked, now=shortly_before)
    assert counter.commits(asked, now=shortly_after).payable_minor == 900


def test_a_sale_that_is_told_later_counts_when_it_was_bought(counter: Counter) -> None:
    coupon = counter.percent(10, schedule=at_noon())
    asked = counter.asks(1_000, coupons=[coupon], bought_at=NOON)
    assert counter.commits(asked, now=LATER).payable_minor == 900


# What it costs.


def test_a_schedule_costs_claims_and_tills_no_statement(shop: Shop) -> None:
    claim(make_member(), shop.offer)  # which reads the version, for good
    with acting_as(shop.member), sent_statements() as sent:
        coupon = claims.claim_offer(member_id=shop.member.id, offer_id=shop.offer.id, now=NOON)
    assert len(sent) == CLAIM
    made_scan = scan(coupon, shop.terminal)
    at = {"brand_id": shop.brand.id, "store_id": shop.store.id, "now": NOON}
    with counted_at(shop.terminal) as sent:
        own_coupons.coupons_for_scan(scan_id=made_scan.id, **at)
    assert len(sent) == COUPONS_OF_SCAN
    with counted_at(shop.terminal) as sent:
        redemption.redeem_coupon(code=coupon.code, terminal_id=shop.terminal.id, **at)
    assert len(sent) == REDEMPTION


def test_only_a_schedule_that_asks_for_the_store_reads_it_once(anyone: Speaker) -> None:
    shop = Shop(anyone, schedule=at_noon("FREQ=DAILY", holidays=Holidays.NEVER, while_open=True), member_limit=3)
    coupons = [claim(shop.member, shop.offer) for _ in range(3)]
    made_scan = scan(coupons[0], shop.terminal)
    with counted_at(shop.terminal) as sent:
        at = {"brand_id": shop.brand.id, "store_id": shop.store.id, "now": NOON}
        assert len(own_coupons.coupons_for_scan(scan_id=made_scan.id, **at)) == 3
    assert len(sent) == COUPONS_OF_SCAN + 1
