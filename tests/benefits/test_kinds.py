"""Each kind of benefit by itself: what it takes, what it promises, and which cap it breaks. Pure."""

from dataclasses import replace
from datetime import date

import pytest

from app.languages import Money, Text
from offers.benefits.amounts.amount_off import AmountOff
from offers.benefits.amounts.amount_per_unit import AmountPerUnit
from offers.benefits.amounts.stepped_amount import SteppedAmount
from offers.benefits.basket_part import BasketPart, Worth
from offers.benefits.given.bonus_points import BonusPoints
from offers.benefits.given.free_item import FreeItem
from offers.benefits.given.free_of_list import FreeOfList
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.benefits.given.points_by_amount import PointsByAmount
from offers.benefits.given.units_free import UnitsFree
from offers.benefits.kinds import Benefit
from offers.benefits.percentages.nth_unit_off import NthUnitOff
from offers.benefits.percentages.percent_off import PercentOff
from offers.benefits.percentages.percent_up_to import PercentUpTo
from offers.benefits.percentages.stepped_percent import SteppedPercent
from offers.benefits.prices.fixed_price import FixedPrice
from offers.benefits.prices.set_price import SetPrice
from offers.benefits.wire import Threshold
from offers.planning.caps.price_caps import Cap, Goods
from wallet.purchases.basket import BasketLine, Products

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


def units(*lines: tuple[int, int], **caps: int) -> BasketPart:
    """So many units for so much, on each line."""
    bought = [BasketLine(at, many, price) for at, (many, price) in enumerate(lines, start=1)]
    amounts = {line.position: line.net_minor for line in bought}
    capped = {int(name.removeprefix("at_")): most for name, most in caps.items()}
    many = {line.position: line.quantity for line in bought}
    return BasketPart(bought, many, amounts, dict(amounts), capped, False, True, CENTS)


def test_three_for_two_gives_the_cheapest_across_articles() -> None:
    taken = UnitsFree(3, 1).price_part(units((4, 400), (2, 300)))
    assert (taken.lines, taken.freed) == ({1: 200}, {1: 2})


def test_twenty_five_of_seventy_five_are_free_and_two_of_six() -> None:
    three_for_two = UnitsFree(3, 1)
    assert three_for_two.price_part(units((75, 75_000))).amount_minor == 25_000
    assert three_for_two.price_part(units((6, 600))).amount_minor == 200


def test_the_rest_of_a_set_gives_nothing() -> None:
    assert UnitsFree(3, 1).price_part(units((5, 500))).freed == {1: 1}


def test_what_was_given_before_is_in_no_set() -> None:
    rest = replace(units((3, 300)), units={1: 2}, left={1: 200})
    assert UnitsFree(3, 1).price_part(rest).amount_minor == 0


def test_a_given_unit_that_a_cap_cuts_is_given_for_what_it_leaves() -> None:
    taken = UnitsFree(2, 1).price_part(units((2, 2_000), at_1=680))
    assert (taken.lines, taken.freed) == ({1: 680}, {1: 1})


def test_the_second_at_half_its_price_is_the_cheaper() -> None:
    assert NthUnitOff(2, 50).price_part(part(300, 199)).lines == {2: 100}


def test_of_three_one_is_the_second() -> None:
    assert NthUnitOff(2, 50).price_part(units((3, 600))).amount_minor == 100


def test_the_second_at_a_hundred_percent_is_given() -> None:
    assert NthUnitOff(2, 100).price_part(part(300, 200)).freed == {2: 1}


def test_a_percentage_ends_at_its_amount() -> None:
    assert PercentUpTo(2_000, 20_000, "EUR").price_part(part(319_400)).amount_minor == 20_000


def test_a_percentage_has_decimals() -> None:
    assert PercentUpTo(1_250, 100_000, "EUR").price_part(part(1_000)).amount_minor == 125


def test_each_unit_for_a_price() -> None:
    assert FixedPrice(199, "EUR").price_part(units((3, 750), (1, 150))).lines == {1: 153, 2: 0}


def test_three_for_five_euros_of_the_dearest() -> None:
    assert SetPrice(3, 500, "EUR").price_part(part(250, 200, 100, 300)).wanted_minor == 250


