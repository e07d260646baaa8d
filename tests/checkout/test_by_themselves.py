"""Offers that apply by themselves: to whom, beside what, how often, and what comes back of them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.sql import db
from offers.checkout import sale_cards
from offers.checkout.errors import TotalDiffers
from offers.checkout.models import Sale, SaleState
from offers.checkout.pricing import PricedSale
from offers.coupons.errors import OfferAppliesByItself
from offers.coupons.models import Coupon
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit
from offers.planning.drafts import InASale
from offers.planning.models import AppliesBy, Offer, Stacking
from offers.planning.schedules.daily_times import read_time
from offers.planning.schedules.recurrence import Schedule
from offers.planning.spending.periods import BudgetPeriod
from tests.checkout.factories import Counter, minutes
from tests.checkout.test_returns import BENEFITS, FOOD, GIFT_GTIN, basket, undo_in_some_order
from tests.coupons.factories import claim
from tests.employment.factories import mark
from tests.factories import NOON, make_member, make_store
from tests.planning.factories import end, make_offer, new_version, on_the_clock, pause, stores_and_areas
from tests.product_lists.factories import make_list
from tests.programmes.factories import rule
from tests.sizes import chosen
from tests.wallet.factories import make_card
from wallet.programmes.rules import RuleKind
from wallet.purchases.basket import BasketLine, Products


def offers(counter: Counter, percent: int = 10, **given: Any) -> Offer:
    """A live offer that applies by itself: ten percent off everything, as often as one likes, unless told otherwise."""
    rules = {name: given.pop(name) for name in list(given) if name in InASale.__dataclass_fields__}
    fields = {"benefit": {"kind": "percent", "percent": percent}, "member_limit": 1_000, "in_a_sale": InASale(**rules)}
    return make_offer(counter.brand, **(fields | {"applies": AppliesBy.AUTOMATIC} | given))


def other_member(counter: Counter) -> None:
    """Somebody else with a card stands at the till from now on."""
    counter.member = counter.purse.member = make_member()
    counter.card = make_card(counter.member, counter.brand)


def coupons_of(counter: Counter) -> list[Coupon]:
    with db.system_transaction():
        return list(db.all_of(select(Coupon).where(Coupon.member_id == counter.member.id).order_by(Coupon.ordinal)))


def payable(priced: PricedSale) -> int:
    return int(sale_cards.trace_of(priced)["payable_minor"])


def left_out(trace: Any) -> dict[str, str]:
    return {one["key"]: one["reason"] for one in trace["left_out"]}


def test_an_offer_applies_to_whoever_shows_a_card() -> None:
    counter = Counter()
    offers(counter)
    assert (payable(counter.quotes(1_000)), counter.sells(1_000).payable_minor) == (900, 900)


def test_it_is_a_step_with_its_offer_its_title_and_why() -> None:
    counter = Counter()
    offer = offers(counter)
    [step] = sale_cards.quote_card(counter.quotes(1_000), language="fr")["steps"]
    assert (step["offer_id"], step["title"], step["coupon_code"]) == (str(offer.id), "Café offert", None)
    assert step["reason"]["text"] == "S'applique d'elle-même, pour tous les porteurs de la carte."


def test_a_sale_writes_one_coupon_that_is_used() -> None:
    counter = Counter()
    offers(counter)
    sale = counter.sells(1_000)
    [coupon] = coupons_of(counter)
    assert (coupon.status, coupon.code) == ("redeemed", sale.trace["steps"][0]["coupon_code"])


def test_a_quote_writes_nothing() -> None:
    counter = Counter()
    offers(counter)
    counter.quotes(1_000)
    assert coupons_of(counter) == []


def test_what_has_no_effect_is_not_used() -> None:
    counter = Counter()
    offers(counter, minimum_minor=2_000)
    sale = counter.sells(1_000)
    assert (sale.payable_minor, list(left_out(sale.trace).values())) == (1_000, ["minimum_not_reached"])
    assert coupons_of(counter) == []


def test_nobody_reads_of_offers_about_other_articles() -> None:
    counter = Counter()
    offers(counter, products=Products(categories=frozenset({"toys"})))
    assert counter.sells(1_000).trace["left_out"] == []


def test_a_member_uses_it_as_often_as_they_may() -> None:
    counter = Counter()
    offers(counter, member_limit=2)
    sales = [counter.sells(1_000) for _ in range(3)]
    assert [sale.payable_minor for sale in sales] == [900, 900, 1_000]
    assert list(left_out(sales[2].trace).values()) == ["used_up"]


def test_the_last_unit_is_given_once_and_the_next_sale_goes_on_without() -> None:
    counter = Counter()
    offers(counter, total_limit=1)
    first = counter.sells(1_000)
    other_member(counter)
    assert (first.payable_minor, counter.sells(1_000).payable_minor) == (900, 1_000)


def test_a_unit_of_the_total_is_not_lost_where_the_day_has_none_left() -> None:
    counter = Counter()
    offers(counter, total_limit=2, daily_limit=1)
    counter.sells(1_000)
    other_member(counter)
    assert counter.sells(1_000).payable_minor == 1_000
    assert counter.sells(1_000, now=NOON + timedelta(days=1)).payable_minor == 900


def test_where_nothing_is_left_the_next_best_applies() -> None:
    """An exclusive offer that is sold out does not keep a common one away."""
    counter = Counter()
    offers(counter, percent=50, stacking=Stacking.EXCLUSIVE, total_limit=1)
    offers(counter, percent=10)
    first = counter.sells(1_000)
    other_member(counter)
    assert (first.payable_minor, counter.sells(1_000).payable_minor) == (500, 900)


def test_a_till_that_counted_with_the_last_unit_is_told_another_total() -> None:
    counter = Counter()
    offers(counter, total_limit=1)
    counter.sells(1_000)
    other_member(counter)
    with pytest.raises(TotalDiffers):
        counter.commits(counter.asks(1_000), charged_minor=900)


def test_a_use_limit_holds() -> None:
    counter = Counter()
    offers(counter, use_limits=(UseLimit(LimitedBy.MEMBER, LimitPeriod.WEEK, 1),))
    days = [NOON, NOON, NOON + timedelta(days=7)]
    assert [counter.sells(1_000, now=day).payable_minor for day in days] == [900, 1_000, 900]


def test_money_that_is_spent_gives_nothing_and_refuses_nobody() -> None:
    counter = Counter()
    offer = offers(counter)
    counter.sets(150, BudgetPeriod.LIFE, offer_id=offer.id)
    sales = [counter.sells(1_000) for _ in range(2)]
    assert [sale.payable_minor for sale in sales] == [900, 1_000]
    assert list(left_out(sales[1].trace).values()) == ["used_up"]


def test_it_is_for_whom_it_is_for() -> None:
    counter = Counter()
    offers(counter, for_whom=ForWhom(household=True))
    assert (counter.sells(1_000).payable_minor, counter.sells(1_000).trace["left_out"]) == (1_000, [])


def test_it_is_for_new_members_without_any_permission() -> None:
    counter = Counter()
    offers(counter, for_whom=ForWhom(new_member_days=30))
    [step] = counter.sells(1_000).trace["steps"]
    assert step["why"] == "for_some"


def test_a_staff_discount_is_for_employees_as_long_as_they_are() -> None:
    counter = Counter()
    offers(counter, percent=15, for_whom=ForWhom(employees=True))
    mark(counter.card, last_day=NOON.date())
    tomorrow = NOON + timedelta(days=1)
    assert (payable(counter.quotes(1_000)), counter.sells(1_000).payable_minor) == (850, 850)
    assert counter.sells(1_000, now=tomorrow).payable_minor == 1_000
    other_member(counter)
    sale = counter.sells(1_000)
    assert (sale.payable_minor, sale.trace["left_out"]) == (1_000, [])


def test_it_holds_at_its_stores() -> None:
    counter = Counter()
    offers(counter, targets=stores_and_areas(make_store(counter.brand, name="Bastille")))
    assert counter.sells(1_000).payable_minor == 1_000


def test_it_holds_in_its_window() -> None:
    counter = Counter()
    offers(counter, starts_local=on_the_clock("2026-05-19"), ends_local=on_the_clock("2026-05-20"))
    days = [NOON + timedelta(days=count) for count in range(3)]
    assert [counter.sells(1_000, now=day).payable_minor for day in days] == [1_000, 900, 1_000]


def test_it_fires_when_its_schedule_does() -> None:
    counter = Counter()
    offers(counter, schedule=Schedule("FREQ=WEEKLY;BYDAY=MO", (read_time("11:00", "13:00"),)))
    assert [counter.sells(1_000, now=NOON + timedelta(days=days)).payable_minor for days in (0, 1)] == [900, 1_000]


def test_it_stops_at_once_when_it_is_paused_or_ended() -> None:
    counter = Counter()
    first, second = offers(counter), offers(counter)
    pause(first, counter.brand)
    end(second, counter.brand)
    assert counter.sells(1_000).payable_minor == 1_000


def test_claimed_and_automatic_ones_stack_by_the_same_rules() -> None:
    counter = Counter()
    offers(counter, percent=10)
    assert counter.sells(1_000, coupons=[counter.percent(50)]).payable_minor == 450
    exclusive = counter.percent(20, stacking=Stacking.EXCLUSIVE)
    sale = counter.sells(1_000, coupons=[exclusive])
    assert (sale.payable_minor, list(left_out(sale.trace).values())) == (800, ["exclusive_conflict"])


def test_an_offer_is_not_applied_twice_where_its_coupon_is_shown() -> None:
    counter = Counter()
    coupon = counter.percent(10, member_limit=5)
    with db.system_transaction():
        offer = db.first(select(Offer).where(Offer.id == coupon.offer_id))
    assert offer is not None
    fields = {"benefit": {"kind": "percent", "percent": 10}, "member_limit": 5, "applies": AppliesBy.AUTOMATIC}
    new_version(offer, counter.brand, **fields)
    assert counter.sells(1_000, coupons=[coupon]).payable_minor == 900
    assert [one.status for one in coupons_of(counter)] == ["redeemed"]


def test_a_coupon_that_the_member_has_of_it_is_used_first() -> None:
    counter = Counter()
    coupon = counter.percent(10, member_limit=1)
    with db.system_transaction():
        offer = db.first(select(Offer).where(Offer.id == coupon.offer_id))
    assert offer is not None
    new_version(offer, counter.brand, benefit={"kind": "percent", "percent": 10}, applies=AppliesBy.AUTOMATIC)
    assert counter.sells(1_000).payable_minor == 900
    assert [(one.code, one.status) for one in coupons_of(counter)] == [(coupon.code, "redeemed")]


def test_claiming_it_is_refused() -> None:
    counter = Counter()
    offer = offers(counter)
    with pytest.raises(OfferAppliesByItself):
        claim(counter.member, offer)


def test_the_same_sale_again_uses_it_once() -> None:
    counter = Counter()
    offers(counter)
    asked = counter.asks(1_000)
    assert counter.commits(asked).id == counter.commits(asked).id
    assert len(coupons_of(counter)) == 1


def test_an_open_sale_keeps_the_last_unit() -> None:
    counter = Counter()
    offers(counter, total_limit=1)
    asked = counter.asks(1_000)
    counter.opens(asked)
    mine = (counter.member, counter.card)
    other_member(counter)
    assert counter.sells(1_000).payable_minor == 1_000
    counter.member, counter.card = mine
    assert counter.commits(asked).payable_minor == 900
    assert [one.status for one in coupons_of(counter)] == ["redeemed"]


def test_an_open_sale_keeps_what_ends_meanwhile() -> None:
    counter = Counter()
    offer = offers(counter)
    asked = counter.asks(1_000)
    counter.opens(asked)
    end(offer, counter.brand, now=NOON + minutes(1))
    assert counter.commits(asked, now=NOON + minutes(2)).payable_minor == 900


def test_an_open_sale_that_is_opened_again_keeps_one_coupon() -> None:
    counter = Counter()
    offers(counter, member_limit=1)
    asked = counter.asks(1_000)
    for _ in range(2):
        assert counter.opens(asked).payable_minor == 900
    assert len(coupons_of(counter)) == 1


def test_what_an_open_sale_let_go_applies_to_the_next_sale() -> None:
    counter = Counter()
    offers(counter, member_limit=1, total_limit=1)
    counter.cancels(counter.opens(counter.asks(1_000)))
    assert counter.sells(1_000).payable_minor == 900


def test_it_comes_back_with_the_last_unit_and_applies_again() -> None:
    counter = Counter()
    offers(counter, member_limit=1, total_limit=1)
    sale = counter.sells(600, 400)
    assert counter.returns(sale, {1: 1}).refund_minor == 540
    assert counter.sells(1_000).payable_minor == 1_000
    counter.returns(sale, {2: 1})
    assert counter.sells(1_000).payable_minor == 900


def test_a_reopened_sale_keeps_it() -> None:
    counter = Counter()
    offers(counter, member_limit=1, total_limit=1)
    sale = counter.sells(1_000, receipt="R1")
    assert counter.reopens(sale).state == SaleState.OPEN
    assert counter.sells(2_000, receipt="R1").payable_minor == 1_800
    assert len(coupons_of(counter)) == 1


def test_a_foreign_currency_is_sold_without_it() -> None:
    counter = Counter()
    offers(counter, benefit={"kind": "amount", "amount_minor": 100, "currency": "EUR"})
    assert counter.sells(1_000, currency="CHF").payable_minor == 1_000


def test_a_sale_counts_by_the_clock_of_when_it_was_bought() -> None:
    counter = Counter()
    offers(counter, starts_local=on_the_clock("2026-05-18T11:00"))
    early = counter.sells(1_000, bought_at=NOON - timedelta(hours=3))
    assert (early.payable_minor, counter.sells(1_000).payable_minor) == (1_000, 900)


# Each example makes a brand of its own: a failing one is small already, and making it smaller would take minutes.
@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    lines=basket(),
    points=st.integers(0, 130),
    benefits=st.lists(st.tuples(st.sampled_from(BENEFITS), st.booleans()), max_size=4),
    reopened=st.booleans(),
    data=st.data(),
)
def test_buying_and_returning_everything_is_the_identity_with_offers_that_apply_by_themselves(
    lines: tuple[BasketLine, ...], points: int, benefits: list[tuple[dict[str, Any], bool]], reopened: bool, data: Any
) -> None:
    """Balance, lots with their age, money to the cent; and the next sale comes to what the first one did."""
    counter = Counter(rule(), rule("visit", RuleKind.VISIT, points=7), points=50)
    counter.purse.earn(80, lasts="3M")
    make_list(counter.brand, "gifts", GIFT_GTIN)
    for benefit, by_itself in benefits:
        if by_itself:
            offers(counter, benefit=benefit, products=FOOD, member_limit=1, total_limit=1)
    coupons = [counter.coupon(benefit=one, products=FOOD) for one, by_itself in benefits if not by_itself]
    before = _stands(counter)
    asked = counter.asks(*lines, coupons=coupons, points=points)
    first = payable(counter.quotes(*lines, coupons=coupons, points=points))
    sale: Sale = counter.commits(asked)
    if reopened:
        counter.reopens(sale)
        sale = counter.commits(asked)
    refunds = undo_in_some_order(counter, sale, lines, data)
    assert (sale.payable_minor, refunds, _stands(counter)) == (first, (1 + reopened) * first, before)
    assert payable(counter.quotes(*lines, coupons=coupons, points=points)) == first
    assert counter.purse.faults() == []


def _stands(counter: Counter) -> dict[str, Any]:
    return {name: known for name, known in counter.stands().items() if name != "coupons"}
