"""What sales cost is held against budgets in money: asked before, kept while a sale is open, given back after."""

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.errors import Problem
from app.sql import db
from offers.checkout.discounts import LeftOutReason
from offers.checkout.errors import SaleCurrencyForeign
from offers.planning.models import Offer
from offers.planning.spending import jobs, money_budgets, slots
from offers.planning.spending.errors import BudgetSpent
from offers.planning.spending.models import MoneyBudget
from offers.planning.spending.periods import BudgetPeriod
from tests.checkout.factories import Counter, minutes
from tests.coupons.factories import claim, redeem
from tests.factories import NOON, made, make_console_user, make_member, make_store
from tests.planning.factories import make_offer
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.purchases.basket import BasketLine

DAY = timedelta(days=1)


class Purser(Counter):
    """A counter whose brand sets budgets."""

    def shows(self, budget: MoneyBudget, *, now: Any = NOON) -> dict[str, Any]:
        """A budget as the console reads it."""
        with db.system_transaction():
            found = db.get(MoneyBudget, budget.id)
            return money_budgets.describe_budgets([found], now=now)[0]

    def spent(self, budget: MoneyBudget, *, now: Any = NOON) -> tuple[int, int]:
        """What is spent, and what is left."""
        shown = self.shows(budget, now=now)
        return shown["spent_minor"], shown["left_minor"]


@pytest.fixture
def counter() -> Purser:
    return Purser()


