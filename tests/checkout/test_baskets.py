"""What a grocer's receipt holds: goods that are weighed, packaging that comes back."""

import uuid
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Problem
from offers.benefits.percentages.percent_off import PercentOff
from offers.checkout.discounts import Incentive
from offers.checkout.errors import TendersDiffer
from offers.checkout.payment import limits
from offers.checkout.stacking import stack_incentives
from tests.checkout.factories import Counter
from tests.factories import NOON
from wallet.programmes.accrual import counted_basket
from wallet.programmes.rules import TenderRules
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.basket_validation import check_basket
from wallet.purchases.errors import (
    BasketWithoutArticles,
    DepositUnsound,
    LineBelowZero,
    LineNotMeasured,
    MeasuredPriceDiffers,
    MeasureUnsound,
    MoreThanMeasured,
    UnitWithoutPrice,
)
from wallet.purchases.models import PurchaseLine
from wallet.purchases.returns import value_of
from wallet.purchases.tender_kinds import Tender, TenderKind

TOMATOES = BasketLine(1, 1, 160, category="food/fruit", quantity_thousandths=456, unit="kg", unit_price_minor=350)
BOTTLES = BasketLine(9, 6, -90, label="6 bouteilles", deposit=True, tax_bp=2000)


def basket(*lines: BasketLine, **given: Any) -> Basket:
    return Basket("EUR", NOON, lines, uuid.uuid4(), **given)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (BasketLine(1, 1, 160, quantity_thousandths=456, unit="kg"), UnitWithoutPrice),
        (BasketLine(1, 1, 160, unit="kg"), UnitWithoutPrice),
        (BasketLine(1, 1, 160, quantity_thousandths=456, unit_price_minor=350), MeasureUnsound),
        (BasketLine(1, 2, 160, quantity_thousandths=456, unit="kg", unit_price_minor=350), MeasureUnsound),
        (BasketLine(1, 1, 162, quantity_thousandths=456, unit="kg", unit_price_minor=350), MeasuredPriceDiffers),
        (BasketLine(1, 1, -30), LineBelowZero),
    ],
)
def test_a_line_that_cannot_be_so_is_refused_by_its_own_name(line: BasketLine, refusal: type[Problem]) -> None:
    with pytest.raises(refusal):
        check_basket(basket(line), now=NOON)


def test_a_deposit_has_no_promotion_and_is_not_alone() -> None:
    with pytest.raises(DepositUnsound):
        check_basket(basket(TOMATOES, deposits=(BasketLine(2, 1, -30, 5, deposit=True),)), now=NOON)
    with pytest.raises(BasketWithoutArticles):
        check_basket(basket(deposits=(BOTTLES,)), now=NOON)


