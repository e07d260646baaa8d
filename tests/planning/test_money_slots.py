"""Money that many want at once: never more than there is, and nothing left that somebody was refused."""

import random
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.accounts.models import Brand
from app.sql import db
from offers.planning.spending import money_budgets, slots
from offers.planning.spending.models import EVERYWHERE
from offers.planning.spending.money_budgets import BudgetScope
from offers.planning.spending.periods import FOR_EVER, BudgetPeriod
from offers.planning.spending.slots import Charge, GroupKey, ToKeep
from tests.factories import NOON, made, make_brand, make_console_user
from tests.racing import at_once
from tests.sizes import chosen

OTHER_STORE = uuid.UUID(int=7)


class GaveUp(Exception):
    """The sale around the money failed."""


@pytest.fixture(scope="module")
def brand(app: Any) -> Brand:
    return make_brand()


@pytest.fixture(scope="module")
def by(brand: Brand) -> uuid.UUID:
    return make_console_user(brand).id


@pytest.fixture(autouse=True)
def alone(brand: Brand) -> Iterator[None]:
    yield
    with db.system_transaction():
        db.execute(text("UPDATE money_budget SET ended_at = now() WHERE brand_id = :brand"), {"brand": brand.id})


def budget(brand: Brand, by: uuid.UUID, amount: int, period: BudgetPeriod = BudgetPeriod.LIFE) -> GroupKey:
    """A budget of so much, as the group of its whole life."""
    with made():
        found = money_budgets.set_budget(
            brand_id=brand.id, scope=BudgetScope(period), amount_minor=amount, by=by, now=NOON
        )
    return GroupKey(found.id, FOR_EVER, EVERYWHERE)


def take(*charges: Charge, fail: bool = False, keep: ToKeep | None = None, now: datetime = NOON) -> bool:
    """Take amounts in a transaction of their own, which may fail afterwards."""
    try:
        with db.system_transaction():
            short, _ = slots.take_amounts(charges, now=now, keep=keep)
            if short is not None or fail:
                raise GaveUp
            return True
    except GaveUp:
        return False


def state(key: GroupKey) -> Any:
    """What a group has left, its uses, and its slots but for its own row."""
    with db.system_transaction():
        asked = text(
            "SELECT sum(left_minor) AS left, sum(uses) AS uses, count(*) - 1 AS slots FROM money_slot "
            "WHERE budget_id = :budget_id AND since = :since AND store_id = :store_id"
        )
        return db.execute(asked, key._asdict()).one()


def test_what_is_taken_is_gone(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 1_000)
    assert [take(Charge(key, amount)) for amount in (600, 500, 400, 1)] == [True, False, True, False]
    assert (state(key).left, state(key).uses) == (0, 2)


def test_an_amount_larger_than_every_slot_is_gathered(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 100_000)
    assert [take(Charge(key, amount)) for amount in (10, 90_000, 9_990)] == [True, True, True]
    assert state(key).left == 0


def test_a_budget_may_be_of_millions(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 10**12)
    assert [take(Charge(key, amount)) for amount in (9 * 10**11, 10**11, 1)] == [True, True, False]


def test_what_a_failed_sale_took_comes_back(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 500)
    take(Charge(key, 500), fail=True)
    assert take(Charge(key, 500))


def test_of_two_budgets_none_is_touched_when_one_is_short(brand: Brand, by: uuid.UUID) -> None:
    first, second = budget(brand, by, 500), budget(brand, by, 300, BudgetPeriod.YEAR)
    assert not take(Charge(first, 400), Charge(second, 400))
    assert take(Charge(first, 300), Charge(second, 300))
    assert (state(first).left, state(second).left) == (200, 0)


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("seed", range(3))
def test_64_tills_never_spend_more_and_leave_nothing_that_was_refused(brand: Brand, by: uuid.UUID, seed: int) -> None:
    """Each sells again and again; some sales fail after they took. What is left is less than anything refused since."""
    key, chance = budget(brand, by, 60_000), random.Random(seed)
    wanted = [[chance.choice((1, 90, 350, 1_200, 4_000)) for _ in range(6)] for _ in range(64)]

    def sell(till: int) -> list[tuple[int, bool]]:
        return [(amount, take(Charge(key, amount), fail=(till + amount) % 9 == 0)) for amount in wanted[till]]

    done = [one for till in at_once(64, sell) for one in till]
    spent = sum(amount for amount, taken in done if taken)
    assert spent + state(key).left == 60_000
    assert state(key).uses == sum(taken for _, taken in done)
    refused = {amount for amount, taken in done if not taken} - {0}
    for amount in sorted(refused, reverse=True):  # whoever asks again now gets it exactly if it is there
        left = state(key).left
        assert take(Charge(key, amount)) == (amount <= left)


