"""How a basket is paid: the sum is the total, points count on what earns, and titres-restaurant keep to their law."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.checkout.errors import CagnotteDiffers, MealVouchersOverArticles, MealVouchersOverDay, TendersDiffer
from offers.checkout.payment import limits
from offers.checkout.sale_cards import says_the_same
from tests.checkout.factories import Counter
from tests.factories import NOON, made
from tests.programmes.factories import put_in_force, rule
from tests.racing import at_once
from wallet.programmes import awards
from wallet.programmes.accrual import counted_basket
from wallet.programmes.rules import Programme, TenderRules, read_rules, write_rules
from wallet.purchases.basket import Basket, BasketLine, Products
from wallet.purchases.tender_kinds import Tender, TenderKind

K = TenderKind
FOOD = Products(categories=frozenset({"food"}))


def paid(kind: TenderKind, amount: int) -> Tender:
    return Tender(kind, amount)


def test_the_sum_of_the_tenders_is_the_total() -> None:
    counter = Counter()
    sale = counter.sells(1_000, tenders=(paid(K.CARD, 700), paid(K.CASH, 300)))
    assert sale.trace["tenders"] == [{"kind": "card", "amount_minor": 700}, {"kind": "cash", "amount_minor": 300}]
    with pytest.raises(TendersDiffer):
        counter.sells(1_000, tenders=(paid(K.CARD, 700), paid(K.CASH, 299)))


def test_the_cagnotte_is_what_points_paid() -> None:
    counter = Counter(points=100)
    asked: dict[str, Any] = {"points": 40}
    with pytest.raises(CagnotteDiffers):
        counter.sells(1_000, **asked, tenders=(paid(K.CARD, 800), paid(K.CAGNOTTE, 100)))
    sale = counter.sells(1_000, **asked, tenders=(paid(K.CARD, 800), paid(K.CAGNOTTE, 200)))
    assert (sale.payable_minor, sale.points_spent) == (800, 40)


@pytest.mark.parametrize(
    ("tenders", "points"),
    [
        ((), 10),
        ((paid(K.CARD, 1_000),), 10),
        ((paid(K.MEAL_VOUCHER, 600), paid(K.CREDIT_NOTE, 400)), 10),
        ((paid(K.GIFT_CARD, 600), paid(K.CARD, 400)), 4),
        ((paid(K.VOUCHER, 1_200), paid(K.CASH, -200)), 0),
    ],
)
def test_points_count_on_tenders_that_earn(tenders: Sequence[Tender], points: int) -> None:
    counter = Counter(earns=True)
    sale = counter.sells(1_000, tenders=tuple(tenders))
    assert counter.available == points
    counter.returns(sale, {1: 1})
    assert counter.available == 0


def test_a_programme_says_which_tenders_earn() -> None:
    counter = Counter(rule(), tenders=TenderRules(earning=frozenset({K.GIFT_CARD})))
    counter.sells(1_000, tenders=(paid(K.GIFT_CARD, 600), paid(K.CARD, 400)))
    assert counter.available == 6


def test_a_version_of_before_tenders_were_known_reads_as_it_did() -> None:
    said = write_rules(Programme("EUR"))
    assert read_rules({name: value for name, value in said.items() if name != "tenders"}) == Programme("EUR")
    told = Programme("EUR", tenders=TenderRules(frozenset({K.CASH}), FOOD))
    assert read_rules(write_rules(told)) == told


@given(
    nets=st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    idle=st.integers(0, 70_000),
    rate=st.sampled_from([0, 210, 550, 2_000]),
    included=st.booleans(),
)
def test_what_is_counted_is_never_below_zero_and_never_more(
    nets: list[int], idle: int, rate: int, included: bool
) -> None:
    lines = tuple(BasketLine(at, 1, net, tax_bp=rate) for at, net in enumerate(nets, start=1))
    basket = Basket("EUR", NOON, lines, uuid.uuid4(), tax_included=included, tenders=(paid(K.VOUCHER, idle),))
    counted = counted_basket(basket, TenderRules())
    left = 0 if counted is None else counted.net_minor
    assert 0 <= left <= basket.net_minor
    assert counted is None or all(line.net_minor >= 0 for line in counted.lines)
    if included:
        assert left == max(sum(nets) - idle, 0)


def test_titres_restaurant_pay_for_their_articles_alone() -> None:
    counter = Counter(rule(), tenders=TenderRules(meal_articles=FOOD))
    lines = (BasketLine(1, 1, 800, category="food/ready"), BasketLine(2, 1, 500, category="home"))
    with pytest.raises(MealVouchersOverArticles) as refused:
        counter.quotes(*lines, tenders=(paid(K.MEAL_VOUCHER, 801),))
    assert refused.value.facts["most_minor"].amount_minor == 800
    counter.sells(*lines, tenders=(paid(K.MEAL_VOUCHER, 800), paid(K.CARD, 500)))


def test_titres_restaurant_pay_25_euros_a_day_and_a_cancelled_sale_gives_them_back() -> None:
    counter = Counter()
    first = counter.sells(2_000, tenders=(paid(K.MEAL_VOUCHER, 2_000),))
    with pytest.raises(MealVouchersOverDay) as refused:
        counter.sells(600, tenders=(paid(K.MEAL_VOUCHER, 600),))
    assert refused.value.facts["left_minor"].amount_minor == 500
    counter.sells(600, tenders=(paid(K.MEAL_VOUCHER, 500), paid(K.CASH, 100)))
    later = NOON + timedelta(days=1)
    counter.sells(2_500, tenders=(paid(K.MEAL_VOUCHER, 2_500),), now=later)
    counter.cancels(first)
    counter.sells(2_000, tenders=(paid(K.MEAL_VOUCHER, 2_000),))


def test_of_eight_tills_at_once_the_days_cap_is_paid_once() -> None:
    counter = Counter()

    def sell(_: int) -> bool:
        try:
            counter.sells(1_300, tenders=(paid(K.MEAL_VOUCHER, 1_300),))
        except MealVouchersOverDay:
            return False
        return True

    assert sum(at_once(8, sell)) == 1


def test_the_cap_of_the_law_is_dated() -> None:
    known: dict[str, Any] = {"countries": ["FR"], "currency": "EUR"}
    assert limits.cap_on(date(2022, 10, 1), **known) is limits.DAILY_CAPS[0]
    assert limits.cap_on(date(2022, 9, 30), **known) is None
    assert limits.cap_on(date(2026, 1, 1), countries=["BE"], currency="EUR") is None


def test_what_is_counted_later_counts_the_same_tenders() -> None:
    counter = Counter()
    counter.sells(1_000, tenders=(paid(K.GIFT_CARD, 600), paid(K.CARD, 400)))
    with made():
        put_in_force(counter.brand, Programme("EUR", (replace(rule(), currency_id=counter.currency.id),)))
    with made():
        awards.award_waiting(member_id=counter.member.id, brand_id=counter.brand.id, now=NOON)
    assert counter.available == 4


def test_other_tenders_are_another_sale_and_an_old_one_without_is_the_same() -> None:
    counter = Counter()
    sale = counter.sells(1_000)
    assert "tenders" not in sale.asked
    assert not says_the_same(sale.asked, sale.asked | {"tenders": [paid(K.CARD, 1_000).plain()]})