def test_a_set_that_would_be_dearer_is_none() -> None:
    assert SetPrice(2, 500, "EUR").price_part(part(300, 300, 100, 100)).wanted_minor == 100


def test_so_much_off_each_of_two() -> None:
    assert AmountPerUnit(50, 2, "EUR").price_part(units((3, 600))).amount_minor == 100


def test_no_unit_costs_less_than_nothing() -> None:
    assert AmountPerUnit(500, 9, "EUR").price_part(units((2, 600))).amount_minor == 600


@pytest.mark.parametrize(("bought", "off"), [(2_999, 0), (3_000, 500), (5_999, 500), (6_000, 1_200)])
def test_an_amount_grows_by_steps(bought: int, off: int) -> None:
    steps = SteppedAmount("amount", (Threshold(3_000, 500), Threshold(6_000, 1_200)), "EUR")
    assert steps.price_part(part(bought)).amount_minor == off


@pytest.mark.parametrize(("many", "off"), [(2, 0), (3, 30), (5, 50), (6, 120)])
def test_a_percentage_grows_by_units(many: int, off: int) -> None:
    steps = SteppedPercent("units", (Threshold(3, 10), Threshold(6, 20)))
    assert steps.price_part(units((many, many * 100))).amount_minor == off


def test_points_for_each_full_euro() -> None:
    assert PointsByAmount(2, 100, "EUR").price_part(part(1_050)).points == 20


@pytest.mark.parametrize(
    ("benefit", "fault"),
    [
        (UnitsFree(3, 2), None),
        (UnitsFree(3, 3), "free_units"),
        (SteppedPercent("units", (Threshold(3, 10), Threshold(3, 20))), "percent_steps"),
        (SteppedPercent("units", (Threshold(3, 20), Threshold(6, 20))), "percent_steps"),
        (SteppedAmount("units", (Threshold(6, 10), Threshold(3, 20)), "EUR"), "amount_steps"),
    ],
)
def test_values_that_do_not_go_together_are_named(benefit: Benefit, fault: str | None) -> None:
    assert benefit.fault == fault


GIFT = FreeOfList("gifts", 2, 3)
"""One of the list for two of the others, three at most."""


def of_list(*units: tuple[int, int], bought: dict[int, int], **caps: int) -> BasketPart:
    """Lines of the list, so many units for so much in all, beside units of the offer's own articles."""
    lines = [BasketLine(at, many, cents) for at, (many, cents) in enumerate(units, start=1)]
    amounts = {line.position: line.net_minor for line in lines}
    many = {line.position: line.quantity for line in lines}
    capped = {int(name.removeprefix("at_")): most for name, most in caps.items()}
    return BasketPart(lines, many, amounts, dict(amounts), capped, False, True, CENTS, bought)


@pytest.mark.parametrize(
    ("units", "bought", "lines"),
    [
        ([(1, 300), (1, 200)], {9: 2}, {2: 200}),
        ([(1, 300), (1, 200)], {9: 4}, {1: 300, 2: 200}),
        ([(9, 900)], {9: 20}, {1: 300}),
        ([(1, 300)], {9: 1}, {}),
        ([(3, 300)], {1: 3}, {1: 100}),
        ([(2, 200)], {1: 2}, {}),
        ([(2, 200), (1, 150)], {1: 2}, {}),
        ([(2, 200), (1, 50)], {1: 2}, {2: 50}),
    ],
    ids=[
        "cheapest",
        "two sets",
        "most",
        "too few",
        "of its own",
        "no unit pays for itself",
        "cheapest is bought",
        "other",
    ],
)
def test_articles_of_a_list_are_free_for_those_that_are_bought(
    units: list[tuple[int, int]], bought: dict[int, int], lines: dict[int, int]
) -> None:
    assert GIFT.price_part(of_list(*units, bought=bought)).lines == lines


def test_a_free_article_of_a_list_is_cut_to_what_a_cap_allows_and_given_all_the_same() -> None:
    taken = GIFT.price_part(of_list((1, 1_000), bought={9: 2}, at_1=340))
    assert (taken.lines, taken.wanted_minor, taken.freed) == ({1: 340}, 1_000, {1: 1})