@pytest.mark.usefixtures("crowd")
def test_without_failures_every_refused_amount_was_larger_than_what_is_left(brand: Brand, by: uuid.UUID) -> None:
    key, chance = budget(brand, by, 20_000), random.Random(5)
    wanted = [chance.randint(1, 900) for _ in range(64)]
    taken = at_once(64, lambda till: take(Charge(key, wanted[till])))
    left = state(key).left
    assert left == 20_000 - sum(amount for amount, got in zip(wanted, taken, strict=True) if got)
    assert left >= 0
    assert all(amount > left for amount, got in zip(wanted, taken, strict=True) if not got)


@pytest.mark.usefixtures("crowd")
def test_tills_that_need_several_budgets_wait_in_no_circle(brand: Brand, by: uuid.UUID) -> None:
    """Both nearly empty, so that everybody takes alone; and in two stores."""
    one, other = budget(brand, by, 4_000), budget(brand, by, 3_000, BudgetPeriod.YEAR)
    here, there = other, other._replace(store_id=OTHER_STORE)

    def sell(till: int) -> int:
        amount = 100 + till % 7
        got = take(Charge(one, amount), Charge(here if till % 2 else there, amount))
        return amount if got else 0

    spent = sum(at_once(64, sell))
    assert 4_000 - state(one).left == spent == 6_000 - state(here).left - state(there).left
    assert state(one).left < 107


@pytest.mark.usefixtures("crowd")
def test_returns_and_sales_at_once_lose_nothing(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 6_400)

    def turn(till: int) -> int:
        if till % 2:
            return take(Charge(key, 150)) * 150
        with db.system_transaction():
            slots.give_amount_back(Charge(key, 70), is_whole=True)
        return -70

    take(Charge(key, 1))
    spent = 1 + sum(at_once(64, turn))
    assert state(key).left == 6_400 - spent


@pytest.mark.usefixtures("crowd")
def test_a_lowered_budget_stops_at_once_and_a_raised_one_goes_on(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 10_000)
    change = {"brand_id": brand.id, "budget_id": key.budget_id, "by": by, "now": NOON}

    def turn(till: int) -> int:
        if till == 20:
            with db.system_transaction():
                money_budgets.change_budget(**change, revision=1, amount_minor=0)
            return 0
        return take(Charge(key, 100)) * 100

    spent = sum(at_once(64, turn))
    assert (state(key).left or 0) == -spent  # nothing is written yet where the change came first of all
    assert not take(Charge(key, 1))
    with db.system_transaction():
        money_budgets.change_budget(**change, revision=2, amount_minor=spent + 50)
    assert [take(Charge(key, amount)) for amount in (51, 50, 1)] == [False, True, False]


def test_what_comes_back_into_a_lowered_budget_is_not_spent_again(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 1_000)
    take(Charge(key, 1_000))
    with db.system_transaction():
        money_budgets.change_budget(
            brand_id=brand.id, budget_id=key.budget_id, by=by, now=NOON, revision=1, amount_minor=400
        )
        slots.give_amount_back(Charge(key, 500), is_whole=False)
    assert not take(Charge(key, 1))
    with db.system_transaction():
        slots.give_amount_back(Charge(key, 150), is_whole=False)
    assert [take(Charge(key, amount)) for amount in (51, 50)] == [False, True]


