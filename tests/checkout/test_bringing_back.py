"""Whoever brings everything back has what they had, over any order of what they did meanwhile."""

import uuid
from collections import Counter as Count
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from offers.checkout.models import Sale
from offers.checkout.pricing import PointsAsked
from tests.checkout.factories import Counter, minutes
from tests.factories import NOON, made, make_member
from tests.merges.factories import merge, split
from tests.points.factories import Purse, make_currency
from tests.programmes.factories import cancel, make_reward, order, put_in_force
from tests.programmes.factories import rule as earning_rule
from tests.sizes import chosen
from wallet.ledger import durations
from wallet.ledger.models import Account
from wallet.points.returns import Policy
from wallet.programmes.models import RewardOrder
from wallet.programmes.rewards import orders
from wallet.programmes.rules import Programme
from wallet.purchases.basket import BasketLine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # making what was found small takes its time

DAY = timedelta(days=1)
OPENING = ((300, "unlimited"), (200, "2W"), (100, "2D"))
"""Points that the member has before, and how long they last."""

PRICE = 150
"""Of a reward."""


def codes(told: Any) -> list[str]:
    """What a return says that it did not undo."""
    return [one["code"] for one in told.outcome["not_undone"]]


def test_points_of_a_returned_purchase_are_taken_when_what_they_paid_comes_back() -> None:
    counter = Counter(earns=True)
    first = counter.sells(1_000_000)
    second = counter.sells(50_000, points=10_000)
    counter.returns(first, {1: 1})
    back = counter.returns(second, {1: 1})
    assert (counter.available, back.points_given_back, codes(back)) == (0, 10_000, ["points_asked_back"])


def test_three_rounds_of_it_make_nothing() -> None:
    counter = Counter(earns=True, points=20)
    before = counter.stands()
    for _ in range(3):
        first = counter.sells(100_000)
        second = counter.sells(20_000, points=1_000)
        counter.cancels(first)
        counter.cancels(second)
    assert (counter.stands(), counter.purse.faults()) == (before, [])


def test_a_cancelled_order_gives_no_points_of_a_returned_purchase_back() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(10_000)
    ordered = order(counter.member, make_reward(counter.brand, counter.currency, price=100))
    counter.returns(sale, {1: 1})
    cancel(ordered)
    assert (counter.available, counter.purse.faults()) == (0, [])


def test_points_that_an_open_sale_keeps_are_taken_when_it_lets_them_go() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(10_000)
    kept = counter.opens(counter.asks(10_000, points=100))
    counter.returns(sale, {1: 1})
    counter.cancels(kept)
    assert (counter.available, counter.purse.faults()) == (0, [])


def test_what_is_earned_afterwards_stays() -> None:
    counter = Counter(earns=True)
    first = counter.sells(10_000)
    second = counter.sells(10_000, points=100)
    counter.returns(first, {1: 1})
    counter.sells(3_000)
    counter.returns(second, {1: 1})
    assert counter.available == 30


def test_a_part_that_comes_back_is_taken_in_part() -> None:
    counter = Counter(earns=True)
    first = counter.sells(BasketLine(1, 2, 20_000))
    second = counter.sells(BasketLine(1, 4, 40_000), points=200)
    left = []
    for sale in (first, second, second, first, second, second):
        counter.returns(sale, {1: 1})
        left.append(counter.available)
    assert (left[-1], counter.purse.faults()) == (0, [])


