"""Whoever comes too late gets nothing: exactly what exists is given, and what is sent many times is done once."""

import uuid
from collections import Counter as Count
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.errors import Conflict
from offers.checkout.pricing import Asked, PointsAsked
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit
from tests.checkout.factories import Counter
from tests.checkout.test_by_themselves import offers
from tests.coupons.factories import redeem
from tests.factories import make_member
from tests.gift_cards.factories import by_card, let_sell, sell_card
from tests.merges.factories import merge
from tests.points.factories import Purse, make_currency
from tests.programmes.factories import put_in_force, rule
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.programmes.rules import Programme, Rule
from wallet.purchases.basket import BasketLine
from wallet.purchases.tender_kinds import Tender

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("crowd")]

MANY = 64


def outcomes(do: Callable[[int], Any], count: int = MANY) -> Count[str]:
    """What became of many who do this at once: done, or the code of the refusal."""

    def tried(number: int) -> str:
        try:
            do(number)
        except Conflict as refusal:
            return refusal.code()
        return "done"

    return Count(at_once(count, tried))


def test_one_coupon_is_used_by_one_of_many_sales() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    asked = [counter.asks(1_000, coupons=[coupon], receipt=f"R{number}") for number in range(MANY)]
    assert outcomes(lambda number: counter.commits(asked[number])) == {
        "done": 1,
        "coupon_already_redeemed": MANY - 1,
    }


def test_the_last_unit_that_applies_by_itself_is_given_at_one_of_many_tills() -> None:
    """Sixty-four members at sixty-four tills: all buy, one of them for less."""
    counter = Counter()
    offers(counter, member_limit=1, total_limit=1)
    cards = [make_card(make_member(), counter.brand) for _ in range(MANY)]
    asked = [counter.asks(1_000, code=card.code, receipt=f"R{at}") for at, card in enumerate(cards)]
    found = Count(at_once(MANY, lambda number: counter.commits(asked[number]).payable_minor))
    assert found == {900: 1, 1_000: MANY - 1}


def test_one_member_uses_what_applies_by_itself_once_at_many_tills() -> None:
    counter = Counter()
    offers(counter, member_limit=1)
    asked = [counter.asks(1_000, receipt=f"R{number}") for number in range(MANY)]
    found = Count(at_once(MANY, lambda number: counter.commits(asked[number]).payable_minor))
    assert found == {900: 1, 1_000: MANY - 1}


