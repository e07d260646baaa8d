"""Each kind of benefit by itself: what it takes, what it promises, and which cap it breaks. Pure."""

from datetime import date

import pytest

from app.languages import Money, Text
from offers.benefits.amount_off import AmountOff
from offers.benefits.basket_part import BasketPart, Worth
from offers.benefits.bonus_points import BonusPoints
from offers.benefits.free_item import FreeItem
from offers.benefits.kinds import Benefit
from offers.benefits.percent_off import PercentOff
from offers.planning.caps.price_caps import Cap, Goods
from wallet.purchases.basket import BasketLine

FOOD = Cap("FR", Goods.FOOD, 3400, date(2025, 4, 16), date(2028, 4, 15), "law")
COFFEE = FreeItem(Text(fr="Un café", en="A coffee"))
CENTS = Worth(points=100, minor=500)


def part(*prices: int, all_articles: bool = False, counts_points: bool = True, **caps: int) -> BasketPart:
    """One unit at each of these prices; `at_1=340` caps the first line."""
    lines = [BasketLine(at, 1, price) for at, price in enumerate(prices, start=1)]
    amounts = {line.position: line.net_minor for line in lines}
    capped = {int(name.removeprefix("at_")): most for name, most in caps.items()}
    units = dict.fromkeys(amounts, 1)
    return BasketPart(lines, units, amounts, dict(amounts), capped, all_articles, counts_points, CENTS)


def test_a_percentage_is_shared_by_the_lines() -> None:
    assert PercentOff(10).price_part(part(600, 400)).lines == {1: 60, 2: 40}


def test_a_percentage_that_a_cap_cuts_goes_to_no_other_line() -> None:
    assert PercentOff(50).price_part(part(1_000, 1_000, at_1=340)).lines == {1: 340, 2: 500}


def test_an_amount_that_a_cap_cuts_goes_to_another_line() -> None:
    assert AmountOff(1_000, "EUR").price_part(part(1_000, 1_000, at_1=340)).lines == {1: 340, 2: 660}


def test_an_amount_promises_itself() -> None:
    assert AmountOff(500, "EUR").fixed_amount == Money(500, "EUR")


@pytest.mark.parametrize("benefit", [PercentOff(10), COFFEE, BonusPoints(200)])
def test_nothing_else_promises_an_amount(benefit: Benefit) -> None:
    assert benefit.fixed_amount is None


def test_a_free_item_is_the_cheapest_unit() -> None:
    assert COFFEE.price_part(part(300, 200)).lines == {2: 200}


def test_a_free_item_gives_one_unit() -> None:
    assert COFFEE.price_part(part(300, 200)).freed == {2: 1}


def test_a_gift_without_articles_is_handed_over() -> None:
    taken = COFFEE.price_part(part(300, all_articles=True))
    assert (taken.handed_over, taken.amount_minor) == (True, 0)


def test_points_are_cut_to_what_a_cap_allows() -> None:
    assert BonusPoints(200).price_part(part(1_000, at_1=340)).points == 68


def test_a_brand_without_points_gives_none() -> None:
    assert BonusPoints(200).price_part(part(1_000, counts_points=False)).points == 0


@pytest.mark.parametrize(
    ("benefit", "prior_price_minor", "breaks"),
    [
        (PercentOff(34), None, False),
        (PercentOff(35), None, True),
        (AmountOff(340, "EUR"), 1_000, False),
        (AmountOff(341, "EUR"), 1_000, True),
        (AmountOff(341, "EUR"), None, False),
        (COFFEE, 1_000, False),
        (BonusPoints(10_000), 1_000, False),
    ],
)
def test_each_kind_says_which_cap_it_breaks(benefit: Benefit, prior_price_minor: int | None, breaks: bool) -> None:
    assert benefit.breaks_cap(FOOD, prior_price_minor=prior_price_minor) is breaks


@pytest.mark.parametrize("fact", sorted(Benefit.__abstractmethods__))
def test_a_kind_that_leaves_a_fact_out_cannot_be_made(fact: str) -> None:
    facts = {name: getattr(PercentOff, name) for name in Benefit.__abstractmethods__ if name != fact}
    with pytest.raises(TypeError, match=fact):
        type(Benefit)("Forgetful", (Benefit,), facts)()
