"""Manufacturers' coupons in sales: they pay beside the price, an issuer owes what they paid, and it comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import PreconditionFailed
from offers.checkout import sales
from offers.checkout.errors import MealVouchersOverArticles, TendersDiffer, TotalDiffers
from offers.checkout.sale_cards import says_the_same
from offers.manufacturers import errors
from offers.manufacturers.series import Series
from offers.planning.caps.capped_categories import map_categories
from offers.planning.caps.price_caps import Goods
from tests.checkout.factories import Counter
from tests.checkout.test_statements import PLAIN_SALE, ask
from tests.factories import NOON, made
from tests.manufacturers.factories import (
    COFFEE,
    COMPANY,
    EURO,
    TEA,
    CouponCounter,
    article,
    enter_issuer,
    euro,
    gcn,
    of,
    paid,
)
from tests.racing import at_once
from tests.sizes import chosen
from wallet.programmes.rules import EARNING, TenderRules
from wallet.purchases.basket import Products
from wallet.purchases.tender_kinds import Tender, TenderKind

K = TenderKind
UNIQUE = Series(COMPANY, is_unique=True, products=of(COFFEE), face_minor=100)
LATER = NOON + timedelta(minutes=10)


def test_the_price_and_its_tax_stay_and_the_issuer_owes() -> None:
    counter = CouponCounter()
    plain = counter.sells(article(1, 1_055))
    sale = counter.takes(article(1, 1_055), codes=(euro(100),))
    assert (
        (sale.payable_minor, sale.trace["tax_minor"]) == (plain.payable_minor, plain.trace["tax_minor"]) == (1_055, 55)
    )
    assert sale.trace["manufacturer_minor"] == 100
    assert sale.trace["tenders"] == [{"kind": "manufacturer_coupon", "amount_minor": 100, "reference": euro(100)}]
    assert counter.owed(sale) == [("use", 100)]


def test_together_with_the_tenders_they_are_the_total() -> None:
    counter = CouponCounter()
    with pytest.raises(TendersDiffer):
        counter.takes(article(1, 1_000), codes=(euro(100),), tenders=(Tender(K.CASH, 1_000),))
    sale = counter.takes(article(1, 1_000), codes=(euro(100),), tenders=(Tender(K.CASH, 900),))
    assert sum(one["amount_minor"] for one in sale.trace["tenders"]) == sale.payable_minor == 1_000
    asked = counter.shows(article(1, 1_000), codes=(euro(100),))
    with pytest.raises(TotalDiffers):
        counter.commits(asked, charged_minor=900)


def test_a_quote_says_what_each_is_worth_or_why_not_and_writes_nothing() -> None:
    counter = CouponCounter(Series(EURO, products=of(COFFEE)), UNIQUE)
    codes = (euro(100), euro(50), "9810000010012", "nothing", gcn("1"))
    asked = counter.shows(article(1, 1_000, quantity=2), codes=codes)
    found = counter.asked(asked)
    assert found.manufacturers.amount_minor == 150
    assert sorted(type(one).__name__ for one in found.refusals.values()) == [
        "CouponIssuerUnknown",
        "ManufacturerCouponUnreadable",
        "ManufacturerCouponWithoutArticle",
    ]
    assert counter.ledger() == []


def test_a_sale_with_a_coupon_that_pays_nothing_is_refused_whole() -> None:
    counter = CouponCounter(UNIQUE)
    with pytest.raises(errors.CouponIssuerUnknown):
        counter.takes(article(1, 1_000), codes=(gcn("1"), euro(100)))
    assert counter.ledger() == []
    counter.takes(article(1, 1_000), codes=(gcn("1"),))


def test_points_do_not_count_on_it_unless_the_programme_says_so() -> None:
    counter = CouponCounter(earns=True)
    sale = counter.takes(article(1, 1_000), codes=(euro(300),))
    assert counter.available == 7
    counter.returns(sale, {1: 1})
    assert counter.available == 0
    counter = CouponCounter(earns=True, tenders=TenderRules(earning=EARNING | {K.MANUFACTURER_COUPON}))
    counter.takes(article(1, 1_000), codes=(euro(300),))
    assert counter.available == 10


def test_what_it_paid_is_not_paid_out_and_goes_back_to_the_issuer() -> None:
    counter = CouponCounter()
    sale = counter.takes(article(1, 1_000), article(2, 500, TEA), codes=(euro(300),))
    back = counter.returns(sale, {1: 1})
    assert (back.refund_minor, back.outcome["manufacturer_minor"]) == (700, 300)
    assert counter.owed(sale) == [("use", 300), ("correction", -300)]
    assert counter.returns(sale, {2: 1}).refund_minor == 500


def test_units_that_come_back_singly_bring_back_what_was_paid_to_the_cent() -> None:
    counter = CouponCounter()
    sale = counter.takes(article(1, 1_000, quantity=3), codes=(euro(100),))
    back = [counter.returns(sale, {1: 1}, now=LATER) for _ in range(3)]
    assert [one.refund_minor for one in back] == [300, 300, 300]
    assert sum(one.outcome["manufacturer_minor"] for one in back) == 100
    assert [amount for _, amount in counter.owed(sale)] == [100, -33, -33, -34]


def test_a_cancelled_sale_gives_money_for_what_was_paid_in_money() -> None:
    counter = CouponCounter()
    sale = counter.takes(article(1, 1_000), article(2, 200, TEA), codes=(euro(300),))
    counter.cancels(sale)
    [back] = counter.returns_of(sale)
    assert (back.refund_minor, back.outcome["manufacturer_minor"]) == (900, 300)


def test_a_unique_number_is_free_again_when_all_that_it_paid_came_back() -> None:
    counter = CouponCounter(UNIQUE)
    sale = counter.takes(article(1, 400, quantity=2), codes=(gcn("7"),))
    counter.returns(sale, {1: 1})
    with pytest.raises(errors.ManufacturerCouponUsed) as refused:
        counter.takes(article(1, 400), codes=(gcn("7"),))
    assert refused.value.facts["store"] == "Rivoli"
    counter.returns(sale, {1: 1})
    counter.takes(article(1, 400), codes=(gcn("7"),))


def test_a_reopened_sale_can_be_closed_with_the_coupon_or_without() -> None:
    counter = CouponCounter(UNIQUE)
    asked = counter.shows(article(1, 400), codes=(gcn("7"),), receipt="R1")
    sale = counter.commits(asked)
    counter.reopens(sale)
    again = counter.commits(asked)
    assert (again.id, counter.owed(again)) == (sale.id, [("use", 100), ("correction", -100), ("use", 100)])
    counter.reopens(again)
    counter.commits(replace(asked, manufacturer_coupons=()))
    assert sum(amount for _, amount in counter.owed(sale)) == 0


def test_a_retry_is_the_same_sale_in_whatever_order_and_form_the_codes_come() -> None:
    counter = CouponCounter(Series(EURO, products=of(COFFEE)), UNIQUE)
    asked = counter.shows(article(1, 900, quantity=2), codes=(euro(100), gcn("7")), receipt="R1")
    sale = counter.commits(asked)
    scanned = "]C1255" + gcn("7").removeprefix("(255)")
    assert counter.commits(replace(asked, manufacturer_coupons=(scanned, euro(100)))).id == sale.id
    assert len(counter.ledger()) == 2
    assert not says_the_same(sale.asked, {**sale.asked, "manufacturer_coupons": []})


def test_a_law_that_caps_advantages_caps_offers_and_coupons_together() -> None:
    counter = CouponCounter()
    with made():
        map_categories(brand_id=counter.brand.id, categories={Goods.FOOD: ["food"], Goods.EVERYDAY: []})
    coupon = counter.percent(30)
    sale = counter.takes(article(1, 1_000), codes=(euro(100),), coupons=[coupon])
    assert (sale.payable_minor, paid(sale)) == (700, {euro(100): 40})


def test_titres_restaurant_do_not_pay_what_a_coupon_paid() -> None:
    meals = TenderRules(meal_articles=Products(categories=frozenset({"food"})))
    counter = CouponCounter(earns=True, tenders=meals)
    lines = article(1, 1_000), article(2, 500, TEA, category="home")
    paid_by: dict[str, Any] = {"tenders": (Tender(K.MEAL_VOUCHER, 1_000), Tender(K.CASH, 400))}
    with pytest.raises(MealVouchersOverArticles):
        counter.takes(*lines, codes=(euro(100),), **paid_by)
    counter.takes(*lines, codes=(euro(100),), tenders=(Tender(K.MEAL_VOUCHER, 900), Tender(K.CASH, 500)))


def test_a_sale_without_a_coupon_asks_nobody() -> None:
    counter = CouponCounter()
    ask(counter, sales.quote_sale, counter.asks(article(1, 500)))
    assert ask(counter, sales.commit_sale, counter.asks(article(1, 500))) <= PLAIN_SALE
    sale = counter.sells(article(1, 500))
    assert "manufacturer_coupons" not in sale.asked | sale.trace


def test_of_two_who_change_an_issuer_the_second_reads_first() -> None:
    counter = Counter()
    assert enter_issuer(counter.brand).issuer.revision == 1
    with pytest.raises(PreconditionFailed):
        enter_issuer(counter.brand)
    assert enter_issuer(counter.brand, Series(f"{EURO}07"), revision=1).issuer.revision == 2
    with pytest.raises(errors.IssuerPrefixTaken):
        enter_issuer(counter.brand, Series(f"{EURO}07"), code="other")
    with pytest.raises(errors.IssuerCurrencyFixed):
        enter_issuer(counter.brand, revision=2, currency="CHF")
    enter_issuer(Counter().brand, Series(f"{EURO}07"))


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_of_many_tills_at_once_one_takes_a_unique_coupon() -> None:
    counter = CouponCounter(UNIQUE)
    asked = [counter.shows(article(1, 400), codes=(gcn("7"),), receipt=f"R{at}") for at in range(24)]

    def sell(at: int) -> bool:
        try:
            counter.commits(asked[at])
        except errors.ManufacturerCouponUsed:
            return False
        return True

    assert sum(at_once(len(asked), sell)) == 1
    assert [one.amount_minor for one in counter.ledger()] == [100]


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_two_coupons_in_whatever_order_wait_in_no_circle() -> None:
    counter = CouponCounter(UNIQUE)
    codes = [(gcn("7"), gcn("8")), (gcn("8"), gcn("7"))]
    asked = [counter.shows(article(1, 800, quantity=2), codes=codes[at % 2], receipt=f"R{at}") for at in range(16)]

    def sell(at: int) -> int:
        try:
            return counter.returns(counter.commits(asked[at]), {1: 2}).refund_minor
        except errors.ManufacturerCouponUsed:
            return 0

    assert {*at_once(len(asked), sell)} <= {0, 600}
    assert sum(one.amount_minor for one in counter.ledger()) == 0


def test_buying_and_bringing_back_is_the_identity_for_customer_and_issuer() -> None:
    counter = CouponCounter(Series(EURO), Series(f"{EURO}01", products=of(COFFEE)))

    @settings(max_examples=chosen().worlds, deadline=None)
    @given(
        lines=st.lists(
            st.tuples(st.integers(1, 900), st.integers(1, 3), st.sampled_from([COFFEE, TEA])), min_size=1, max_size=3
        ),
        values=st.lists(st.integers(1, 999), min_size=1, max_size=3),
        included=st.booleans(),
        order=st.randoms(use_true_random=False),
    )
    def check(lines: list[tuple[int, int, str]], values: list[int], included: bool, order: Any) -> None:
        basket = [article(at, gross, gtin, many) for at, (gross, many, gtin) in enumerate(lines, start=1)]
        shown = tuple(euro(value, f"{at:02}") for at, value in enumerate(values))
        quoted = counter.asked(counter.shows(*basket, codes=shown, tax_included=included))
        taken = tuple(one.code for one in quoted.manufacturers.payments)
        sale = counter.takes(*basket, codes=taken, tax_included=included)
        by_coupons = sale.trace.get("manufacturer_minor", 0)
        assert by_coupons <= sale.payable_minor
        units = [line.position for line in basket for _ in range(line.quantity)]
        order.shuffle(units)
        refunds = [counter.returns(sale, {at: 1}).refund_minor for at in units]
        assert min(refunds) >= 0
        assert sum(refunds) == sale.payable_minor - by_coupons
        owed = [amount for _, amount in counter.owed(sale)]
        assert (sum(owed), sum(amount for amount in owed if amount > 0)) == (0, by_coupons)

    check()
