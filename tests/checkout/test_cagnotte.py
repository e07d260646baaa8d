"""A cagnotte is money of the member: offers and rules give into it, a tender takes from it, a return puts it back."""

from collections import Counter as Count
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.errors import Conflict
from offers.checkout.errors import CagnotteDiffers, CagnotteUnnamed, SaleCurrencyForeign
from offers.checkout.sale_cards import quote_card, sale_card
from offers.planning.caps.capped_categories import map_categories
from offers.planning.caps.price_caps import Goods
from tests.checkout.factories import Counter, minutes
from tests.factories import NOON, made, make_member
from tests.merges.factories import merge
from tests.points.factories import make_currency
from tests.programmes.factories import rule
from tests.racing import at_once
from tests.sizes import chosen
from wallet.ledger.errors import CagnotteBelowUse, NotEnoughMoney
from wallet.purchases.basket import BasketLine
from wallet.purchases.tender_kinds import Tender, TenderKind

K = TenderKind
MONEY: dict[str, Any] = {"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"}
FIVE_PERCENT = {"kind": "cagnotte_percent", "percent_bp": 500}
TWO_EUROS = {"kind": "cagnotte_amount", "amount_minor": 200, "currency": "EUR"}
MANY = 24


def till(cents: int = 0, *rules: Any, usable_from: int | None = None, **given: Any) -> Counter:
    """A till whose brand counts in money, and a member with so much of it."""
    return Counter(*rules, points=cents, counts=MONEY | {"usable_from": usable_from}, **given)


def paid(*tenders: tuple[TenderKind, int]) -> tuple[Tender, ...]:
    return tuple(Tender(*one) for one in tenders)


def tells(counter: Counter, *lines: Any, **given: Any) -> dict[str, Any]:
    """A quote as a French till reads it."""
    return quote_card(counter.quotes(*lines, **given), language="fr")


def test_a_tender_takes_the_money_from_the_cagnotte() -> None:
    counter = till(1_250)
    sale = counter.sells(1_000, tenders=paid((K.CAGNOTTE, 350), (K.CARD, 650)))
    assert (sale.payable_minor, counter.available, counter.purse.faults()) == (650, 900, [])


def test_a_tender_above_what_is_to_pay_is_refused_and_takes_nothing() -> None:
    counter = till(1_250)
    with pytest.raises(CagnotteDiffers):
        counter.sells(300, tenders=paid((K.CAGNOTTE, 301)))
    assert counter.available == 1_250


def test_more_than_the_balance_is_refused_in_euros() -> None:
    counter = till(200)
    with pytest.raises(NotEnoughMoney) as refused:
        counter.sells(1_000, tenders=paid((K.CAGNOTTE, 350), (K.CARD, 650)))
    assert refused.value.body(language="fr", instance="1")["title"] == (
        "La cagnotte est de 2,00\xa0€ et il en faut 3,50\xa0€ : il manque 1,50\xa0€."
    )
    [left] = tells(counter, 1_000, tenders=paid((K.CAGNOTTE, 350)))["left_out"]
    assert (left["reason"], left["facts"]["missing_minor"]) == ("not_enough_money", 150)


def test_below_its_threshold_a_cagnotte_pays_nothing() -> None:
    counter = till(499, usable_from=500)
    with pytest.raises(CagnotteBelowUse) as refused:
        counter.sells(1_000, tenders=paid((K.CAGNOTTE, 100), (K.CARD, 900)))
    assert refused.value.body(language="en", instance="1")["title"] == (
        "The cagnotte holds €4.99: it can be used from €5.00 on."
    )
    with pytest.raises(CagnotteBelowUse):
        counter.opens(counter.asks(1_000, tenders=paid((K.CAGNOTTE, 100))))
    [left] = tells(counter, 1_000, tenders=paid((K.CAGNOTTE, 100)))["left_out"]
    assert left["reason"] == "cagnotte_below_use"
    counter.purse.earn(1)
    counter.sells(1_000, tenders=paid((K.CAGNOTTE, 100), (K.CARD, 900)))
    assert counter.available == 400


@pytest.mark.parametrize(
    ("cents", "usable_from", "usable", "text"),
    [
        (0, None, 0, "Cagnotte : 0,00\xa0€, dont 0,00\xa0€ peuvent payer ce ticket."),
        (350, None, 350, "Cagnotte : 3,50\xa0€, dont 3,50\xa0€ peuvent payer ce ticket."),
        (5_000, 500, 1_000, "Cagnotte : 50,00\xa0€, dont 10,00\xa0€ peuvent payer ce ticket."),
        (350, 500, 0, "Cagnotte : 3,50\xa0€ ; elle sert à partir de 5,00\xa0€."),
    ],
)
def test_a_quote_says_how_much_can_be_used(cents: int, usable_from: int | None, usable: int, text: str) -> None:
    told = tells(till(cents, usable_from=usable_from), 1_000)["cagnotte"]
    assert (told["available_minor"], told["usable_minor"], told["text"]) == (cents, usable, text)


