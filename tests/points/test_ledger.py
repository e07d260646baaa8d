"""What each verb does to balance, lots and entries."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.sql import db
from tests.factories import NOON
from tests.points.factories import A_MINUTE, Purse
from wallet.ledger import settlement
from wallet.ledger.errors import (
    DebtNotAllowed,
    HoldOver,
    MoreThanMoved,
    MovementUnknown,
    NotEnoughPoints,
    PointsNotPending,
    PointsUnknown,
    SourceReused,
)
from wallet.ledger.models import EntryKind
from wallet.points.returns import Policy

DAY = timedelta(days=1)


def test_what_is_earned_can_be_spent() -> None:
    purse = Purse()
    purse.earn(100)
    purse.spend(30)
    assert (purse.available, purse.lots(), purse.kinds()) == (70, [70], ["earned", "spent"])


def test_more_than_there_is_cannot_be_spent_and_the_refusal_counts() -> None:
    purse = Purse()
    purse.earn(100)
    with pytest.raises(NotEnoughPoints) as refusal:
        purse.spend(130)
    assert refusal.value.facts == {"required": 130, "available": 100, "missing": 30}


def test_an_unknown_currency_holds_nothing() -> None:
    purse = Purse()
    purse.currency.id = uuid.uuid4()
    with pytest.raises(PointsUnknown):
        purse.earn(1)


def test_first_in_first_out() -> None:
    """Earn 575, spend 500: 75 left. Earn 805, spend 500: takes 75 and 425. After the lots' lifetime: nothing."""
    purse = Purse({"lasts": "30D"})
    purse.earn(575)
    purse.spend(500)
    assert purse.available == 75
    purse.earn(805, now=NOON + A_MINUTE)
    spend = purse.spend(500, now=NOON + 2 * A_MINUTE)
    assert sorted(spend.movements[0].parts.values()) == [-425, -75]
    assert purse.lots() == [0, 380]
    purse.settle(NOON + 31 * DAY)
    assert (purse.available, purse.lots()) == (0, [0, 0])


def test_an_expired_lot_with_earlier_spending_does_not_reduce_those_still_valid() -> None:
    """The balance collapse: "credits not expired minus all debits" would say 100 - 80 = 20."""
    purse = Purse()
    purse.earn(100, lasts="1D")
    purse.spend(80)
    purse.earn(100, lasts="30D")
    purse.settle(NOON + 2 * DAY)
    assert (purse.available, purse.lots()) == (100, [0, 100])


def test_the_soonest_expiry_pays_first_then_the_oldest() -> None:
    purse = Purse()
    purse.earn(10)
    purse.earn(10, lasts="20D", now=NOON + A_MINUTE)
    purse.earn(10, lasts="10D", now=NOON + 2 * A_MINUTE)
    purse.spend(15, now=NOON + 3 * A_MINUTE)
    assert purse.lots() == [10, 5, 0]


def test_a_spend_over_many_small_lots_takes_as_many_as_it_needs() -> None:
    purse = Purse()
    for number in range(150):
        purse.earn(1, now=NOON + number * A_MINUTE)
    purse.spend(140, now=NOON + DAY)
    assert purse.lots() == [0] * 140 + [1] * 10


@pytest.mark.parametrize("verb", ["earn", "spend", "hold"])
def test_the_same_source_twice_is_one_effect(verb: str) -> None:
    purse = Purse()
    purse.earn(100)
    first, second = (getattr(purse, verb)(10, source="till 1, receipt 7") for _ in range(2))
    assert (first.id, first.again, second.again) == (second.id, False, True)
    assert purse.available == (110 if verb == "earn" else 90)


@pytest.mark.parametrize("verb", ["earn", "spend", "hold", "adjust"])
def test_the_same_source_for_another_number_is_refused(verb: str) -> None:
    purse = Purse()
    purse.earn(100)
    getattr(purse, verb)(10, source="7")
    with pytest.raises(SourceReused):
        getattr(purse, verb)(11, source="7")


def test_points_wait_and_then_activate_by_themselves() -> None:
    purse = Purse({"waits": "14D", "lasts": "1M"})
    purse.earn(50)
    assert (purse.balance().pending, purse.available) == (50, 0)
    purse.settle(NOON + 14 * DAY)
    assert (purse.balance().pending, purse.available) == (0, 50)
    assert purse.entries()[-1].occurred_at == NOON + 14 * DAY