def test_limits_of_several_that_apply_by_themselves_wait_in_no_circle() -> None:
    """Total and day, of three offers, by members who come and go; some keep a sale open first."""
    counter = Counter()
    limits = [{"total_limit": 5}, {"total_limit": 9, "daily_limit": 7}, {"daily_limit": 3}]
    for given in limits:
        offers(counter, member_limit=1, percent=10, **given)
    cards = [make_card(make_member(), counter.brand) for _ in range(MANY // 2)]

    def do(number: int) -> int:
        asked = counter.asks(1_000, code=cards[number].code, receipt=f"R{number}")
        if number % 3 == 0:
            counter.opens(asked)
        return len(counter.commits(asked).trace["steps"])

    assert sum(at_once(MANY // 2, do)) == 5 + 7 + 3


def test_one_coupon_is_used_by_a_sale_or_by_itself() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    asked = [counter.asks(1_000, coupons=[coupon], receipt=f"R{number}") for number in range(MANY)]
    found = outcomes(lambda number: counter.commits(asked[number]) if number % 2 else redeem(coupon, counter.terminal))
    assert found["done"] == 1


def test_one_coupon_is_kept_for_one_of_many_sales() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    asked = [counter.asks(1_000, coupons=[coupon], receipt=f"R{number}") for number in range(MANY)]
    assert outcomes(lambda number: counter.opens(asked[number])) == {"done": 1, "coupon_kept": MANY - 1}


def test_many_sales_spend_the_points_that_are_there() -> None:
    counter = Counter(earns=True, points=1_000)
    asked = [counter.asks(500, points=100, receipt=f"R{number}") for number in range(MANY)]
    found = outcomes(lambda number: counter.commits(asked[number]))
    assert found == {"done": 10, "not_enough_points": MANY - 10}
    assert (counter.available, counter.purse.faults()) == (0, [])


def test_one_sale_sent_by_many_at_once_is_one_sale() -> None:
    counter = Counter(earns=True, points=100)
    asked = counter.asks(2_000, coupons=[counter.percent(10)], points=100)
    counter.opens(asked)
    sales = at_once(MANY, lambda _: counter.commits(asked))
    assert len({sale.purchase_id for sale in sales}) == 1
    assert (counter.available, counter.purse.kinds().count("hold_captured")) == (13, 1)


def test_one_line_comes_back_as_often_as_it_was_bought() -> None:
    counter = Counter(earns=True, points=100)
    sale = counter.sells(BasketLine(1, 5, 5_000), points=100)
    found = outcomes(lambda number: counter.returns(sale, {1: 1}, reference=f"R{number}"), count=16)
    assert found == {"done": 5, "more_than_bought": 11}
    assert sum(back.refund_minor for back in counter.returns_of(sale)) == sale.payable_minor
    assert (counter.available, counter.purse.faults()) == (100, [])


def test_one_return_sent_by_many_at_once_is_one_return() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(BasketLine(1, 5, 5_000))
    assert outcomes(lambda _: counter.returns(sale, {1: 1}, reference="A"), count=16) == {"done": 16}
    assert (len(counter.returns_of(sale)), counter.available) == (1, 40)


def test_a_cancellation_and_returns_at_once_give_back_what_was_paid_and_no_more() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(BasketLine(1, 5, 5_000))

    def do(number: int) -> Any:
        return counter.cancels(sale) if number % 4 == 0 else counter.returns(sale, {1: 1}, reference=f"R{number}")

    outcomes(do, count=16)
    assert sum(back.refund_minor for back in counter.returns_of(sale)) == 5_000
    assert (counter.available, counter.purse.faults()) == (0, [])


def test_sales_returns_and_openings_of_one_member_in_two_currencies_wait_in_no_circle() -> None:
    """Each pays in one currency and earns in another, with coupons of its own; whoever waits for whom, all end."""
    counter = Counter(points=2_000)
    second = make_currency(counter.brand, worth_points=1, worth_minor=1)
    put_in_force(counter.brand, Programme("EUR", tuple(_in(one.id) for one in (counter.currency, second))))
    other = Purse.__new__(Purse)
    other.brand, other.currency, other.member = counter.brand, second, counter.member
    other.earn(2_000)
    coupons = [counter.percent(10) for _ in range(4)]
    sold = [counter.sells(BasketLine(1, 4, 4_000), points=50) for _ in range(4)]

    def do(number: int) -> Any:
        asked = counter.asks(1_000, coupons=coupons[number % 4 :] + coupons[: number % 4], points=20)
        if number % 2:
            asked = replace(asked, points=PointsAsked(second.id, 20))
        if number % 4 == 0:
            return counter.returns(sold[number // 4 % 4], {1: 1}, reference=f"R{number}")
        return counter.opens(asked) if number % 4 == 3 else counter.commits(asked)

    found = outcomes(do, count=32)
    assert set(found) <= {"done", "coupon_kept", "coupon_already_redeemed", "more_than_bought"}
    assert found["done"] >= 9
    assert (counter.purse.faults(), other.faults()) == ([], [])


def _in(currency_id: uuid.UUID) -> Rule:
    return replace(rule(f"euro-{currency_id.hex[-6:]}"), currency_id=currency_id)


def test_two_sales_that_come_back_at_once_leave_what_was_there() -> None:
    counter = Counter(earns=True, points=50)
    for _ in range(4):
        first = counter.sells(BasketLine(1, 8, 80_000))
        second = counter.sells(BasketLine(1, 8, 80_000), points=800)
        found = outcomes(lambda number: counter.returns((first, second)[number % 2], {1: 1}), count=16)  # noqa: B023
        assert (found, counter.available, counter.purse.faults()) == ({"done": 16}, 50, [])


def test_sales_of_before_and_after_a_merge_come_back_at_once() -> None:
    counter = Counter(earns=True)
    first = counter.sells(BasketLine(1, 8, 80_000))
    second = counter.sells(BasketLine(1, 8, 80_000), points=800)
    target = make_member()
    merge(counter.member, target)
    counter.member = counter.purse.member = target
    third = counter.sells(BasketLine(1, 8, 80_000), points=760)
    found = outcomes(lambda number: counter.returns((first, second, third)[number % 3], {1: 1}), count=24)
    assert (found, counter.available, counter.purse.faults()) == ({"done": 24}, 0, [])


def test_one_exchange_sent_by_many_at_once_is_one_exchange() -> None:
    counter = Counter(earns=True)
    sale, asked = counter.sells(BasketLine(1, 5, 5_000)), counter.asks(2_000)
    done = at_once(16, lambda _: counter.exchanges(sale, {1: 1}, asked, reference="A"))
    assert len({(one.returned.id, one.sale.id) for one in done}) == 1
    assert (len(counter.returns_of(sale)), counter.available, counter.purse.faults()) == (1, 60, [])


def test_exchanges_and_returns_of_the_same_units_give_back_what_was_paid_and_no_more() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(BasketLine(1, 5, 5_000))

    def do(number: int) -> Any:
        if number % 2:
            return counter.returns(sale, {1: 1}, reference=f"R{number}")
        return counter.exchanges(sale, {1: 1}, counter.asks(1_000, receipt=f"X{number}"), reference=f"R{number}")

    assert outcomes(do, count=16) == {"done": 5, "more_than_bought": 11}
    assert sum(back.refund_minor for back in counter.returns_of(sale)) == 5_000


def test_exchanges_both_ways_sales_and_returns_of_one_member_wait_in_no_circle() -> None:
    """Each gives back what the other takes: units, points, a coupon that counts, and money of the same gift cards."""
    counter = Counter(earns=True, points=2_000)
    let_sell(counter.brand)
    cards = [sell_card(counter, 10_000) for _ in range(2)]
    offers(counter, member_limit=40, percent=5)
    coupons = [counter.percent(10, use_limits=(UseLimit(LimitedBy.MEMBER, LimitPeriod.EVER, 9),)) for _ in range(2)]

    def paid(asked: Asked, by: Tender) -> Asked:
        return replace(asked, basket=replace(asked.basket, tenders=(by,)), is_paid=True)

    sold = [
        counter.commits(paid(counter.asks(BasketLine(1, 4, 8_000), coupons=[coupon], points=50), by_card(one, 1_000)))
        for coupon, one in zip(coupons, cards, strict=True)
    ]

    def do(number: int) -> Any:
        at = number % 2
        if number % 8 == 3:
            return counter.returns(sold[at], {1: 1}, reference=f"R{number}")
        if number % 8 == 2:
            return counter.sells(1_000, points=10, receipt=f"X{number}")
        shown = [coupons[1 - at]] if number % 3 == 0 else []
        asked = counter.asks(2_000, coupons=shown, points=10, receipt=f"X{number}")
        return counter.exchanges(sold[at], {1: 1}, paid(asked, by_card(cards[1 - at], 10)), reference=f"R{number}")

    found = outcomes(do, count=32)
    assert set(found) <= {"done", "more_than_bought", "coupon_already_redeemed", "use_limit_reached"}
    assert (found["done"] >= 8, counter.purse.faults()) == (True, [])