def test_a_quote_counts_what_its_own_sale_keeps_of_the_cagnotte() -> None:
    counter = till(600, usable_from=500)
    asked = counter.asks(1_000, tenders=paid((K.CAGNOTTE, 400)), receipt="R1")
    counter.opens(asked)
    for tenders in ((), asked.basket.tenders):
        told = tells(counter, 1_000, tenders=tenders, receipt="R1")
        assert (told["cagnotte"]["available_minor"], told["cagnotte"]["usable_minor"]) == (600, 600)
        assert not told["left_out"]
    counter.commits(replace(asked, basket=replace(asked.basket, tenders=paid((K.CAGNOTTE, 400), (K.CASH, 600)))))
    assert counter.available == 200


def test_of_two_cagnottes_a_till_says_which_one_pays() -> None:
    counter = till(500)
    make_currency(counter.brand, **MONEY)
    with pytest.raises(CagnotteUnnamed):
        counter.sells(1_000, tenders=paid((K.CAGNOTTE, 500), (K.CARD, 500)))
    counter.sells(1_000, points=500, tenders=paid((K.CAGNOTTE, 500), (K.CARD, 500)))
    assert counter.available == 0


def test_money_pays_no_basket_of_other_money() -> None:
    counter = till(500)
    with pytest.raises(SaleCurrencyForeign):
        counter.quotes(1_000, tenders=paid((K.CAGNOTTE, 500)), currency="CHF")
    assert tells(counter, 1_000, currency="CHF")["cagnotte"] is None
    sale = counter.sells(1_000, coupons=[counter.coupon(benefit=FIVE_PERCENT)], currency="CHF")
    assert (sale.trace["bonuses"], counter.available) == ([], 500)


def test_the_same_sale_sent_again_is_one_sale() -> None:
    counter = till(500)
    asked = counter.asks(1_000, tenders=paid((K.CAGNOTTE, 500), (K.CARD, 500)))
    first = counter.commits(asked)
    make_currency(counter.brand, **MONEY)
    assert (counter.commits(asked).id, counter.available) == (first.id, 0)


@pytest.mark.parametrize(("gives", "given"), [(FIVE_PERCENT, 52), (TWO_EUROS, 200)])
def test_an_offer_gives_money_instead_of_taking_it_off(gives: dict[str, Any], given: int) -> None:
    counter = till()
    sale = counter.sells(1_000, 39, coupons=[counter.coupon(benefit=gives)])
    assert (sale.payable_minor, counter.available) == (1_039, given)


def test_an_offer_gives_no_more_than_the_articles_cost() -> None:
    counter = till()
    counter.sells(150, coupons=[counter.coupon(benefit=TWO_EUROS)])
    assert counter.available == 150


def test_points_go_where_points_are_and_money_where_money_is() -> None:
    counter = till()
    points = make_currency(counter.brand, now=NOON + minutes(1))
    gives = [{"kind": "points", "points": 40}, FIVE_PERCENT]
    sale = counter.sells(1_000, coupons=[counter.coupon(benefit=one) for one in gives])
    assert {one["currency_id"]: one["points"] for one in sale.trace["bonuses"]} == {
        str(points.id): 40,
        str(counter.currency.id): 50,
    }


def test_an_offer_of_money_gives_nothing_where_there_is_no_cagnotte() -> None:
    counter = Counter()
    sale = counter.sells(1_000, coupons=[counter.coupon(benefit=TWO_EUROS)])
    assert [left["reason"] for left in sale.trace["left_out"]] == ["no_effect"]


def test_the_law_caps_money_for_later_like_money_off() -> None:
    counter = till()
    with made():
        map_categories(brand_id=counter.brand.id, categories={Goods.FOOD: ["food"]})
    gives = [{"kind": "percent", "percent": 30}, TWO_EUROS]
    coupons = [counter.coupon(benefit=one, capped_at_till=True, rank=rank) for rank, one in enumerate(gives, start=1)]
    sale = counter.sells(1_000, coupons=coupons)
    assert (sale.payable_minor, counter.available) == (700, 40)


def test_part_of_what_comes_back_takes_its_part_of_the_money_given() -> None:
    counter = till()
    sale = counter.sells(BasketLine(1, 3, 1_000), coupons=[counter.coupon(benefit=FIVE_PERCENT)])
    left = [counter.available]
    for _ in range(3):
        back = counter.returns(sale, {1: 1})
        left.append(counter.available)
    assert (left, back.outcome["money_taken_back_minor"], back.outcome["points_taken_back"]) == ([50, 34, 17, 0], 17, 0)