def test_validity_counts_from_activation() -> None:
    purse = Purse({"waits": "14D", "lasts": "1M"})
    purse.earn(50)
    purse.settle(NOON + 60 * DAY)
    assert purse.entries()[-1].kind == "expired"
    assert purse.entries()[-1].occurred_at == datetime(2026, 7, 1, 22, 0, tzinfo=UTC)  # 1 June + 1 month, in Paris


def test_points_wait_until_somebody_says_so() -> None:
    purse = Purse({"waits": "on_action", "lasts": "10D"})
    earned = purse.earn(50)
    purse.settle(NOON + 400 * DAY)
    assert purse.balance().pending == 50
    purse.activate(earned.id, now=NOON + 400 * DAY)
    assert purse.activate(earned.id, now=NOON + 401 * DAY).again
    assert purse.available == 50
    purse.settle(NOON + 410 * DAY)
    assert purse.available == 0


def test_pending_points_can_be_cancelled_in_parts() -> None:
    purse = Purse({"waits": "on_action"})
    earned = purse.earn(50)
    purse.cancel(earned.id, points=20)
    assert purse.balance().pending == 30
    purse.cancel(earned.id)
    assert purse.balance().pending == 0
    with pytest.raises(PointsNotPending):
        purse.activate(earned.id)


def test_active_points_cannot_be_cancelled() -> None:
    purse = Purse()
    with pytest.raises(PointsNotPending):
        purse.cancel(purse.earn(50).id)


def test_what_is_held_cannot_be_spent() -> None:
    purse = Purse()
    purse.earn(100)
    purse.hold(80)
    assert (purse.available, purse.balance().held) == (20, 80)
    with pytest.raises(NotEnoughPoints):
        purse.spend(21)


def test_a_hold_is_captured_once() -> None:
    purse = Purse()
    purse.earn(100)
    hold = purse.hold(80)
    purse.capture(hold.id, source="sale 1")
    assert purse.capture(hold.id, source="sale 1").again
    with pytest.raises(HoldOver):
        purse.capture(hold.id, source="sale 2")
    assert (purse.available, purse.balance().held, purse.balance().totals["hold_captured"]) == (20, 0, 80)


def test_of_a_hold_that_is_captured_in_part_the_rest_is_free() -> None:
    purse = Purse()
    purse.earn(50, lasts="1D")
    purse.earn(50, lasts="2D")
    hold = purse.hold(80)
    purse.capture(hold.id, points=60)
    assert (purse.available, purse.lots(), purse.balance().held) == (40, [0, 40], 0)
    with pytest.raises(HoldOver):
        purse.release(hold.id)


def test_no_more_is_captured_than_held() -> None:
    purse = Purse()
    purse.earn(100)
    with pytest.raises(MoreThanMoved):
        purse.capture(purse.hold(10).id, points=11)


def test_a_hold_is_released_once() -> None:
    purse = Purse()
    purse.earn(100)
    hold = purse.hold(80)
    purse.release(hold.id)
    assert purse.release(hold.id).again
    assert (purse.available, purse.balance().held) == (100, 0)


def test_a_hold_ends_by_itself() -> None:
    purse = Purse()
    purse.earn(100)
    hold = purse.hold(80, ends_at=NOON + 15 * A_MINUTE)
    with pytest.raises(HoldOver):
        purse.capture(hold.id, now=NOON + 15 * A_MINUTE)
    purse.spend(100, now=NOON + 15 * A_MINUTE)
    assert purse.release(hold.id, now=NOON + 15 * A_MINUTE).again
    assert (purse.available, purse.kinds()) == (0, ["earned", "held", "hold_released", "spent"])


def test_what_comes_back_to_a_lot_whose_time_is_over_expires() -> None:
    purse = Purse({"lasts": "1D"})
    purse.earn(100)
    purse.hold(80, ends_at=NOON + 3 * DAY)
    purse.settle(NOON + 10 * DAY)
    assert [(entry.kind, entry.amount, entry.occurred_at - NOON) for entry in purse.entries()[2:]] == [
        ("expired", 20, DAY),
        ("hold_released", 80, 3 * DAY),
        ("expired", 80, 3 * DAY),
    ]


