"""What was asked back when it was spent is taken when it comes back: no more, no less, and with the right age."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.sql import db
from tests.factories import NOON, made
from tests.points.factories import Purse, count
from wallet.ledger.models import Account
from wallet.points import returns, statements
from wallet.points.returns import Policy

DAY = timedelta(days=1)


@pytest.fixture
def purse() -> Purse:
    return Purse()


def test_what_comes_back_of_a_returned_earn_is_taken(purse: Purse) -> None:
    earned = purse.earn(100)
    spend = purse.spend(100)
    purse.take_back(earned.id)
    awaited = purse.balance().awaited
    done = purse.give_back(spend.id)
    assert (awaited, done.recalled, done.available, purse.balance().awaited, purse.faults()) == (100, 100, 0, 0, [])


def test_it_is_asked_back_once(purse: Purse) -> None:
    earned = purse.earn(100)
    purse.spend(100)
    again = [purse.take_back(earned.id, source="r").again for _ in range(2)]
    assert (again, purse.balance().awaited) == ([False, True], 100)


def test_what_is_earned_later_is_not_touched(purse: Purse) -> None:
    earned = purse.earn(100)
    spend = purse.spend(100)
    purse.take_back(earned.id)
    purse.earn(30)
    purse.give_back(spend.id, points=60)
    assert (purse.available, purse.balance().awaited) == (30, 40)


def test_a_hold_that_ends_by_itself_brings_back_what_is_taken_then(purse: Purse) -> None:
    earned = purse.earn(100)
    purse.hold(100, ends_at=NOON + DAY)
    purse.take_back(earned.id)
    read = purse.as_read(NOON + 2 * DAY)
    purse.settle(NOON + 2 * DAY)
    assert (read.available, read.awaited, purse.available, purse.faults()) == (0, 0, 0, [])


def test_what_comes_back_after_its_time_was_asked_back_and_is_not_asked_again_of_others(purse: Purse) -> None:
    earned = purse.earn(100, lasts="1D")
    spend = purse.spend(100)
    purse.take_back(earned.id)
    purse.give_back(spend.id, now=NOON + 2 * DAY)
    purse.earn(50, now=NOON + 2 * DAY)
    again = purse.spend(50, now=NOON + 2 * DAY)
    purse.give_back(again.id, now=NOON + 2 * DAY)
    assert (purse.available, purse.balance().awaited, count(purse, kind="expired")) == (50, 0, 0)


def test_points_that_were_taken_in_their_place_come_back_as_old_as_they_were(purse: Purse) -> None:
    kept = purse.earn(100, lasts="1Y")
    earned = purse.earn(100, lasts="1D")
    spend = purse.spend(100)
    purse.take_back(earned.id)
    purse.give_back(spend.id, now=NOON + 2 * DAY)
    left = {id: points for id, (points, _) in purse.lots_by_id().items() if points}
    assert (left, purse.faults()) == ({kept.id: 100}, [])


def test_it_does_not_matter_which_of_two_spends_comes_back_first(purse: Purse) -> None:
    """Bought, bought and returned: the spend of what is still earned leaves nothing either."""
    purse.earn(100, lasts="1Y")
    first = purse.spend(100)
    earned = purse.earn(100)
    second = purse.spend(100)
    purse.take_back(earned.id)
    left = []
    for spend in (first, second):
        purse.give_back(spend.id)
        left.append(purse.available)
    lots = [(points, end is None) for points, end in purse.lots_by_id().values() if points]
    assert (left, lots, purse.faults()) == ([0, 100], [(100, False)], [])


def test_a_policy_that_takes_only_what_waits_asks_for_nothing_else(purse: Purse) -> None:
    earned = purse.earn(100)
    spend = purse.spend(100)
    purse.take_back(earned.id, Policy.ONLY_PENDING)
    purse.give_back(spend.id)
    assert (purse.available, purse.balance().awaited) == (100, 0)


def test_what_a_hold_keeps_back_is_taken_before_a_debt_is_repaid() -> None:
    purse = Purse({"may_go_negative": True})
    earned = purse.earn(100)
    spend = purse.spend(100)
    purse.take_back(earned.id)
    purse.adjust(-40)
    purse.give_back(spend.id)
    balance = purse.balance()
    assert (balance.available, balance.awaited, balance.debt, purse.faults()) == (0, 0, 40, [])


def test_the_proof_finds_points_that_were_asked_back_and_kept(purse: Purse, monkeypatch: Any) -> None:
    earned = purse.earn(100)
    spend = purse.spend(100)
    purse.take_back(earned.id)
    monkeypatch.setattr(returns, "recall_points", lambda *_, **__: ())
    purse.give_back(spend.id)
    assert (purse.available, purse.faults()) == (100, ["asked_back_and_kept"])


def test_the_past_counts_an_exchange_as_nothing(purse: Purse) -> None:
    purse.earn(100, lasts="1Y")
    earned = purse.earn(100, lasts="1M")
    spend = purse.spend(100)
    purse.take_back(earned.id, points=60)
    purse.give_back(spend.id, now=NOON + DAY)
    asked = {"at": NOON + DAY, "now": NOON + 2 * DAY}
    with made():
        sums = statements.sums_at(**purse.whose, **asked)
    assert (count(purse, kind="exchanged"), sums[Account.AVAILABLE]) == (1, purse.available)


def test_points_that_repaid_a_debt_come_back_when_what_was_owed_does() -> None:
    purse = Purse({"may_go_negative": True})
    earned = purse.earn(100, lasts="1D")
    spend = purse.spend(100)
    purse.take_back(earned.id, Policy.UNLIMITED)
    kept = purse.earn(100, lasts="1Y")
    purse.give_back(spend.id, now=NOON + 2 * DAY)
    left = {id: points for id, (points, _) in purse.lots_by_id().items() if points}
    assert (left, purse.balance().debt, purse.faults()) == ({kept.id: 100}, 0, [])


def test_what_is_owed_of_points_that_come_back_too_late_is_owed_no_more() -> None:
    purse = Purse({"may_go_negative": True})
    earned = purse.earn(100, lasts="1D")
    spend = purse.spend(100)
    purse.take_back(earned.id, Policy.UNLIMITED)
    purse.give_back(spend.id, now=NOON + 2 * DAY)
    assert (purse.available, purse.balance().debt, purse.faults()) == (0, 0, [])


def test_what_was_settled_and_is_owed_again_is_paid_after_what_was_owed_meanwhile() -> None:
    purse = Purse({"may_go_negative": True})
    first, second = purse.earn(100), purse.earn(100)
    purse.spend(200)
    purse.take_back(first.id, Policy.UNLIMITED, points=50)
    purse.earn(50)
    purse.take_back(second.id, Policy.UNLIMITED)
    purse.take_back(first.id, Policy.UNLIMITED, points=50)
    purse.earn(100)
    repaid = [entry.about_id for entry in purse.entries() if entry.kind == "debt_repaid"]
    assert (repaid, purse.balance().debt) == ([first.id, second.id], 50)


@pytest.mark.parametrize("whose", ["the same transaction acts for nobody", "for the member"])
def test_nobody_has_points_to_spend_while_others_are_owed(purse: Purse, whose: str) -> None:
    purse.earn(100)
    owe = text("UPDATE points_balance SET debt = 5 WHERE member_id = :id")

    def act() -> None:
        with made():
            db.execute(owe, {"id": purse.member.id})
            if whose == "for the member":
                db.become(member_id=purse.member.id)

    with pytest.raises((IntegrityError, CheckViolation), match="owed"):
        act()
    assert purse.available == 100