def test_a_free_article_of_a_list_is_none_of_those_that_the_offer_is_about() -> None:
    assert GIFT.gives_from == Products(lists=frozenset({"gifts"}))


def test_points_are_cut_to_what_a_cap_allows() -> None:
    assert BonusPoints(200).price_part(part(1_000, at_1=340)).points == 68


def test_a_brand_without_points_gives_none() -> None:
    assert BonusPoints(200).price_part(part(1_000, counts_points=False)).points == 0


def test_a_gift_card_is_cut_to_what_the_articles_cost_and_a_cap_allows() -> None:
    assert GiftCardAmount(1_000, "EUR").price_part(part(600)).lines == {1: 600}
    assert GiftCardAmount(1_000, "EUR").price_part(part(1_000, at_1=340)).lines == {1: 340}


@pytest.mark.parametrize(
    ("benefit", "prior_price_minor", "breaks"),
    [
        (GiftCardAmount(340, "EUR"), 1_000, False),
        (GiftCardAmount(341, "EUR"), 1_000, True),
        (GiftCardAmount(341, "EUR"), None, False),
        (PercentOff(34), None, False),
        (PercentOff(35), None, True),
        (AmountOff(340, "EUR"), 1_000, False),
        (AmountOff(341, "EUR"), 1_000, True),
        (AmountOff(341, "EUR"), None, False),
        (COFFEE, 1_000, False),
        (BonusPoints(10_000), 1_000, False),
        (PointsByAmount(10, 100, "EUR"), 1_000, False),
        (PercentUpTo(3_400, 10_000, "EUR"), None, False),
        (PercentUpTo(3_401, 10_000, "EUR"), None, True),
        (PercentUpTo(5_000, 340, "EUR"), 1_000, False),
        (PercentUpTo(5_000, 341, "EUR"), 1_000, True),
        (NthUnitOff(2, 68), None, False),
        (NthUnitOff(2, 69), None, True),
        (UnitsFree(3, 1), None, False),
        (GIFT, 1_000, False),
        (UnitsFree(2, 1), None, True),
        (FixedPrice(660, "EUR"), 1_000, False),
        (FixedPrice(659, "EUR"), 1_000, True),
        (FixedPrice(1, "EUR"), None, False),
        (SetPrice(3, 1_980, "EUR"), 1_000, False),
        (SetPrice(3, 1_979, "EUR"), 1_000, True),
        (SetPrice(3, 1, "EUR"), None, False),
        (AmountPerUnit(340, 2, "EUR"), 1_000, False),
        (AmountPerUnit(341, 2, "EUR"), 1_000, True),
        (AmountPerUnit(341, 2, "EUR"), None, False),
        (SteppedAmount("amount", (Threshold(1_000, 340),), "EUR"), None, False),
        (SteppedAmount("amount", (Threshold(1_000, 100), Threshold(2_000, 681)), "EUR"), None, True),
        (SteppedAmount("units", (Threshold(2, 680),), "EUR"), 1_000, False),
        (SteppedAmount("units", (Threshold(2, 681),), "EUR"), 1_000, True),
        (SteppedAmount("units", (Threshold(2, 681),), "EUR"), None, False),
        (SteppedPercent("units", (Threshold(2, 10), Threshold(6, 34))), None, False),
        (SteppedPercent("units", (Threshold(2, 10), Threshold(6, 35))), None, True),
    ],
)
def test_each_kind_says_which_cap_it_breaks(benefit: Benefit, prior_price_minor: int | None, breaks: bool) -> None:
    assert benefit.breaks_cap(FOOD, prior_price_minor=prior_price_minor) is breaks


@pytest.mark.parametrize("fact", sorted(Benefit.__abstractmethods__))
def test_a_kind_that_leaves_a_fact_out_cannot_be_made(fact: str) -> None:
    facts = {name: getattr(PercentOff, name) for name in Benefit.__abstractmethods__ if name != fact}
    with pytest.raises(TypeError, match=fact):
        type(Benefit)("Forgetful", (Benefit,), facts)()