class Shopper(RuleBasedStateMachine):
    """Somebody who buys, pays with points, orders, brings back, cancels, waits, and turns out to be somebody else too.

    Points are earned in two currencies, at once or after a while, for ever or not, and may be owed or not. `teardown`
    brings back what is left.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOON
        self.sales: list[Sale] = []
        self.orders: list[RewardOrder] = []
        self.left: dict[uuid.UUID, dict[int, int]] = {}

    @initialize(debts=st.booleans())
    def begin(self, debts: bool) -> None:
        self.counter = counter = Counter()
        self.purses = [Purse.__new__(Purse), Purse.__new__(Purse)]
        for purse in self.purses:
            purse.brand = counter.brand
            purse.currency = make_currency(counter.brand, worth_points=10, worth_minor=100, may_go_negative=debts)
        mine, other = (purse.currency.id for purse in self.purses)
        rules = (
            earning_rule(currency_id=mine),
            earning_rule("month", currency_id=mine, lasts="1M"),
            earning_rule("stars", currency_id=other, lasts="3D"),
            earning_rule("later", currency_id=other, waits="1D"),
        )
        policy = Policy.UNLIMITED if debts else Policy.WITHIN_BALANCE
        put_in_force(counter.brand, Programme("EUR", rules, policy=policy))
        self.reward = make_reward(counter.brand, self.purses[0].currency, price=PRICE)
        self.become(counter.member)
        for purse in self.purses:
            for points, lasts in OPENING:
                purse.earn(points, lasts=lasts)

    def become(self, member: Any) -> None:
        self.counter.member = member
        for purse in self.purses:
            purse.member = member

    @rule(
        lines=st.lists(st.tuples(st.integers(1, 3), st.integers(100, 30_000)), min_size=1, max_size=2),
        share=st.sampled_from([0, 0.5, 1, 1]),
        purse=st.sampled_from([0, 0, 1]),
        opened=st.sampled_from([False, False, True]),
    )
    def buy(self, lines: list[tuple[int, int]], share: float, purse: int, opened: bool) -> None:
        paying = self.purses[purse]
        points = int(paying.as_read(self.now).available * share)
        wanted = [BasketLine(at, *line, category="food") for at, line in enumerate(lines, start=1)]
        asked = self.counter.asks(*wanted, now=self.now)
        if points:
            asked = replace(asked, points=PointsAsked(paying.currency.id, points))
        sale = (self.counter.opens if opened else self.counter.commits)(asked, now=self.now)
        self.sales.append(sale)
        self.left[sale.id] = {} if opened else {line.position: line.quantity for line in wanted}

    @precondition(lambda self: any(self.left.values()))
    @rule(data=st.data())
    def bring_a_unit_back(self, data: st.DataObject) -> None:
        sale = data.draw(st.sampled_from([sale for sale in self.sales if self.left[sale.id]]), label="sale")
        left = self.left[sale.id]
        position = data.draw(st.sampled_from(sorted(left)), label="line")
        self.counter.returns(sale, {position: 1}, now=self.now)
        self.left[sale.id] = {at: many - (at == position) for at, many in left.items() if many - (at == position)}

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def cancel_a_sale(self, data: st.DataObject) -> None:
        sale = data.draw(st.sampled_from(self.sales), label="sale")
        self.left[sale.id] = {}
        self.counter.cancels(sale, now=self.now)

    @rule()
    def order_something(self) -> None:
        if self.purses[0].as_read(self.now).available >= PRICE:
            self.orders.append(order(self.counter.member, self.reward, now=self.now))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel_an_order(self, data: st.DataObject) -> None:
        self.cancel_order(data.draw(st.sampled_from(self.orders), label="order"))

    def cancel_order(self, ordered: RewardOrder) -> None:
        with made():
            mine = orders.my_order(member_id=self.counter.member.id, order_id=ordered.id)
            orders.cancel_order(order=mine, now=self.now)

    @rule(time=st.sampled_from([minutes(1), minutes(6), DAY, 4 * DAY, 20 * DAY]))
    def wait(self, time: timedelta) -> None:
        self.now += time

    @rule()
    def become_part_of_another(self) -> None:
        target = make_member()
        merge(self.counter.member, target, now=self.now)
        self.become(target)

    @invariant()
    def the_ledger_holds(self) -> None:
        assert [purse.faults() for purse in self.purses] == [[], []]

    def teardown(self) -> None:
        """Bring back what is left, in the order in which it was bought: what was there at first is there, and what
        has expired by now would have expired anyway."""
        for sale in self.sales:
            self.counter.cancels(sale, now=self.now)
        for ordered in self.orders:
            self.cancel_order(ordered)
        for purse in self.purses:
            purse.settle(self.now)
            left = Count()
            for points, ends_at in purse.lots_by_id().values():
                left[ends_at] += points
            wanted = {durations.end(lasts, since=NOON, zone=purse.zone): points for points, lasts in OPENING}
            book = purse.as_read(self.now)
            assert +left == {end: points for end, points in wanted.items() if end is None or end > self.now}
            assert book.sums[Account.PENDING] == book.awaited == book.debt == 0
            assert purse.faults() == []


def test_what_stood_in_for_others_before_a_merge_is_put_right_after_it() -> None:
    """What came of an earn comes in parts, some of them after the merge: what is awaited is awaited of all of them."""
    shopper = Shopper()
    shopper.begin(debts=False)
    for _ in range(4):
        shopper.order_something()
    shopper.buy(lines=[(3, 12_192)], share=0, purse=0, opened=False)
    shopper.order_something()
    shopper.counter.returns(shopper.sales[0], {1: 1}, now=shopper.now)
    shopper.become_part_of_another()
    shopper.teardown()


TestShopper = Shopper.TestCase
TestShopper.settings = settings(
    max_examples=chosen().worlds,
    stateful_step_count=25,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def test_over_a_merge_and_a_split_both_together_have_what_they_had() -> None:
    counter = Counter(earns=True, points=30)
    source, target = counter.member, make_member()
    sales = [counter.sells(10_000), counter.sells(10_000, points=100)]
    merged = merge(source, target)
    counter.member = counter.purse.member = target
    sales += [counter.sells(20_000, points=50), counter.sells(10_000, points=100)]
    counter.returns(sales[0], {1: 1})
    split(merged)
    for sale in sales:
        counter.cancels(sale)
    left = []
    for counter.purse.member in (source, target):
        left.append((counter.purse.available, counter.purse.balance().awaited, counter.purse.faults()))
    assert (sum(points for points, _, _ in left), [faults for _, _, faults in left]) == (30, [[], []])