def test_what_an_open_sale_keeps_is_nobody_elses_until_its_time_is_over(brand: Brand, by: uuid.UUID) -> None:
    key, sale = budget(brand, by, 100), uuid.uuid4()
    assert take(Charge(key, 80), keep=ToKeep(sale, NOON + timedelta(minutes=5)))
    assert not take(Charge(key, 21))
    assert take(Charge(key, 21), now=NOON + timedelta(minutes=6))
    assert (state(key).left, state(key).uses) == (79, 1)


def test_what_was_kept_is_spent_even_when_the_budget_was_lowered_meanwhile(brand: Brand, by: uuid.UUID) -> None:
    key, sale = budget(brand, by, 100), uuid.uuid4()
    take(Charge(key, 80), keep=ToKeep(sale, NOON + timedelta(minutes=5)))
    with db.system_transaction():
        money_budgets.change_budget(
            brand_id=brand.id, budget_id=key.budget_id, by=by, now=NOON, revision=1, amount_minor=0
        )
        assert slots.capture_amounts([Charge(key, 80)], sale_id=sale, now=NOON) == []
    assert (state(key).left, state(key).uses) == (-80, 1)


def test_what_was_kept_of_another_amount_is_free_again(brand: Brand, by: uuid.UUID) -> None:
    key, sale = budget(brand, by, 100), uuid.uuid4()
    take(Charge(key, 80), keep=ToKeep(sale, NOON + timedelta(minutes=5)))
    with db.system_transaction():
        assert slots.capture_amounts([Charge(key, 90)], sale_id=sale, now=NOON) == [Charge(key, 90)]
        assert slots.take_amounts([Charge(key, 90)], now=NOON)[0] is None
    assert (state(key).left, state(key).uses) == (10, 1)


steps = st.lists(
    st.tuples(st.sampled_from(["take", "keep", "use", "back", "amount", "later"]), st.integers(1, 300)), max_size=12
)


@settings(max_examples=chosen().rows)
@given(amount=st.integers(0, 600), steps=steps)
def test_whatever_happens_one_at_a_time_the_money_adds_up(
    brand: Brand, by: uuid.UUID, amount: int, steps: list[tuple[str, int]]
) -> None:
    key, now, spent, uses, kept, revision = budget(brand, by, amount), NOON, 0, 0, {}, 1
    change = {"brand_id": brand.id, "budget_id": key.budget_id, "by": by}
    for act, number in steps:
        held = sum(of for of, until in kept.values() if until + slots.LATE > now)
        room = amount - spent - held
        if act == "take":
            got = take(Charge(key, number), now=now)
            assert got == (number <= room)
            spent, uses = spent + got * number, uses + got
        elif act == "keep":
            sale, until = uuid.uuid4(), now + timedelta(minutes=1)
            if take(Charge(key, number), keep=ToKeep(sale, until), now=now):
                assert number <= room
                kept[sale] = (number, until)
        elif act == "use" and kept:
            sale, (of, until) = kept.popitem()
            with db.system_transaction():
                used = not slots.capture_amounts([Charge(key, of)], sale_id=sale, now=now)
            assert used == (until > now)
            spent, uses = spent + used * of, uses + used
        elif act == "back" and spent:
            with db.system_transaction():
                slots.give_amount_back(Charge(key, min(number, spent)), is_whole=False)
            spent -= min(number, spent)
        elif act == "amount":
            amount, revision = number, revision + 1
            with db.system_transaction():
                money_budgets.change_budget(**change, revision=revision - 1, amount_minor=amount, now=now)
        elif act == "later":
            now += timedelta(minutes=2)
    left = state(key).left
    assert left is None or left == amount - spent  # nothing, before the first use
    with db.system_transaction():
        db.execute(text("UPDATE money_budget SET ended_at = now() WHERE id = :id"), {"id": key.budget_id})


def test_a_group_of_a_day_is_made_by_its_first_use(brand: Brand, by: uuid.UUID) -> None:
    key = budget(brand, by, 1_000, BudgetPeriod.DAY)._replace(since=date(2026, 5, 18))
    tomorrow = key._replace(since=date(2026, 5, 19))
    assert [take(Charge(one, 600)) for one in (key, key, tomorrow)] == [True, False, True]