def test_a_spend_is_given_back_to_its_lots_as_old_as_they_were() -> None:
    purse = Purse()
    purse.earn(75, lasts="5D")
    purse.earn(805, lasts="9D")
    spend = purse.spend(500)
    purse.give_back(spend.id)
    assert purse.lots() == [75, 805]
    purse.settle(NOON + 6 * DAY)
    assert purse.lots() == [0, 805]


def test_a_part_given_back_leaves_what_a_smaller_spend_would_have_taken() -> None:
    purse = Purse()
    purse.earn(75, lasts="5D")
    purse.earn(805, lasts="9D")
    spend = purse.spend(500)
    purse.give_back(spend.id, points=450)
    assert purse.lots() == [25, 805]
    purse.give_back(spend.id, points=50)
    with pytest.raises(MoreThanMoved):
        purse.give_back(spend.id, points=1)


def test_a_captured_hold_is_given_back_too() -> None:
    purse = Purse()
    purse.earn(50, lasts="1D")
    purse.earn(50, lasts="2D")
    capture = purse.capture(purse.hold(80).id, points=60)
    purse.give_back(capture.id, points=20)
    assert purse.lots() == [10, 50]
    purse.give_back(capture.id)
    assert purse.lots() == [50, 50]


def test_what_is_given_back_to_an_expired_lot_expires_again() -> None:
    purse = Purse({"lasts": "1D"})
    purse.earn(100)
    spend = purse.spend(60)
    purse.give_back(spend.id, now=NOON + 2 * DAY)
    assert purse.available == 0
    assert purse.balance().totals == {"earned": 100, "spent": 60, "refunded": 60, "expired": 100}


def test_only_a_spend_can_be_given_back() -> None:
    purse = Purse()
    with pytest.raises(MovementUnknown):
        purse.give_back(purse.earn(10).id)


@pytest.mark.parametrize(
    ("policy", "available", "debt"),
    [(Policy.ONLY_PENDING, 40, 0), (Policy.WITHIN_BALANCE, 0, 0), (Policy.UNLIMITED, 0, 60)],
)
def test_an_earn_is_taken_back_as_far_as_the_policy_goes(policy: Policy, available: int, debt: int) -> None:
    purse = Purse({"may_go_negative": True})
    earned = purse.earn(100)
    purse.spend(60)
    purse.take_back(earned.id, policy)
    assert (purse.available, purse.balance().debt) == (available, debt)


@pytest.mark.parametrize("policy", list(Policy))
def test_pending_points_are_taken_back_by_every_policy(policy: Policy) -> None:
    purse = Purse({"waits": "14D"})
    earned = purse.earn(100)
    purse.take_back(earned.id, policy, points=30)
    assert purse.balance().pending == 70


def test_the_next_points_repay_a_debt() -> None:
    purse = Purse({"may_go_negative": True})
    earned = purse.earn(100)
    purse.spend(60)
    purse.take_back(earned.id, Policy.UNLIMITED)
    purse.earn(50)
    assert (purse.available, purse.balance().debt) == (0, 10)
    purse.earn(50)
    assert (purse.available, purse.balance().debt) == (40, 0)


def test_a_debt_does_not_arise_where_it_is_not_allowed() -> None:
    purse = Purse()
    earned = purse.earn(100)
    purse.spend(60)
    with pytest.raises(DebtNotAllowed):
        purse.take_back(earned.id, Policy.UNLIMITED)


def test_what_has_expired_is_not_taken_back_from_points_that_are_good() -> None:
    purse = Purse()
    earned = purse.earn(100, lasts="1D")
    purse.earn(100)
    purse.take_back(earned.id, now=NOON + 2 * DAY)
    assert purse.available == 100


def test_its_own_lot_pays_first_for_what_is_taken_back() -> None:
    purse = Purse()
    purse.earn(50, lasts="1D")
    earned = purse.earn(50)
    purse.take_back(earned.id)
    assert purse.lots() == [50, 0]


