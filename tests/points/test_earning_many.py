"""Many credits at once are what they would have been one by one, for the price of one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.sql import db
from tests.factories import NOON
from tests.points.factories import Purse, count
from wallet.ledger.book_store import Done
from wallet.ledger.errors import SourceReused
from wallet.points import earning
from wallet.points.earning import Credit

A_DAY = timedelta(days=1)


def earn_many(purse: Purse, *credits: Credit, now: Any = NOON) -> Sequence[Done]:
    with db.system_transaction():
        return earning.earn_credits(**purse.whose, credits=credits, now=now)


def test_each_credit_has_a_lot_of_its_own_age() -> None:
    purse = Purse({"lasts": "1Y"})
    earn_many(purse, Credit(5, "a", "test", earned_at=NOON - A_DAY), Credit(7, "b", "test"))
    assert (purse.lots(), purse.available, purse.faults()) == ([5, 7], 12, [])


def test_credits_at_once_leave_what_credits_one_by_one_leave() -> None:
    wanted = [Credit(n, f"s{n}", "test", earned_at=NOON - n * 200 * A_DAY, waits="1D") for n in (3, 1, 2)]
    at_once, in_turn = (Purse({"lasts": "1Y", "may_go_negative": True}) for _ in range(2))
    earn_many(at_once, *wanted)
    for one in wanted:
        earn_many(in_turn, one)
    assert (at_once.lots(), at_once.balance().totals) == (in_turn.lots(), in_turn.balance().totals)
    assert at_once.faults() == in_turn.faults() == []


def test_a_source_that_comes_twice_among_them_is_one_effect() -> None:
    purse = Purse()
    first, again = earn_many(purse, Credit(5, "a", "test"), Credit(5, "a", "test"))
    assert (first.id, first.again, again.again, purse.available) == (again.id, False, True, 5)


def test_what_was_given_before_is_not_given_again() -> None:
    purse = Purse()
    purse.earn(5, source="a")
    done = earn_many(purse, Credit(5, "a", "test"), Credit(6, "b", "test"))
    assert ([one.again for one in done], purse.available) == ([True, False], 11)


def test_one_reference_that_was_used_for_another_number_refuses_all() -> None:
    purse = Purse()
    purse.earn(5, source="a")
    with pytest.raises(SourceReused):
        earn_many(purse, Credit(6, "b", "test"), Credit(4, "a", "test"))
    assert count(purse) == 1


def test_what_is_over_already_expires_at_once() -> None:
    purse = Purse({"lasts": "1M"})
    earn_many(purse, Credit(5, "old", "test", earned_at=NOON - 90 * A_DAY), Credit(6, "new", "test"))
    assert (purse.available, purse.kinds().count("expired")) == (6, 1)


def test_a_debt_is_repaid_from_the_first_credits() -> None:
    purse = Purse({"may_go_negative": True})
    purse.adjust(-8)
    earn_many(purse, Credit(5, "a", "test"), Credit(6, "b", "test"))
    assert (purse.available, purse.balance().debt, purse.faults()) == (3, 0, [])


def test_two_hundred_credits_ask_the_database_as_often_as_one() -> None:
    purse, asked = Purse(), []
    purse.earn(1)
    event.listen(db.engine(), "before_cursor_execute", listener := lambda *given: asked.append(given[2]))
    try:
        earn_many(purse, Credit(1, "one", "test"))
        for_one = len(asked)
        earn_many(purse, *(Credit(1, f"many{n}", "test") for n in range(200)))
    finally:
        event.remove(db.engine(), "before_cursor_execute", listener)
    assert len(asked) == 2 * for_one
