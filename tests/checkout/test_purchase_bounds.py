"""A minimum and a maximum of a purchase, with taxes or before them, whatever the prices of the basket contain."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages import Text
from offers.benefits.given.bonus_points import BonusPoints
from offers.benefits.given.free_item import FreeItem
from offers.benefits.percentages.percent_off import PercentOff
from offers.checkout.discounts import Incentive, LeftOut, LeftOutReason
from offers.checkout.stacking import stack_incentives
from offers.planning.models import PercentBase
from offers.planning.purchase_bounds import CountedTax
from tests.checkout.factories import Counter, sale_body
from tests.factories import NOON, make_terminal
from tests.speaking import Speaker
from wallet.purchases.basket import Basket, BasketLine, Products

INCLUDED, EXCLUDED = CountedTax.INCLUDED, CountedTax.EXCLUDED
FOOD = Products(categories=frozenset({"food"}))
A_COFFEE = FreeItem(Text(fr="Un café", en="A coffee"))
OUTSIDE = {LeftOutReason.MINIMUM_NOT_REACHED, LeftOutReason.MAXIMUM_EXCEEDED}


def taxed(*grosses: int, tax_bp: int | None = 2_000, tax_included: bool = True) -> Basket:
    """One unit of each at this rate."""
    lines = (BasketLine(at, 1, gross, tax_bp=tax_bp) for at, gross in enumerate(grosses, start=1))
    return Basket("EUR", NOON, tuple(lines), tax_included=tax_included)


def tenth(**rules: Any) -> Incentive:
    """Ten percent off."""
    return Incentive(key="tenth", effect=PercentOff(10), **rules)


def left_out(basket: Basket, *some: Incentive) -> list[LeftOut]:
    return list(stack_incentives(basket, some).left_out)


def applies(basket: Basket, **rules: Any) -> bool:
    return not left_out(basket, tenth(**rules))


def test_an_offer_applies_up_to_its_maximum() -> None:
    assert applies(taxed(1_000), maximum_minor=1_000)
    [left] = left_out(taxed(1_001), tenth(maximum_minor=1_000))
    assert (left.reason, left.facts) == ("maximum_exceeded", {"maximum_minor": 1_000, "reached_minor": 1_001})


@pytest.mark.parametrize(
    ("gross", "tax_included", "counted", "reached"),
    [
        (1_200, True, INCLUDED, 1_200),
        (1_200, True, EXCLUDED, 1_000),
        (1_000, False, INCLUDED, 1_200),
        (1_000, False, EXCLUDED, 1_000),
    ],
)
def test_both_are_counted_as_the_offer_says(gross: int, tax_included: bool, counted: CountedTax, reached: int) -> None:
    basket = taxed(gross, tax_included=tax_included)
    assert applies(basket, minimum_minor=reached, maximum_minor=reached, counted_tax=counted)
    assert not applies(basket, minimum_minor=reached + 1, counted_tax=counted)
    assert not applies(basket, maximum_minor=reached - 1, counted_tax=counted)


def test_tax_is_rounded_on_each_line() -> None:
    twice = taxed(99, 99, tax_bp=550)  # 5.16 of tax in each
    assert applies(twice, minimum_minor=188, maximum_minor=188, counted_tax=EXCLUDED)


def test_what_has_no_rate_counts_as_it_is() -> None:
    assert applies(taxed(500, tax_bp=None), minimum_minor=500, maximum_minor=500, counted_tax=EXCLUDED)


def test_they_are_counted_on_what_other_offers_leave() -> None:
    half = Incentive(key="half", effect=PercentOff(50), rank=1)
    assert left_out(taxed(1_000), half, tenth(maximum_minor=500)) == []
    [left] = left_out(taxed(1_000), half, tenth(maximum_minor=500, base=PercentBase.INITIAL))
    assert left.reason is LeftOutReason.MAXIMUM_EXCEEDED


def test_a_gift_counts_the_whole_purchase() -> None:
    food, other = taxed(600, 500).lines
    basket = Basket("EUR", NOON, (replace(food, category="food"), other))
    gift = Incentive(key="gift", effect=A_COFFEE, products=FOOD, maximum_minor=1_000)
    assert [left.reason for left in left_out(basket, gift)] == [LeftOutReason.MAXIMUM_EXCEEDED]


LINES = st.lists(
    st.builds(
        BasketLine,
        position=st.just(0),
        quantity=st.integers(1, 5),
        gross_minor=st.integers(0, 5_000),
        category=st.sampled_from(["food", "drinks"]),
        tax_bp=st.sampled_from([None, 0, 210, 550, 1_000, 2_000, 10_000]),
    ),
    min_size=1,
    max_size=5,
)
EFFECTS = st.sampled_from([PercentOff(10), A_COFFEE, BonusPoints(50)])
AMOUNTS = st.integers(0, 12_000)


def counted(line: BasketLine, counts: CountedTax, *, tax_included: bool) -> int:
    """So much of a line counts: reckoned anew, its tax exact and then rounded half up."""
    rate = Fraction(line.tax_bp or 0, 10_000)
    tax = line.net_minor * rate / (1 + rate if tax_included else 1)
    rounded = int(tax + Fraction(1, 2))
    if tax_included:
        return line.net_minor - (rounded if counts is EXCLUDED else 0)
    return line.net_minor + (rounded if counts is INCLUDED else 0)


@given(
    lines=LINES,
    effect=EFFECTS,
    bounds=st.tuples(AMOUNTS, AMOUNTS).map(sorted),
    is_bounded=st.booleans(),
    counts=st.sampled_from(CountedTax),
    products=st.sampled_from([Products(), FOOD]),
    tax_included=st.booleans(),
    near=st.integers(-1, 1),
    data=st.data(),
)
def test_an_offer_applies_exactly_within_both_bounds(
    lines: list[BasketLine],
    effect: Any,
    bounds: list[int],
    is_bounded: bool,
    counts: CountedTax,
    products: Products,
    tax_included: bool,
    near: int,
    data: st.DataObject,
) -> None:
    placed = tuple(replace(line, position=at) for at, line in enumerate(lines, start=1))
    own = [line for line in placed if products.include(line)]
    of_purchase = placed if effect.counts_basket else own
    reached = sum(counted(line, counts, tax_included=tax_included) for line in of_purchase)
    least, most = data.draw(st.sampled_from([bounds, [max(reached + near, 0), bounds[1]], [0, max(reached + near, 0)]]))
    rules = {"minimum_minor": least, "maximum_minor": most if is_bounded else None, "counted_tax": counts}
    incentive = Incentive(key="one", effect=effect, products=products, **rules)
    done = stack_incentives(Basket("EUR", NOON, placed, tax_included=tax_included), [incentive])
    reasons = {left.reason for left in done.left_out}
    if own:
        assert (not reasons & OUTSIDE) is (least <= reached and (not is_bounded or reached <= most))
    else:
        assert reasons == {LeftOutReason.NO_ARTICLES}


def test_a_quote_says_in_words_that_it_comes_to_too_much(anyone: Speaker) -> None:
    counter = Counter()
    counter.terminal, key = make_terminal(counter.store)
    now = datetime.now(UTC)
    too_much = counter.percent(10, maximum_minor=999, now=now)
    before = counter.percent(20, minimum_minor=950, counted_tax=EXCLUDED, now=now)
    asked = sale_body(counter.card, coupons=[too_much.code, before.code])
    till = anyone.with_token(key)
    said = {}
    for till.language in ("fr", "en"):
        quote = till.post("/v1/sales/quotes", asked).get_json()
        said[till.language] = {left["reason"]: left["text"] for left in quote["left_out"]}
    assert said["en"] == {
        "maximum_exceeded": "The maximum is exceeded: €10.00, of €9.99 at most.",
        "minimum_not_reached": "The minimum is not reached: €9.48 of €9.50. These amounts are before taxes.",
    }
    assert said["fr"] == {
        "maximum_exceeded": "Le maximum est dépassé : 10,00\u00a0€ pour 9,99\u00a0€ au plus.",
        "minimum_not_reached": "Le minimum n'est pas atteint : 9,48\u00a0€ sur 9,50\u00a0€."
        " Ces montants sont hors taxes.",
    }


def test_a_sale_uses_no_coupon_above_its_maximum() -> None:
    counter = Counter()
    coupon = counter.percent(10, maximum_minor=999)
    assert (counter.sells(1_000, coupons=[coupon]).payable_minor, coupon.status) == (1_000, "active")
    assert counter.sells(999, coupons=[coupon]).payable_minor == 899
