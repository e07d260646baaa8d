"""Ten coffees, the eleventh free: a card fills, is full, gives its reward and begins anew; returns take stamps back."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.sql import db
from tests.factories import NOON, made, make_console_user
from tests.points.factories import make_currency
from tests.programmes.factories import make_reward, move, put_in_force, rule, stock
from tests.racing import at_once
from tests.sizes import chosen
from tests.stamps.factories import COFFEE, CoffeeBar
from wallet.points import earning
from wallet.programmes.errors import ProgrammeContradictory
from wallet.programmes.models import AwardReturn, OrderState, PurchaseAward
from wallet.programmes.rewards import catalogue
from wallet.programmes.rules import Programme, RuleKind
from wallet.purchases.basket import BasketLine
from wallet.stamps import jobs
from wallet.stamps.errors import CurrencyNotStamps, StampRewardUnfit


def test_each_coffee_brings_a_stamp() -> None:
    bar = CoffeeBar()
    bar.drinks(3)
    bar.drinks(4)
    assert (bar.shows()["text"], bar.shows("en")["text"]) == ("7 tampons sur 10", "7 of 10 stamps")


def test_what_is_no_coffee_brings_none() -> None:
    bar = CoffeeBar()
    bar.sells(BasketLine(1, 5, 1_000, gtin="96385074", category="drinks"))
    assert bar.shows()["state"] == "empty"


def test_a_full_card_gives_its_reward_and_the_next_one_begins() -> None:
    bar = CoffeeBar()
    bar.drinks(12)
    assert len(bar.coupons()) == 1
    assert (bar.shows()["used"], bar.shows()["text"]) == (1, "2 tampons sur 10")


def test_a_card_that_was_used_says_so() -> None:
    bar = CoffeeBar()
    bar.drinks(10)
    assert bar.shows()["state"] == "used"


def test_a_large_purchase_fills_several_cards() -> None:
    bar = CoffeeBar(size=3)
    bar.drinks(8)
    assert (len(bar.coupons()), bar.balance) == (2, (2, 0))


def test_the_free_coffee_brings_no_stamp() -> None:
    bar = CoffeeBar()
    bar.drinks(10)
    sale = bar.drinks(2, free=1)
    assert (sale.payable_minor, bar.balance) == (200, (1, 0))


def test_a_card_without_a_reward_stays_full() -> None:
    bar = CoffeeBar(has_reward=False)
    bar.drinks(13)
    assert (bar.shows()["state"], bar.shows()["stamps"], bar.orders()) == ("full", 3, [])


def test_a_reward_that_is_sold_out_leaves_the_card_full_and_the_sale_as_it_is() -> None:
    bar = CoffeeBar(size=2, stock=1)
    bar.drinks(4)
    assert (len(bar.coupons()), bar.shows()["state"]) == (1, "full")


def test_what_was_sold_out_is_given_when_there_is_some_again() -> None:
    bar = CoffeeBar(size=2, stock=1)
    bar.drinks(4)
    with made():
        reward = catalogue.the_reward(brand_id=bar.brand.id, reward_id=bar.reward.id)
        said = {"revision": reward.revision, "stock": 5, "by": make_console_user(bar.brand).id}
        catalogue.restock_reward(brand_id=bar.brand.id, reward_id=reward.id, **said)
    assert (jobs.give_full_cards(now=NOON) >= 1, len(bar.coupons()), bar.shows()["state"]) == (True, 2, "used")


def test_stamps_that_came_in_another_way_fill_cards_too() -> None:
    bar = CoffeeBar()
    with made():
        said = {"points": 11, "source": "welcome", "reason": "test", "now": NOON}
        earning.earn_points(member_id=bar.member.id, currency_id=bar.stamps.id, **said)
    jobs.give_full_cards(now=NOON)
    assert (len(bar.coupons()), bar.balance) == (1, (1, 0))


def test_a_return_takes_stamps_off_the_card_that_fills() -> None:
    bar = CoffeeBar()
    sale = bar.drinks(4)
    bar.returns(sale, {1: 1})
    assert bar.shows()["text"] == "3 tampons sur 10"


def test_a_return_takes_back_a_full_card_that_nobody_used() -> None:
    bar = CoffeeBar()
    sale = bar.drinks(10)
    bar.returns(sale, {1: 1})
    assert (bar.coupons(), bar.shows()["text"], bar.shows()["used"]) == ([], "9 tampons sur 10", 0)


def test_a_coupon_that_was_taken_back_cannot_be_used() -> None:
    bar = CoffeeBar()
    sale = bar.drinks(10)
    coupon = bar.coupons()
    bar.returns(sale, {1: 1})
    line = BasketLine(1, 1, 200, gtin=COFFEE, category="drinks")
    assert bar.quotes(line, coupons=coupon).refusals.keys() == {f"coupon:{coupon[0].code}"}


def test_stamps_of_a_card_that_was_used_are_owed_and_the_next_ones_make_up_for_them() -> None:
    bar = CoffeeBar()
    sale = bar.drinks(10)
    bar.drinks(1, free=1)
    bar.returns(sale, {1: 2})
    assert (bar.balance, bar.shows()["text"]) == (
        (0, 2),
        "Carte utilisée ; sur la suivante, 0 tampon sur 10 ; 2 tampons d'achats rendus à compenser d'abord",
    )
    bar.drinks(5)
    assert bar.shows()["text"] == "3 tampons sur 10"


def test_a_card_whose_free_coffee_comes_back_is_taken_back_for_what_is_owed() -> None:
    bar = CoffeeBar()
    sale = bar.drinks(10)
    free = bar.drinks(1, free=1)
    bar.cancels(sale)
    bar.cancels(free)
    jobs.take_unused_back(now=NOON)
    assert (bar.balance, bar.coupons(), [one.state for one in bar.orders()]) == ((0, 0), [], [OrderState.CANCELLED])


def test_an_order_that_nobody_fetched_is_cancelled_with_the_stamps_that_paid_it() -> None:
    bar = CoffeeBar(gives={"kind": "material"}, stock=3)
    sale = bar.drinks(10)
    bar.cancels(sale)
    assert ([one.state for one in bar.orders()], stock(bar.reward)) == ([OrderState.CANCELLED], 3)


def test_what_was_handed_over_is_not_taken_back() -> None:
    bar = CoffeeBar(gives={"kind": "material"})
    sale = bar.drinks(10)
    move(bar.orders()[0], OrderState.HANDED_OVER)
    bar.cancels(sale)
    assert (bar.orders()[0].state, bar.balance) == (OrderState.HANDED_OVER, (0, 10))


def test_one_full_card_at_two_tills_at_once_gives_one_reward() -> None:
    bar = CoffeeBar()
    bar.drinks(9)
    at_once(6, lambda number: bar.drinks(1))
    assert (len(bar.coupons()), bar.balance, bar.faults()) == (1, (5, 0), [])


def test_many_cards_filled_at_once_give_each_their_own() -> None:
    bar = CoffeeBar(size=2)
    at_once(8, lambda number: bar.drinks(1))
    jobs.give_full_cards(now=NOON)
    assert (len(bar.coupons()), bar.balance, bar.faults()) == (4, (0, 0), [])


def test_the_last_reward_is_given_once() -> None:
    bar = CoffeeBar(size=2, stock=1)
    at_once(6, lambda number: bar.drinks(2))
    assert (len(bar.coupons()), bar.balance) == (1, (10, 0))


def test_only_stamps_have_a_card() -> None:
    bar = CoffeeBar()
    points = make_currency(bar.brand)
    bar.stamps = points
    with pytest.raises(CurrencyNotStamps):
        bar.sets_card(10, None)


@pytest.mark.parametrize("price", [9, 11])
def test_the_reward_of_a_card_costs_its_size(price: int) -> None:
    bar = CoffeeBar()
    with pytest.raises(StampRewardUnfit):
        bar.sets_card(10, make_reward(bar.brand, bar.stamps, price=price))


def test_a_draft_is_no_reward_of_a_card() -> None:
    bar = CoffeeBar()
    with pytest.raises(StampRewardUnfit):
        bar.sets_card(10, make_reward(bar.brand, bar.stamps, price=10, live=False))


def test_a_smaller_card_is_full_with_the_stamps_that_there_are() -> None:
    bar = CoffeeBar()
    bar.drinks(7)
    bar.sets_card(5, make_reward(bar.brand, bar.stamps, price=5, gives=dict(bar.reward.gives)))
    jobs.give_full_cards(now=NOON)
    assert (bar.shows()["text"], bar.shows()["used"]) == ("2 tampons sur 5", 1)


def test_a_stamp_rule_gives_stamps() -> None:
    bar = CoffeeBar()
    stamp = rule("stamp", RuleKind.STAMP, currency_id=bar.currency.id)
    with pytest.raises(ProgrammeContradictory) as refused:
        put_in_force(bar.brand, Programme("EUR", (stamp,)), starts_at=None)
    assert [one.pointer for one in refused.value.errors] == ["/rules/0/currency_id"]


ACTS = st.one_of(
    st.tuples(st.just("buys"), st.integers(1, 7), st.booleans()),
    st.tuples(st.just("returns"), st.integers(0, 9), st.integers(1, 4)),
    st.tuples(st.just("cancels"), st.integers(0, 9), st.just(0)),
)


@settings(
    max_examples=chosen().worlds,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(size=st.integers(2, 5), acts=st.lists(ACTS, min_size=3, max_size=9))
def test_over_many_sales_no_stamp_is_lost_nor_made(size: int, acts: list[tuple[str, int, int]]) -> None:
    """Each paid coffee that did not come back is one stamp: on a card, or spent on a reward; and when everything has
    come back, so has every reward."""
    bar = CoffeeBar(size=size)
    left: dict[int, int] = {}
    sold = []
    for act, which, more in acts:
        if act == "buys":
            sold.append(bar.drinks(which, free=min(int(more), len(bar.coupons()))))
            left[len(sold) - 1] = which
        elif sold and (units := min(more, left[which % len(sold)])):
            bar.returns(sold[which % len(sold)], {1: units})
            left[which % len(sold)] -= units
        elif sold and act == "cancels":
            bar.cancels(sold[which % len(sold)])
            left[which % len(sold)] = 0
        require_balanced(bar)
    for sale in sold:
        bar.cancels(sale)
    jobs.take_unused_back(now=NOON)
    assert (bar.balance, bar.coupons(), bar.faults()) == ((0, 0), [], [])
    assert {one.state for one in bar.orders()} <= {OrderState.CANCELLED}


def require_balanced(bar: CoffeeBar) -> None:
    available, owed = bar.balance
    spent = sum(one.points for one in bar.orders() if one.state != OrderState.CANCELLED)
    earned = stamps_that_stand(bar)
    assert available - owed == earned - spent
    assert not (available and owed)
    assert available < bar.size
    assert bar.faults() == []


def stamps_that_stand(bar: CoffeeBar) -> int:
    """What sales earned and did not give back."""
    with db.system_transaction():
        earned = db.all_of(select(PurchaseAward).where(PurchaseAward.member_id == bar.member.id))
        back = db.all_of(select(AwardReturn).where(AwardReturn.member_id == bar.member.id))
        return sum(one.points for one in earned) - sum(one.points for one in back)