def test_buying_and_returning_everything_is_the_identity() -> None:
    purse = Purse({"may_go_negative": True})
    purse.earn(300, lasts="9D")
    earned, spent = purse.earn(40), purse.spend(320)
    purse.give_back(spent.id)
    purse.take_back(earned.id, Policy.UNLIMITED)
    assert (purse.available, purse.balance().debt, purse.lots()) == (300, 0, [300, 0])


def test_no_more_is_taken_back_than_was_earned() -> None:
    purse = Purse()
    earned = purse.earn(100)
    purse.take_back(earned.id, points=60)
    with pytest.raises(MoreThanMoved):
        purse.take_back(earned.id, points=41)


def test_an_adjustment_gives_and_takes() -> None:
    purse = Purse()
    purse.adjust(100)
    purse.adjust(-30)
    assert (purse.available, purse.kinds()) == (70, ["admin_credit", "admin_debit"])
    with pytest.raises(NotEnoughPoints):
        purse.adjust(-71)


def test_an_adjustment_may_leave_a_debt_where_that_is_allowed() -> None:
    purse = Purse({"may_go_negative": True})
    purse.adjust(30)
    purse.adjust(-100)
    assert (purse.available, purse.balance().debt) == (0, 70)


def test_points_from_elsewhere_are_as_old_as_they_were() -> None:
    purse = Purse({"lasts": "1M"})
    purse.earn(100, earned_at=NOON - 20 * DAY)
    purse.earn(100, earned_at=NOON - 90 * DAY)
    assert purse.available == 100
    assert purse.entries()[-1].occurred_at < NOON - 50 * DAY


def test_it_does_not_matter_how_late_somebody_looks() -> None:
    def story(every: int) -> list[tuple[str, int, datetime]]:
        purse = Purse({"waits": "3D", "lasts": "5D"})
        purse.earn(100)
        purse.earn(50, waits="immediate", lasts="2D")
        purse.hold(30, ends_at=NOON + 4 * DAY)
        for day in range(0, 21, every):
            purse.settle(NOON + day * DAY)
        return [(entry.kind, entry.amount, entry.occurred_at) for entry in purse.entries()]

    assert story(every=1) == story(every=20)


def test_settling_twice_is_settling_once() -> None:
    purse = Purse({"lasts": "1D"})
    purse.earn(100)
    assert [purse.settle(NOON + 2 * DAY), purse.settle(NOON + 2 * DAY)] == [1, 0]


def test_the_job_settles_everybody_in_batches() -> None:
    purses = [Purse({"lasts": "1h"}) for _ in range(3)]
    for purse in purses:
        purse.earn(10, now=NOON - 900 * DAY)
    batches = []
    while not batches or batches[-1]:
        with db.system_transaction():
            batches.append(settlement.settle_some(now=NOON - 899 * DAY, most=2))
    assert sum(batches) >= 3
    assert max(batches) <= 2
    assert [purse.available for purse in purses] == [0, 0, 0]
    assert [purse.balance().next_due_at for purse in purses] == [None] * 3


def test_the_job_does_not_come_back_for_a_lot_that_was_spent_before_its_end() -> None:
    purse = Purse({"lasts": "1D"})
    purse.earn(10)
    purse.spend(10)
    assert purse.balance().next_due_at == NOON + DAY
    purse.settle(NOON + 2 * DAY)
    assert purse.balance().next_due_at is None


def test_kinds_add_up_over_a_lifetime() -> None:
    purse = Purse()
    purse.earn(100)
    purse.spend(30)
    purse.spend(20)
    assert purse.balance().totals == {EntryKind.EARNED: 100, EntryKind.SPENT: 50}


@pytest.mark.parametrize("table", ["points_entry", "points_lot", "points_allocation"])
@pytest.mark.parametrize("act", ["UPDATE {} SET amount = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_rewrites_the_ledger(table: str, act: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.system_transaction():
        db.execute(text(act.format(table)))


def test_the_way_out_is_open_to_nobody_whose_erasure_is_not_written_down() -> None:
    purse = Purse()
    purse.earn(100)
    with db.system_transaction():
        for table in ("points_allocation", "points_lot", "points_entry"):
            asked = {"member": purse.member.id, "ledger": table}
            gone = db.execute(text("SELECT ici_forget_points_of_erased(:member, :ledger)"), asked)
            assert gone.scalar_one() == 0
    assert purse.kinds() == ["earned"]