def refusal(do: Any, *given: Any, **named: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        do(*given, **named)
    return caught.value


def test_a_sale_costs_its_budget_what_is_off(counter: Purser) -> None:
    budget = counter.sets(1_000)
    counter.sells(2_000, 500, coupons=[counter.percent(10)])
    assert counter.spent(budget) == (250, 750)


def test_a_discount_that_costs_more_than_is_left_is_refused_whole(counter: Purser) -> None:
    budget = counter.sets(199)
    assert isinstance(refusal(counter.sells, 2_000, coupons=[counter.percent(10)]), BudgetSpent)
    assert counter.spent(budget) == (0, 199)
    counter.sells(1_990, coupons=[counter.percent(10)])
    assert counter.spent(budget) == (199, 0)


def test_a_quote_leaves_out_what_the_budget_is_too_small_for_and_says_why(counter: Purser) -> None:
    counter.sets(150)
    dear, cheap = counter.percent(10, rank=1), counter.percent(5, rank=2)
    quote = counter.quotes(2_000, coupons=[dear, cheap])
    assert [step.amount_minor for step in quote.stacked.steps] == [100]
    assert {left.reason for left in quote.stacked.left_out} == {LeftOutReason.REFUSED}
    assert [one.code() for one in quote.refusals.values()] == ["budget_spent"]


def test_the_points_that_a_coupon_gives_cost_what_they_are_worth(counter: Purser) -> None:
    budget = counter.sets(1_000)
    counter.sells(2_000, coupons=[counter.coupon(benefit={"kind": "points", "points": 40})])
    assert counter.spent(budget) == (200, 800)


def test_points_that_pay_cost_no_budget() -> None:
    counter = Purser(points=1_000)
    budget = counter.sets(100)
    counter.sells(2_000, points=100)
    assert counter.spent(budget) == (0, 100)


def test_a_budget_is_of_its_offer_its_store_and_its_period(counter: Purser) -> None:
    coupon, other = counter.percent(10), counter.percent(10)
    scopes = [{}, {"offer_id": coupon.offer_id}, {"store_id": counter.store.id}, {"each_store": True}]
    held = [counter.sets(1_000, period, **scope) for period, scope in zip(BudgetPeriod, scopes, strict=False)]
    strange = [
        counter.sets(1_000, offer_id=other.offer_id),
        counter.sets(1_000, store_id=make_store(counter.brand).id),
    ]
    counter.sells(1_000, coupons=[coupon])
    assert [counter.spent(one)[0] for one in (*held, *strange)] == [100, 100, 100, 100, 0, 0]


def test_each_store_has_a_budget_of_its_own(counter: Purser) -> None:
    budget = counter.sets(100, each_store=True)
    counter.sells(1_000, coupons=[counter.percent(10)])
    assert isinstance(refusal(counter.sells, 1_000, coupons=[counter.percent(10)]), BudgetSpent)
    elsewhere = Purser.__new__(Purser)
    elsewhere.__dict__ = counter.__dict__ | {"store": make_store(counter.brand)}
    elsewhere.sells(1_000, coupons=[counter.percent(10)])
    shown = counter.shows(budget)
    assert (shown["spent_minor"], shown["left_minor"], shown["stores_used"]) == (200, 0, 2)


def test_a_new_day_has_a_whole_budget_and_says_when_it_begins(counter: Purser) -> None:
    budget, (one, other) = counter.sets(100, BudgetPeriod.DAY), (counter.percent(10), counter.percent(10))
    counter.sells(1_000, coupons=[one])
    refused = refusal(counter.sells, 1_000, coupons=[other])
    assert refused.body(language="fr", instance="")["facts"] == {"again_at": "2026-05-18T22:00:00Z"}
    counter.sells(500, coupons=[other], now=NOON + DAY)
    assert counter.spent(budget, now=NOON + DAY) == (50, 50)


def test_a_sale_that_was_queued_counts_in_the_period_in_which_it_was_made(counter: Purser) -> None:
    budget = counter.sets(100, BudgetPeriod.DAY)
    counter.sells(1_000, coupons=[counter.percent(10)], bought_at=NOON, now=NOON + timedelta(hours=20))
    assert counter.spent(budget)[0] == 100
    assert counter.spent(budget, now=NOON + timedelta(hours=20))[0] == 0


def test_a_basket_in_another_currency_is_no_cost_of_this_budget(counter: Purser) -> None:
    counter.sets(1_000)
    assert isinstance(refusal(counter.sells, 1_000, coupons=[counter.percent(10)], currency="CHF"), SaleCurrencyForeign)


def test_a_lifted_budget_holds_nothing_back(counter: Purser) -> None:
    coupon, budget = counter.percent(10), counter.sets(0)
    assert isinstance(refusal(counter.sells, 1_000, coupons=[coupon]), BudgetSpent)
    with made():
        money_budgets.lift_budget(
            brand_id=counter.brand.id, budget_id=budget.id, revision=1, by=make_console_user(counter.brand).id, now=NOON
        )
    counter.sells(1_000, coupons=[coupon])


def test_an_open_sale_keeps_its_money_and_a_cancelled_one_frees_it(counter: Purser) -> None:
    budget = counter.sets(100)
    coupons = [counter.percent(10), counter.percent(10)]
    asked = counter.asks(1_000, coupons=coupons[:1])
    sale = counter.opens(asked)
    assert (counter.shows(budget)["kept_minor"], counter.shows(budget)["left_minor"]) == (100, 0)
    assert isinstance(refusal(counter.sells, 1_000, coupons=coupons[1:]), BudgetSpent)
    counter.cancels(sale)
    counter.sells(1_000, coupons=coupons[1:])


def test_what_an_open_sale_kept_pays_for_it_once(counter: Purser) -> None:
    budget = counter.sets(100)
    asked = counter.asks(1_000, coupons=[counter.percent(10)])
    counter.opens(asked)
    counter.opens(asked)
    counter.quotes(1_000, coupons=[], receipt=asked.receipt)
    counter.commits(asked)
    counter.commits(asked)
    assert counter.spent(budget) == (100, 0)
    assert (counter.shows(budget)["uses"], counter.shows(budget)["kept_minor"]) == (1, 0)


def test_a_quote_of_a_sale_that_is_open_counts_with_what_it_keeps(counter: Purser) -> None:
    counter.sets(100)
    coupon = counter.percent(10)
    asked = counter.asks(1_000, coupons=[coupon])
    counter.opens(asked)
    assert counter.quotes(1_000, coupons=[coupon], receipt=asked.receipt).refusals == {}


def test_a_sale_that_changes_while_it_is_open_pays_what_it_comes_to(counter: Purser) -> None:
    budget, coupon = counter.sets(100), counter.percent(10)
    counter.opens(counter.asks(1_000, coupons=[coupon], receipt="R"))
    counter.commits(counter.asks(700, coupons=[coupon], receipt="R"))
    assert counter.spent(budget) == (70, 30)


def test_what_lapsed_is_there_for_others(counter: Purser) -> None:
    counter.sets(100)
    counter.opens(counter.asks(1_000, coupons=[counter.percent(10)]))
    counter.sells(1_000, coupons=[counter.percent(10)], now=NOON + minutes(6))


def test_units_that_come_back_give_back_their_part_and_all_of_them_everything(counter: Purser) -> None:
    budget = counter.sets(1_000)
    coupon = counter.coupon(benefit={"kind": "amount", "amount_minor": 100, "currency": "EUR"})
    sale = counter.sells(BasketLine(1, 3, 999), BasketLine(2, 1, 500), coupons=[coupon])
    spent = [counter.spent(budget)[0]]
    for position in (1, 2, 1, 1):
        counter.returns(sale, {position: 1})
        spent.append(counter.spent(budget)[0])
    assert (spent[0], spent[-1]) == (100, 0)
    assert spent == sorted(spent, reverse=True)


def test_points_of_a_coupon_come_back_to_the_budget_with_the_last_unit(counter: Purser) -> None:
    budget = counter.sets(1_000)
    sale = counter.sells(BasketLine(1, 2, 2_000), coupons=[counter.coupon(benefit={"kind": "points", "points": 40})])
    counter.returns(sale, {1: 1})
    assert counter.spent(budget)[0] == 200
    counter.returns(sale, {1: 1})
    assert counter.spent(budget)[0] == 0


def test_points_that_were_spent_meanwhile_cost_the_budget_still() -> None:
    counter = Purser()
    budget = counter.sets(1_000)
    sale = counter.sells(2_000, coupons=[counter.coupon(benefit={"kind": "points", "points": 40})])
    counter.sells(1_000, points=30)
    counter.cancels(sale)
    assert counter.spent(budget)[0] == 150


def test_a_cancelled_sale_gives_back_in_its_own_period(counter: Purser) -> None:
    budget = counter.sets(100, BudgetPeriod.DAY)
    sale = counter.sells(1_000, coupons=[counter.percent(10)])
    counter.cancels(sale, now=NOON + DAY)
    assert (counter.spent(budget)[0], counter.spent(budget, now=NOON + DAY)[0]) == (0, 0)


def test_a_sale_that_is_reopened_keeps_its_money_and_pays_it_once(counter: Purser) -> None:
    budget, coupon = counter.sets(100), counter.percent(10)
    sale = counter.sells(1_000, coupons=[coupon], receipt="R")
    counter.reopens(sale)
    assert (counter.shows(budget)["kept_minor"], counter.spent(budget)) == (100, (0, 0))
    counter.sells(800, coupons=[coupon], receipt="R")
    assert (counter.spent(budget), counter.shows(budget)["kept_minor"]) == ((80, 20), 0)


def live(offer: Offer) -> Any:
    with db.system_transaction():
        asked = text("SELECT to_json(spent_until)::text FROM live_offer WHERE offer_id = :offer")
        return db.execute(asked, {"offer": offer.id}).scalar()


def test_an_offer_without_money_is_noted_until_there_is_some_again(counter: Purser) -> None:
    offer, other = make_offer(counter.brand, member_limit=9), make_offer(counter.brand)
    day = counter.sets(100, BudgetPeriod.DAY, offer_id=offer.id)
    coupons = [claim(counter.member, offer) for _ in range(2)]
    assert live(offer) is None
    sale = counter.sells(980, coupons=coupons[:1])  # two cents are left, fewer than a use costs
    assert (live(offer), live(other)) == ('"2026-05-18T22:00:00+00:00"', None)
    with pytest.raises(BudgetSpent):
        claim(make_member(), offer)
    claim(make_member(), other)
    counter.cancels(sale)
    assert live(offer) is None
    assert counter.spent(day) == (0, 100)


def test_a_brand_without_money_has_no_offer_to_show(counter: Purser) -> None:
    offer = make_offer(counter.brand)
    counter.sets(0)
    assert live(offer) == '"infinity"'
    assert live(make_offer(counter.brand)) == '"infinity"'


def test_what_the_next_day_brings_is_noted_by_the_job(counter: Purser) -> None:
    offer = make_offer(counter.brand)
    counter.sets(0, BudgetPeriod.DAY)
    with db.system_transaction():
        jobs.note_spent(now=NOON + DAY)
    assert live(offer) == '"2026-05-19T22:00:00+00:00"'


def test_crowded_groups_are_gathered_and_add_up_to_the_same(counter: Purser) -> None:
    budget = counter.sets(10_000, BudgetPeriod.DAY)
    counter.sells(1_000, coupons=[counter.percent(10)])
    asked = text("SELECT count(*) FROM money_slot WHERE budget_id = :budget")
    with db.system_transaction():
        [charge] = [
            slots.Charge(slots.GroupKey(*row), 1)
            for row in db.execute(
                text("SELECT budget_id, since, store_id FROM money_slot WHERE budget_id = :budget LIMIT 1"),
                {"budget": budget.id},
            )
        ]
        for _ in range(80):
            slots.give_amount_back(charge, is_whole=False)
        before = db.execute(asked, {"budget": budget.id}).scalar()
    jobs.gather_money_slots(now=NOON + 8 * DAY)
    with db.system_transaction():
        assert before > 80 > 3 > db.execute(asked, {"budget": budget.id}).scalar()
    assert counter.spent(budget)[0] == 20


def test_the_name_of_a_sale_whose_time_is_over_is_forgotten(counter: Purser) -> None:
    budget = counter.sets(1_000)
    counter.opens(counter.asks(1_000, coupons=[counter.percent(10)]))
    jobs.gather_money_slots(now=NOON + minutes(9))
    with db.system_transaction():
        asked = text("SELECT count(held_for) FROM money_slot WHERE budget_id = :budget")
        assert db.execute(asked, {"budget": budget.id}).scalar() == 0
    assert counter.spent(budget) == (0, 1_000)


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_64_tills_sell_until_the_money_is_gone_and_no_further() -> None:
    counter, chance = Purser(), random.Random(3)
    offer = make_offer(counter.brand, member_limit=64)
    budget = counter.sets(2_500, offer_id=offer.id)
    counter.sets(2_700, BudgetPeriod.MONTH)
    prices = [chance.randint(100, 2_000) for _ in range(64)]
    asked = []
    for price in prices:
        member = make_member()
        coupon, card = claim(member, offer), make_card(member, counter.brand)
        asked.append(counter.asks(price, coupons=[coupon], code=card.code, receipt=uuid.uuid4().hex))

    def sell(till: int) -> int | None:
        try:
            return counter.commits(asked[till]).payable_minor
        except BudgetSpent:
            return None

    sold = at_once(64, sell)
    off = [price - paid for price, paid in zip(prices, sold, strict=True) if paid is not None]
    assert counter.spent(budget) == (sum(off), 2_500 - sum(off))
    refused = [price for price, paid in zip(prices, sold, strict=True) if paid is None]
    assert refused
    assert all((price + 5) // 10 > 2_500 - sum(off) for price in refused)


def test_a_budget_that_was_made_nothing_stops_a_redemption_by_itself_too(counter: Purser) -> None:
    coupon, other = counter.percent(10), counter.percent(10)
    redeem(other, counter.terminal)
    counter.sets(0, offer_id=coupon.offer_id)
    assert isinstance(refusal(redeem, coupon, counter.terminal), BudgetSpent)


@pytest.mark.slow
@pytest.mark.usefixtures("crowd")
def test_whatever_tills_do_at_once_budgets_and_sales_agree() -> None:
    """Opened, closed, cancelled, brought back, while the brand changes its mind; two budgets bear each sale."""
    counter = Purser()
    offer = make_offer(counter.brand, member_limit=64)
    held = [counter.sets(3_000, offer_id=offer.id), counter.sets(2_600, BudgetPeriod.WEEK)]
    by = make_console_user(counter.brand).id
    asked = []
    for number in range(48):
        member = make_member()
        coupon, card = claim(member, offer), make_card(member, counter.brand)
        line = BasketLine(1, 2, 400 + 50 * (number % 9))
        asked.append(counter.asks(line, coupons=[coupon], code=card.code, receipt=uuid.uuid4().hex))

    def act(number: int) -> None:
        if number in (10, 30):
            with db.system_transaction():
                whose = {"brand_id": counter.brand.id, "budget_id": held[number // 30].id, "by": by, "now": NOON}
                money_budgets.change_budget(**whose, revision=1, amount_minor=2_000)
            return
        try:
            sale = counter.opens(asked[number]) if number % 2 else counter.commits(asked[number])
            if number % 4 == 3:
                sale = counter.commits(asked[number])
            if number % 5 == 0:
                counter.returns(sale, {1: 1}) if sale.closed_at else counter.cancels(sale)
        except BudgetSpent:
            pass

    at_once(48, act)
    with db.system_transaction():
        asked_for = text(
            "SELECT coalesce(sum((line->>'promotion_minor')::int), 0) FROM sale, jsonb_array_elements(trace->'lines')"
            " AS line WHERE brand_id = :brand AND state = 'closed'"
        )
        sold = db.execute(asked_for, {"brand": counter.brand.id}).scalar()
        halves = text(
            "SELECT coalesce(sum((trace->>'promotion_minor')::int - (trace->>'promotion_minor')::int / 2), 0)"
            " FROM sale WHERE brand_id = :brand AND state = 'partially_returned'"
        )
        sold += db.execute(halves, {"brand": counter.brand.id}).scalar()
    assert [counter.spent(one)[0] for one in held] == [sold, sold]
    assert sold > 500