@given(weight=st.integers(1, 1_000_000), price=st.integers(0, 100_000), off=st.integers(-3, 3))
def test_the_amount_of_the_till_counts_when_it_is_right_to_the_cent(weight: int, price: int, off: int) -> None:
    gross = max(weight * price // 1_000 + off, 0)
    line = BasketLine(1, 1, gross, quantity_thousandths=weight, unit="kg", unit_price_minor=price)
    try:
        check_basket(basket(line), now=NOON)
    except MeasuredPriceDiffers:
        assert abs(gross - weight * price / 1_000) > 1
    else:
        assert abs(gross - weight * price / 1_000) <= 1


def test_what_is_weighed_counts_as_one_and_comes_back_by_weight_to_the_cent() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(TOMATOES)
    backs = [counter.returns(sale, {}, weights={1: many}) for many in (100, 156, 200)]
    assert sum(one.refund_minor for one in backs) == 160
    assert counter.reads(sale).state == "returned"
    assert counter.available == 0


def test_what_is_weighed_comes_back_whole() -> None:
    counter = Counter()
    assert counter.returns(counter.sells(TOMATOES), {1: 1}).refund_minor == 160


def test_no_more_comes_back_than_was_weighed_and_only_of_what_was() -> None:
    counter = Counter()
    sale = counter.sells(TOMATOES, BasketLine(2, 3, 300))
    counter.returns(sale, {}, weights={1: 400})
    with pytest.raises(MoreThanMeasured) as refused:
        counter.returns(sale, {}, weights={1: 57})
    assert refused.value.facts == {"position": 1, "left": 56, "wanted": 57, "unit": "g"}
    with pytest.raises(LineNotMeasured):
        counter.returns(sale, {}, weights={2: 1})


def test_packaging_makes_the_total_less_and_touches_no_points_and_no_offer() -> None:
    with_bottles, without = Counter(earns=True), Counter(earns=True)
    less = with_bottles.sells(1_000, coupons=[with_bottles.percent(10, minimum_minor=1_000)], deposits=(BOTTLES,))
    same = without.sells(1_000, coupons=[without.percent(10, minimum_minor=1_000)])
    assert (less.payable_minor, same.payable_minor) == (810, 900)
    assert less.trace["earns"][0]["points"] == same.trace["earns"][0]["points"]
    assert with_bottles.available == without.available


def test_the_total_may_fall_below_zero() -> None:
    counter = Counter()
    sale = counter.sells(50, deposits=(BOTTLES,))
    assert sale.payable_minor == -40
    counter.cancels(sale)
    assert [one.refund_minor for one in counter.returns_of(sale)] == [-40]


def test_a_return_gives_articles_back_and_a_cancellation_packaging_too() -> None:
    counter = Counter()
    returned, cancelled = (counter.sells(1_000, deposits=(BOTTLES,)) for _ in range(2))
    assert counter.returns(returned, {1: 1}).refund_minor == 1_000
    counter.cancels(cancelled)
    assert [one.refund_minor for one in counter.returns_of(cancelled)] == [910]


def test_tax_on_top_of_packaging_is_given_back_as_it_was_charged() -> None:
    counter = Counter()
    line = BasketLine(1, 1, 1_000, tax_bp=2000)
    sale = counter.sells(line, deposits=(BOTTLES,), tax_included=False)
    assert (sale.payable_minor, sale.trace["tax_minor"]) == (1_200 - 108, 200 - 18)


def test_the_same_receipt_sent_again_is_the_same_sale() -> None:
    counter = Counter()
    asked = counter.asks(TOMATOES, deposits=(BOTTLES,))
    assert counter.commits(asked).id == counter.commits(asked).id


class Trolley(NamedTuple):
    """Any basket of a grocer, what an offer takes off it, and in which steps its lines come back."""

    basket: Basket
    percent: int
    voucher: int
    steps: tuple[int, ...]


@st.composite
def trolleys(draw: st.DrawFn) -> Trolley:
    lines: list[BasketLine] = []
    rates = st.sampled_from([None, 210, 550, 1_000, 2_000])
    for at in range(1, draw(st.integers(1, 5)) + 1):
        rate = draw(rates)
        if draw(st.booleans()):
            weight, price = draw(st.integers(1, 20_000)), draw(st.integers(0, 9_000))
            gross = (weight * price + 500) // 1_000
            measure = {"quantity_thousandths": weight, "unit": "kg", "unit_price_minor": price}
            lines.append(BasketLine(at, 1, gross, tax_bp=rate, **measure))
        else:
            gross = draw(st.integers(0, 20_000))
            till = draw(st.integers(0, gross))
            lines.append(BasketLine(at, draw(st.integers(1, 9)), gross, till, tax_bp=rate))
    deposits = [BasketLine(90 + at, 1, draw(st.integers(-5_000, 500)), tax_bp=2_000, deposit=True) for at in range(2)]
    voucher = draw(st.integers(0, 10_000))
    return Trolley(
        basket(*lines, deposits=tuple(deposits), tax_included=draw(st.booleans())),
        draw(st.integers(1, 100)),
        voucher,
        tuple(draw(st.lists(st.integers(1, 3_000), max_size=4))),
    )


@given(trolleys())
def test_no_basket_is_wrong_by_a_cent_whatever_is_in_it(trolley: Trolley) -> None:
    check_basket(trolley.basket, now=NOON)
    offer = Incentive("ten", PercentOff(trolley.percent))
    after = stack_incentives(trolley.basket, [offer]).basket
    assert after.deposits == trolley.basket.deposits
    assert after.net_minor == trolley.basket.net_minor - (after.promotion_minor - trolley.basket.promotion_minor)
    for line in after.lines:
        tax = line.tax_minor(tax_included=after.tax_included)
        below = 10_000 + (line.tax_bp or 0) if after.tax_included else 10_000
        assert 0 <= tax <= max(line.net_minor, tax if not after.tax_included else 0)
        assert abs(tax * below - line.net_minor * (line.tax_bp or 0)) * 2 <= below
        assert _all_back(line, trolley.steps) == line.net_minor >= 0
    paid = replace(after, tenders=(Tender(TenderKind.VOUCHER, trolley.voucher),))
    counted = counted_basket(paid, TenderRules())
    assert 0 <= (counted.net_minor if counted else 0) <= after.net_minor
    tenders = (*paid.tenders, Tender(TenderKind.CASH, after.due_minor - trolley.voucher))
    limits.check_tenders(replace(after, tenders=tenders), payable_minor=after.due_minor)
    with pytest.raises(TendersDiffer):
        limits.check_tenders(replace(after, tenders=tenders), payable_minor=after.due_minor + 1)


def _all_back(line: BasketLine, steps: tuple[int, ...]) -> int:
    """What is given back for a line in these steps and a last one, by the way of returns."""
    bought = PurchaseLine(
        net_minor=line.net_minor, quantity=line.quantity, quantity_thousandths=line.quantity_thousandths
    )
    before, given_back = 0, 0
    for step in (*steps, line.parts):
        many = min(step, line.parts - before)
        value = value_of(bought, before=before, now=many)
        assert value >= 0
        before, given_back = before + many, given_back + value
    return given_back
