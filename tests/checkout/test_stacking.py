"""Stacking: the worked numbers, the order, the classes, the floor, and properties that hold for every basket."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages import Text
from offers.benefits.amounts.amount_off import AmountOff
from offers.benefits.amounts.amount_per_unit import AmountPerUnit
from offers.benefits.amounts.stepped_amount import SteppedAmount
from offers.benefits.basket_part import Worth
from offers.benefits.given.bonus_points import BonusPoints
from offers.benefits.given.free_item import FreeItem
from offers.benefits.given.free_of_list import FreeOfList
from offers.benefits.given.points_by_amount import PointsByAmount
from offers.benefits.given.units_free import UnitsFree
from offers.benefits.percentages.nth_unit_off import NthUnitOff
from offers.benefits.percentages.percent_off import PercentOff
from offers.benefits.percentages.percent_up_to import PercentUpTo
from offers.benefits.percentages.stepped_percent import SteppedPercent
from offers.benefits.prices.fixed_price import FixedPrice
from offers.benefits.prices.set_price import SetPrice
from offers.benefits.steps import COUNTED
from offers.benefits.wire import Threshold
from offers.checkout.discounts import Incentive, LeftOutReason, PointsPayment
from offers.checkout.errors import SaleCurrencyForeign
from offers.checkout.stacking import Stacked, stack_incentives
from offers.planning.models import PercentBase, Stacking
from tests.factories import NOON
from wallet.purchases.basket import Basket, BasketLine, Products

CENTS = Worth(points=100, minor=500)
FOOD = Products(categories=frozenset({"food"}))
COFFEE = Text(fr="Un café", en="A coffee")


def basket(*grosses: int, **given_: Any) -> Basket:
    """One unit of each, in the first of these categories: food."""
    lines = tuple(BasketLine(at, 1, gross, category="food") for at, gross in enumerate(grosses, start=1))
    return Basket("EUR", NOON, **({"lines": lines} | given_))


def percent(of: int, **fields: Any) -> Incentive:
    return Incentive(**({"key": f"{of} %", "effect": PercentOff(of)} | fields))


def amount(of: int, *, currency: str = "EUR", **fields: Any) -> Incentive:
    return Incentive(**({"key": f"{of}", "effect": AmountOff(of, currency)} | fields))


def pay(points: int, **fields: Any) -> Incentive:
    return Incentive(**({"key": "points", "effect": PointsPayment(points, CENTS)} | fields))


def off(stacked: Stacked) -> int:
    return stacked.initial.net_minor - stacked.basket.net_minor


def reasons(stacked: Stacked) -> dict[str, LeftOutReason]:
    return {left.incentive.key: left.reason for left in stacked.left_out}


def applied(stacked: Stacked) -> list[str]:
    return [step.incentive.key for step in stacked.steps]


def test_ten_and_twenty_percent_of_the_initial_price_are_thirty_off() -> None:
    both = [percent(10, base=PercentBase.INITIAL), percent(20, base=PercentBase.INITIAL)]
    assert off(stack_incentives(basket(10_000), both)) == 3_000


def test_ten_and_twenty_percent_one_after_the_other_are_twenty_eight_off() -> None:
    assert off(stack_incentives(basket(10_000), [percent(10), percent(20)])) == 2_800


def test_ten_percent_before_twenty_percent_from_a_hundred_leaves_ninety_four_fifty() -> None:
    done = stack_incentives(basket(10_500), [percent(10, rank=1), percent(20, rank=2, minimum_minor=10_000)])
    assert done.basket.net_minor == 9_450
    assert reasons(done) == {"20 %": LeftOutReason.MINIMUM_NOT_REACHED}


def test_ten_percent_after_twenty_percent_from_a_hundred_leaves_seventy_five_sixty() -> None:
    done = stack_incentives(basket(10_500), [percent(10, rank=2), percent(20, rank=1, minimum_minor=10_000)])
    assert [step.after_minor for step in done.steps] == [8_400, 7_560]


def test_ten_euros_off_lines_of_twenty_and_eighty_are_two_and_eight() -> None:
    assert stack_incentives(basket(2_000, 8_000), [amount(1_000)]).steps[0].lines == {1: 200, 2: 800}


def test_ten_percent_off_six_and_four_euros_leaves_five_forty_for_the_first() -> None:
    assert stack_incentives(basket(600, 400), [percent(10)]).basket.lines[0].net_minor == 540


def test_the_trace_says_what_there_was_before_and_after() -> None:
    first, second = stack_incentives(
        basket(10_000), [percent(10, rank=1), percent(20, rank=2, base=PercentBase.INITIAL)]
    ).steps
    said = [(step.base_minor, step.before_minor, step.amount_minor, step.after_minor) for step in (first, second)]
    assert said == [(10_000, 10_000, 1_000, 9_000), (10_000, 9_000, 2_000, 7_000)]


def test_of_equal_ranks_what_ends_soonest_comes_first() -> None:
    later, sooner = percent(10, ends_at=NOON.replace(year=2027)), percent(20, ends_at=NOON)
    assert applied(stack_incentives(basket(1_000), [percent(5), later, sooner])) == ["20 %", "10 %", "5 %"]


def test_an_exclusive_incentive_leaves_the_common_ones_out() -> None:
    done = stack_incentives(basket(1_000), [percent(10), percent(50, rank=9, stacking=Stacking.EXCLUSIVE)])
    assert (applied(done), reasons(done)) == (["50 %"], {"10 %": LeftOutReason.EXCLUSIVE_CONFLICT})


def test_of_two_exclusive_incentives_the_first_stands() -> None:
    two = [percent(50, rank=2, stacking=Stacking.EXCLUSIVE), percent(5, rank=1, stacking=Stacking.EXCLUSIVE)]
    assert applied(stack_incentives(basket(1_000), two)) == ["5 %"]


def test_what_always_stacks_joins_an_exclusive_incentive() -> None:
    done = stack_incentives(
        basket(1_000), [percent(10, stacking=Stacking.ALWAYS), percent(50, stacking=Stacking.EXCLUSIVE)]
    )
    assert sorted(applied(done)) == ["10 %", "50 %"]


def test_an_exclusive_incentive_without_effect_excludes_nothing() -> None:
    done = stack_incentives(basket(1_000), [percent(10), percent(50, minimum_minor=9_999, stacking=Stacking.EXCLUSIVE)])
    assert (applied(done), reasons(done)) == (["10 %"], {"50 %": LeftOutReason.MINIMUM_NOT_REACHED})


def test_an_exclusive_incentive_for_which_nothing_is_left_says_so() -> None:
    done = stack_incentives(
        basket(1_000), [percent(100, rank=1, stacking=Stacking.ALWAYS), percent(5, stacking=Stacking.EXCLUSIVE)]
    )
    assert (applied(done), reasons(done)) == (["100 %"], {"5 %": LeftOutReason.NO_EFFECT})


def test_what_would_do_nothing_by_itself_does_not_lose_to_an_exclusive_one() -> None:
    done = stack_incentives(basket(1_000), [percent(10, minimum_minor=9_999), percent(50, stacking=Stacking.EXCLUSIVE)])
    assert reasons(done) == {"10 %": LeftOutReason.MINIMUM_NOT_REACHED}


def test_a_total_is_never_below_zero() -> None:
    done = stack_incentives(basket(300, 200), [amount(400, rank=1), amount(500, rank=2, key="more"), amount(1, rank=3)])
    assert (done.basket.net_minor, [step.amount_minor for step in done.steps]) == (0, [400, 100])
    assert reasons(done) == {"1": LeftOutReason.NO_EFFECT}


def test_a_percentage_takes_from_no_other_line_what_one_line_cannot_give() -> None:
    """Half of the drink on top of all of the bread: the bread has nothing left, and the drink gives its half only."""
    lines = (BasketLine(1, 1, 1_000, category="food"), BasketLine(2, 1, 1_000, category="drinks"))
    done = stack_incentives(
        basket(lines=lines), [percent(100, rank=1, products=FOOD), percent(50, rank=2, base=PercentBase.INITIAL)]
    )
    assert done.steps[1].lines == {2: 500}


def test_an_amount_finds_room_in_the_other_lines() -> None:
    lines = (BasketLine(1, 1, 1_000, category="food"), BasketLine(2, 1, 1_000, category="drinks"))
    done = stack_incentives(
        basket(lines=lines), [percent(100, rank=1, products=FOOD), amount(600, rank=2, base=PercentBase.INITIAL)]
    )
    assert done.steps[1].lines == {2: 600}


def test_an_incentive_takes_from_its_articles_only() -> None:
    lines = (BasketLine(1, 1, 1_000, category="food/dairy"), BasketLine(2, 1, 1_000, category="drinks"))
    assert stack_incentives(basket(lines=lines), [percent(50, products=FOOD)]).steps[0].lines == {1: 500}


def test_an_incentive_whose_articles_are_not_there_is_left_out() -> None:
    lines = (BasketLine(1, 1, 1_000, category="drinks"),)
    assert reasons(stack_incentives(basket(lines=lines), [percent(50, products=FOOD)])) == {
        "50 %": LeftOutReason.NO_ARTICLES
    }


def test_a_free_item_is_one_unit_of_the_cheapest_of_its_articles() -> None:
    lines = (
        BasketLine(1, 3, 900, category="food"),
        BasketLine(2, 1, 250, category="food"),
        BasketLine(3, 1, 10, category="drinks"),
    )
    gift = Incentive("gift", FreeItem(COFFEE), products=FOOD)
    assert stack_incentives(basket(lines=lines), [gift]).steps[0].lines == {2: 250}


def free(key: str = "gift", **fields: Any) -> Incentive:
    return Incentive(**({"key": key, "effect": FreeItem(COFFEE), "products": FOOD} | fields))


def units(many: int, gross: int, **line: Any) -> Basket:
    """One line of so many units at so much each."""
    return basket(lines=(BasketLine(1, many, many * gross, category="food", **line),))


def test_two_free_units_of_four_leave_two_to_pay() -> None:
    assert stack_incentives(units(4, 1_000), [free("a"), free("b")]).basket.net_minor == 2_000


def test_a_free_unit_for_which_none_is_left_is_left_out() -> None:
    done = stack_incentives(units(2, 1_000), [free("a"), free("b"), free("c")])
    assert (applied(done), done.basket.net_minor) == (["a", "b"], 0)
    assert reasons(done) == {"c": LeftOutReason.NO_EFFECT}


def test_free_units_of_a_line_that_does_not_divide_leave_nothing() -> None:
    three = basket(lines=(BasketLine(1, 3, 1_000, category="food"),))
    done = stack_incentives(three, [free("a"), free("b"), free("c")])
    assert [step.amount_minor for step in done.steps] == [333, 333, 334]


@pytest.mark.parametrize("ranks", [(1, 2, 3), (2, 3, 1), (3, 1, 2)])
def test_eight_paid_and_two_free_less_twenty_percent_come_to_the_public_sum(ranks: tuple[int, int, int]) -> None:
    """A worked case of Odoo (sale_loyalty, numbers, taxes and rules), before its 15 % of tax and ten other articles."""
    first, second, third = ranks
    done = stack_incentives(units(10, 32_000), [free("a", rank=first), free("b", rank=second), percent(20, rank=third)])
    assert done.basket.net_minor == 204_800


@pytest.mark.parametrize("base", list(PercentBase))
@pytest.mark.parametrize("ranks", [(1, 2), (2, 1)])
def test_a_free_unit_and_a_percentage_make_the_same_in_any_order(base: PercentBase, ranks: tuple[int, int]) -> None:
    some = [free(rank=ranks[0], base=base), percent(10, rank=ranks[1], base=base)]
    assert stack_incentives(units(4, 1_000), some).basket.net_minor == 2_700


def test_a_free_unit_costs_what_the_steps_before_it_left() -> None:
    """5.00 off forty leave 8.75 for each of four."""
    assert stack_incentives(units(4, 1_000), [amount(500, rank=1), free(rank=2)]).steps[1].amount_minor == 875


def test_an_amount_after_a_free_unit_is_as_promised() -> None:
    assert stack_incentives(units(4, 1_000), [free(rank=1), amount(500, rank=2)]).basket.net_minor == 2_500


def test_the_next_free_unit_is_the_cheapest_that_is_still_to_be_paid() -> None:
    lines = (BasketLine(1, 2, 400, category="food"), BasketLine(2, 2, 1_000, category="food"))
    done = stack_incentives(basket(lines=lines), [free("a"), free("b"), free("c")])
    assert [step.lines for step in done.steps] == [{1: 200}, {1: 200}, {2: 500}]


def test_a_free_unit_that_a_cap_cuts_is_given_all_the_same() -> None:
    done = stack_incentives(units(4, 1_000), [free("a"), free("b"), free("c")], most_off={1: 1_360})
    assert ([step.amount_minor for step in done.steps], done.steps[1].capped) == ([1_000, 360], True)
    assert reasons(done) == {"c": LeftOutReason.PROMOTION_CAP}


def test_points_that_are_given_are_worth_what_is_still_to_be_paid() -> None:
    """A cap of 13.60 on forty has 3.60 left once ten are off."""
    bonus = Incentive("bonus", BonusPoints(200), worth=CENTS, rank=60)
    done = stack_incentives(units(4, 1_000), [free(), bonus], most_off={1: 1_360})
    assert (done.steps[1].points, done.steps[1].base_minor) == (72, 3_000)


def test_points_pay_what_free_units_left() -> None:
    done = stack_incentives(units(2, 1_000), [free(), pay(1_000)])
    assert (done.steps[1].points, done.basket.net_minor) == (200, 0)


def test_a_minimum_before_other_offers_counts_what_lies_in_the_basket() -> None:
    done = stack_incentives(
        units(4, 1_000), [free(rank=1), percent(10, rank=2, base=PercentBase.INITIAL, minimum_minor=4_000)]
    )
    assert (applied(done), done.basket.net_minor) == (["gift", "10 %"], 2_700)


def test_a_gift_that_is_no_article_of_the_basket_is_handed_over() -> None:
    done = stack_incentives(basket(100), [Incentive("gift", FreeItem(COFFEE))])
    assert (applied(done), off(done)) == (["gift"], 0)


def test_points_that_pay_come_last_and_are_not_more_than_needed() -> None:
    done = stack_incentives(basket(1_000), [pay(1_000), percent(10, rank=100)])
    assert (applied(done), done.steps[1].points, done.basket.net_minor) == (["10 %", "points"], 180, 0)


def test_points_that_are_given_take_nothing_off() -> None:
    done = stack_incentives(basket(1_000), [Incentive("bonus", BonusPoints(200), worth=CENTS)])
    assert (off(done), done.steps[0].points, done.steps[0].amount_minor) == (0, 200, 1_000)


def test_another_currency_is_refused_and_never_converted() -> None:
    with pytest.raises(SaleCurrencyForeign):
        stack_incentives(basket(1_000), [amount(100, currency="CHF")])


def test_a_use_counts_once_per_sale_and_not_per_line() -> None:
    done = stack_incentives(basket(1_000, 1_000, 1_000), [percent(10), percent(10)])
    assert (applied(done), off(done)) == (["10 %"], 300)


def test_a_line_is_cut_to_its_cap_with_what_the_till_gave_counted_in() -> None:
    lines = (BasketLine(1, 1, 1_000, 100, category="food"),)
    done = stack_incentives(basket(lines=lines), [percent(50)], most_off={1: 340})
    assert (done.steps[0].wanted_minor, done.steps[0].amount_minor, done.steps[0].capped) == (450, 240, True)


def test_what_comes_later_counts_for_the_cap() -> None:
    done = stack_incentives(basket(1_000), [percent(34)], most_off={1: 340}, deferred={1: 50})
    assert done.steps[0].amount_minor == 290


def test_points_that_are_given_are_cut_to_the_cap_too() -> None:
    done = stack_incentives(basket(1_000), [Incentive("bonus", BonusPoints(200), worth=CENTS)], most_off={1: 340})
    assert (done.steps[0].points, done.steps[0].capped) == (68, True)


def test_points_that_pay_were_an_advantage_when_they_were_given() -> None:
    assert stack_incentives(basket(1_000), [pay(200)], most_off={1: 340}).basket.net_minor == 0


def test_a_cap_without_room_says_so() -> None:
    assert reasons(stack_incentives(basket(1_000), [percent(10)], most_off={1: 0})) == {
        "10 %": LeftOutReason.PROMOTION_CAP
    }


LINES = st.lists(
    st.builds(
        lambda quantity, gross, rate, *named: (quantity, gross, gross * rate // 100, *named),
        st.integers(1, 5),
        st.integers(0, 20_000),
        st.integers(0, 100),
        st.sampled_from(["food", "food/dairy", "drinks", ""]),
        st.frozensets(st.sampled_from(["wines", "cheeses"])),
    ),
    min_size=1,
    max_size=5,
)


WINES = Products(lists=frozenset({"wines"}))
NO_WINES = Products(but_not_lists=frozenset({"wines"}))
WORTHS = [CENTS, Worth(3, 1), Worth(1, 7)]
STEPS = st.just((Threshold(1, 50), Threshold(3, 400), Threshold(2_000, 900)))
EFFECTS = st.one_of(
    st.builds(PercentOff, st.integers(0, 100)),
    st.builds(AmountOff, st.integers(0, 30_000), st.just("EUR")),
    st.just(FreeItem(COFFEE)),
    st.just(FreeItem(COFFEE)),
    st.builds(BonusPoints, st.integers(0, 5_000)),
    st.builds(PointsByAmount, st.integers(1, 20), st.integers(1, 500), st.just("EUR")),
    st.builds(PercentUpTo, st.integers(1, 10_000), st.integers(1, 3_000), st.just("EUR")),
    st.builds(NthUnitOff, st.integers(2, 4), st.integers(1, 100)),
    st.integers(2, 5).flatmap(lambda many: st.builds(UnitsFree, st.just(many), st.integers(1, many - 1))),
    st.builds(FreeOfList, st.sampled_from(["wines", "cheeses"]), st.integers(1, 3), st.integers(1, 4)),
    st.builds(FixedPrice, st.integers(1, 2_000), st.just("EUR")),
    st.builds(SetPrice, st.integers(2, 4), st.integers(1, 4_000), st.just("EUR")),
    st.builds(AmountPerUnit, st.integers(1, 1_000), st.integers(1, 9), st.just("EUR")),
    st.builds(SteppedAmount, st.sampled_from(COUNTED), STEPS, st.just("EUR")),
    st.builds(SteppedPercent, st.sampled_from(COUNTED), st.just((Threshold(2, 10), Threshold(1_000, 30)))),
    st.builds(PointsPayment, st.integers(0, 5_000), st.sampled_from(WORTHS)),
)


@st.composite
def incentives(draw: st.DrawFn) -> list[Incentive]:
    return [
        Incentive(
            key=f"k{at}",
            effect=draw(EFFECTS),
            counts_points=draw(st.booleans()),
            worth=draw(st.sampled_from([None, *WORTHS])),
            products=draw(
                st.sampled_from([Products(), FOOD, Products(but_not=frozenset({"food/dairy"})), WINES, NO_WINES])
            ),
            minimum_minor=draw(st.sampled_from([0, 1_000])),
            stacking=draw(st.sampled_from(list(Stacking))),
            base=draw(st.sampled_from(list(PercentBase))),
            rank=draw(st.integers(0, 3)),
        )
        for at in range(draw(st.integers(0, 5)))
    ]


@given(lines=LINES, some=incentives(), data=st.data())
def test_every_stack_holds_together(lines: list[tuple[Any, ...]], some: list[Incentive], data: Any) -> None:
    given_ = tuple(
        BasketLine(at, quantity, gross, off_, category=category, lists=named)
        for at, (quantity, gross, off_, category, named) in enumerate(lines, start=1)
    )
    caps = {line.position: line.gross_minor * 34 // 100 for line in given_ if line.category.startswith("food")}
    whole = basket(lines=given_)
    done = stack_incentives(whole, some, most_off=caps)
    assert all(line.net_minor >= 0 for line in done.basket.lines)
    taken = sum(step.taken_minor for step in done.steps)
    assert whole.net_minor - taken == done.basket.net_minor
    assert all(sum(step.lines.values()) == step.amount_minor for step in done.steps)
    assert {step.incentive.key for step in done.steps} | reasons(done).keys() == {one.key for one in some}
    assert done == stack_incentives(whole, data.draw(st.permutations(some)), most_off=caps)
    freed = [position for step in done.steps for position, many in step.freed.items() for _ in range(many)]
    assert all(freed.count(line.position) == line.given <= line.quantity for line in done.basket.lines)
    paid = [step.lines for step in done.steps if step.incentive.pays]
    for before, line in zip(given_, done.basket.lines, strict=True):
        assert line.points_minor == sum(lines.get(line.position, 0) for lines in paid)
        assert line.position not in caps or line.promotion_minor <= max(caps[line.position], before.promotion_minor)


@given(
    quantity=st.integers(1, 6),
    gross=st.integers(0, 5_000),
    many=st.integers(0, 8),
    ranks=st.lists(st.integers(0, 3), min_size=8, max_size=8),
    base=st.sampled_from(PercentBase),
)
def test_free_units_alone_leave_exactly_the_others_to_pay(
    quantity: int, gross: int, many: int, ranks: list[int], base: PercentBase
) -> None:
    some = [free(f"k{at}", rank=ranks[at], base=base) for at in range(many)]
    done = stack_incentives(units(quantity, gross), some)
    given_units = min(many, quantity) if gross else 0
    assert done.basket.net_minor == (quantity - given_units) * gross
    assert [left.reason for left in done.left_out] == [LeftOutReason.NO_EFFECT] * (many - given_units)