def test_a_rule_gives_money_and_says_so_in_euros() -> None:
    counter = till(0, rule(points=5))
    sale = counter.sells(1_000)
    assert counter.available == 50
    counter.purse.spend(50)
    back = counter.returns(sale, {1: 1})
    [stays] = back.outcome["not_undone"]
    assert (stays["code"], back.outcome["points_taken_back"]) == ("money_earned_spent", 0)
    told = sale_card(counter.reads(sale), counter.returns_of(sale), language="fr", now=NOON)
    assert told["returns"][0]["not_undone"][0]["text"].startswith("Gagné, mais plus dans la cagnotte : 0,50\xa0€.")


def test_each_article_gives_back_what_paid_it_and_the_money_is_as_old_as_it_was() -> None:
    counter = till()
    counter.purse.earn(400, lasts="3M")
    before = counter.stands()
    sale = counter.sells(600, 400, tenders=paid((K.CAGNOTTE, 400), (K.CARD, 600)))
    backs = [counter.returns(sale, {at: 1}) for at in (1, 2)]
    told = [(back.refund_minor, back.outcome["money_given_back_minor"], back.points_given_back) for back in backs]
    assert (told, counter.stands()) == ([(360, 240, 0), (240, 160, 0)], before)


def test_a_reopened_sale_keeps_only_what_may_be_spent() -> None:
    counter = till(usable_from=500)
    counter.purse.earn(300, lasts="1D")
    counter.purse.earn(300)
    sale = counter.sells(1_000, tenders=paid((K.CAGNOTTE, 200), (K.CARD, 800)))
    again = counter.reopens(sale, now=NOON + timedelta(days=2))
    assert (again.hold_id, counter.purse.faults()) == (None, [])


def test_points_that_the_cagnotte_paid_for_earn_nothing() -> None:
    counter = till(400, rule(points=5))
    counter.sells(1_000, tenders=paid((K.CAGNOTTE, 400), (K.CARD, 600)))
    assert counter.available == 30


def test_a_cagnotte_goes_with_its_member_into_another_wallet() -> None:
    counter = till(400)
    sale = counter.sells(1_000, tenders=paid((K.CAGNOTTE, 100), (K.CARD, 900)))
    target = make_member()
    merge(counter.member, target)
    counter.member = counter.purse.member = target
    counter.returns(sale, {1: 1})
    assert (counter.available, counter.purse.faults()) == (400, [])


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_one_cagnotte_at_many_tills_is_spent_once() -> None:
    counter = till(1_000)
    asked = [
        counter.asks(1_000, tenders=paid((K.CAGNOTTE, 300), (K.CARD, 700)), receipt=f"R{number}")
        for number in range(MANY)
    ]

    def sell(number: int) -> str:
        try:
            counter.commits(asked[number])
        except Conflict as refusal:
            return refusal.code()
        return "paid"

    assert Count(at_once(MANY, sell)) == {"paid": 3, "not_enough_money": MANY - 3}
    assert (counter.available, counter.purse.faults()) == (100, [])


@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    prices=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3_000)), min_size=1, max_size=4),
    share=st.integers(0, 100),
    gives=st.lists(st.sampled_from([FIVE_PERCENT, TWO_EUROS, {"kind": "percent", "percent": 33}]), max_size=3),
    data=st.data(),
)
def test_two_sales_and_their_returns_leave_the_cagnotte_as_it_was(
    prices: Sequence[tuple[int, int]], share: int, gives: Sequence[dict[str, Any]], data: Any
) -> None:
    """The second sale pays with what the first one gave; whatever comes back when, money in and out is the same."""
    counter = till(0, rule(points=3))
    counter.purse.earn(900, lasts="3M")
    before = counter.stands()["lots"]
    lines = tuple(BasketLine(at, many, many * price) for at, (many, price) in enumerate(prices, start=1))
    sales = []
    for number in range(2):
        coupons = [counter.coupon(benefit=one) for one in gives]
        quoted = tells(counter, *lines, coupons=coupons)
        takes = quoted["cagnotte"]["usable_minor"] * share // 100
        tenders = paid((K.CAGNOTTE, takes), (K.CARD, quoted["payable_minor"] - takes)) if takes else ()
        sale = counter.sells(*lines, coupons=coupons, tenders=tenders, now=NOON + minutes(number))
        assert sale.payable_minor + takes == quoted["payable_minor"] >= takes >= 0
        sales.append((sale, takes))
    back = [(sale, at) for sale, _ in sales for at, (many, _) in enumerate(prices, start=1) for _ in range(many)]
    for number, (sale, at) in enumerate(data.draw(st.permutations(back)), start=5):
        counter.returns(sale, {at: 1}, now=NOON + minutes(number))
    for sale, takes in sales:
        backs = counter.returns_of(sale)
        assert sum(one.refund_minor for one in backs) == sale.payable_minor
        assert sum(one.outcome["money_given_back_minor"] for one in backs) == takes
    assert (counter.stands()["lots"], counter.available, counter.purse.faults()) == (before, 900, [])
