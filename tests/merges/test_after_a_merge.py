"""What was begun by one member is undone with the member whom they became."""

import threading
import time
from collections import Counter as Counted
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Member
from app.errors import Problem
from app.rights import queries as rights
from app.rights.models import MemberActivity
from app.sql import db
from offers.checkout.models import Sale
from offers.coupons import queries as coupons
from offers.coupons.models import CouponStatus
from tests.checkout.factories import Counter
from tests.factories import NOON, make_member, save
from tests.merges.factories import merge, split
from tests.points.factories import Purse
from tests.programmes.factories import Club, order
from tests.purchases.factories import purchases_of
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.ledger import durations
from wallet.ledger.book_store import Done
from wallet.ledger.errors import NotEnoughPoints
from wallet.ledger.models import Account
from wallet.merges.jobs import gather_left_behind
from wallet.points import adjustments, on_merge
from wallet.points.returns import Policy
from wallet.programmes.models import PurchaseAward, ReferralCode, RewardOrder
from wallet.programmes.tiers import progression


def pair() -> tuple[Purse, Purse]:
    source, target = Purse({"may_go_negative": True}), Purse()
    target.brand, target.currency = source.brand, source.currency
    return source, target


def test_a_spend_of_before_is_given_back_with_its_age() -> None:
    source, target = pair()
    source.earn(100, lasts="1Y")
    spent = source.spend(60)
    merge(source.member, target.member)
    done = target.give_back(spent.id)
    ends = {ends_at for left, ends_at in target.lots_by_id().values() if left}
    assert (target.available, done.available, source.available, len(ends)) == (100, 100, 0, 1)
    assert source.faults() == []


def test_giving_back_twice_is_giving_back_once() -> None:
    source, target = pair()
    source.earn(100)
    spent = source.spend(60)
    merge(source.member, target.member)
    for _ in range(2):
        target.give_back(spent.id, source="r1")
    assert target.available == 100


def test_an_earn_of_before_is_taken_back_from_what_came_of_it() -> None:
    source, target = pair()
    earned = source.earn(100)
    target.earn(5)
    merge(source.member, target.member)
    target.take_back(earned.id, points=40)
    assert (target.lots(), source.faults()) == ([5, 60], [])


def test_an_earn_that_was_spent_before_is_taken_from_what_the_person_has() -> None:
    source, target = pair()
    earned = source.earn(100)
    source.spend(100)
    target.earn(70)
    merge(source.member, target.member)
    target.take_back(earned.id, policy=Policy.UNLIMITED)
    assert (target.available, target.balance().debt, target.faults()) == (0, 30, [])


def test_points_that_waited_are_taken_back_where_they_wait() -> None:
    source, target = pair()
    earned = source.earn(100, waits="1M")
    merge(source.member, target.member)
    target.take_back(earned.id, points=30)
    assert (target.balance().pending, target.faults()) == (70, [])


def test_it_goes_on_over_two_merges() -> None:
    source, target = pair()
    _, third = pair()
    third.brand, third.currency = source.brand, source.currency
    earned = source.earn(100)
    spent = source.spend(30)
    merge(source.member, target.member)
    merge(target.member, third.member)
    third.give_back(spent.id)
    third.take_back(earned.id, points=100)
    assert (third.available, source.faults()) == (0, [])


def test_after_a_split_what_was_given_back_meanwhile_goes_back_too() -> None:
    source, target = pair()
    source.earn(100)
    spent = source.spend(60)
    merged = merge(source.member, target.member)
    target.give_back(spent.id)
    split(merged)
    assert (source.available, target.available, source.lots()) == (100, 0, [100])


def test_buy_merge_and_return_everything_leaves_no_points() -> None:
    club, target = Club(), make_member()
    club.buys(10_00)
    merge(club.member, target)
    club.member = target
    [bought] = purchases_of(target)
    club.returns(bought, {1: 1})
    assert club.available == 0


def test_a_tier_comes_with_who_reached_it() -> None:
    club, target = Club(ladder={}), make_member()
    club.buys(100_00)
    merged = merge(club.member, target)
    source, club.member = club.member, target
    assert club.tier == "silver"
    split(merged)
    club.member = source
    assert club.tier == "silver"


def test_what_both_earned_makes_the_tier() -> None:
    club, target = Club(ladder={}), make_member()
    club.buys(60_00)
    source, club.member = club.member, target
    club.buys(60_00)
    merged = merge(source, target)
    assert club.tier == "silver"
    split(merged)
    assert club.tier is None


def codes_of(member: Member) -> set[str | None]:
    with db.system_transaction():
        mine = [select(kept.code).where(kept.member_id == member.id) for kept in (ReferralCode, RewardOrder)]
        return {code for question in mine for code in db.all_of(question)}


def test_a_code_that_nobody_else_may_have_comes_and_goes_back() -> None:
    club, target = Club(), make_member()
    club.buys(100_00)
    fetched = order(club.member, club.reward()).code
    save(ReferralCode(member_id=club.member.id, brand_id=club.brand.id, code="BRINGME", made_at=NOON))
    merged = merge(club.member, target)
    assert (codes_of(target), codes_of(club.member)) == ({fetched, "BRINGME"}, set())
    split(merged)
    assert (codes_of(target), codes_of(club.member)) == (set(), {fetched, "BRINGME"})


def merged_after(counter: Counter) -> Member:
    """The member of the counter becomes part of another; who that is."""
    target = make_member()
    merge(counter.member, target)
    counter.purse.member = target
    return target


def test_a_sale_of_before_comes_back_line_by_line_with_its_points() -> None:
    counter = Counter(earns=True, points=200)
    sale = counter.sells(20_00, 10_00, points=100)
    merged_after(counter)
    back = counter.returns(sale, {1: 1, 2: 1})
    assert (back.points_given_back, counter.purse.available, counter.purse.faults()) == (100, 200, [])


def test_a_coupon_of_a_sale_of_before_comes_back_with_it() -> None:
    counter = Counter()
    coupon = counter.percent(10)
    sale = counter.sells(20_00, coupons=[coupon])
    target = merged_after(counter)
    counter.cancels(sale)
    with db.system_transaction():
        assert db.all_of(coupons.coupon(target.id, coupon.id))[0].status == CouponStatus.ACTIVE


def test_the_same_sale_sent_again_after_a_merge_is_one_effect() -> None:
    counter = Counter(earns=True)
    asked = counter.asks(20_00)
    sale = counter.commits(asked)
    merged_after(counter)
    assert (counter.commits(asked).id, counter.purse.available) == (sale.id, 20)


def test_the_card_of_before_pays_with_the_points_of_both() -> None:
    counter = Counter(points=60)
    target = merged_after(counter)
    counter.purse.member = target
    counter.purse.earn(40)
    counter.sells(20_00, points=100)
    assert counter.purse.available == 0


def test_a_sale_that_was_open_must_be_begun_again_and_nothing_is_lost() -> None:
    counter = Counter(points=100)
    asked = counter.asks(20_00, points=100)
    counter.opens(asked)
    merged_after(counter)
    assert counter.purse.available == 100
    counter.sells(20_00, points=100)
    assert counter.purse.available == 0


def test_split_gives_sales_back_that_can_still_come_back() -> None:
    counter = Counter(earns=True)
    sale = counter.sells(20_00)
    source = counter.member
    split(merge(source, make_member()))
    counter.returns(sale, {1: 1})
    assert (counter.purse.available, counter.purse.faults()) == (0, [])


def test_a_correction_by_the_card_of_before_reaches_the_person_once() -> None:
    source, target = pair()
    card = make_card(source.member, source.brand)
    make_card(target.member, source.brand)
    given: dict[str, Any] = {"brand_id": source.brand.id, "currency_id": source.currency.id, "card_id": card.id}
    given |= {"points": 50, "reference": "7", "words": "Geste", "by": card.id, "now": NOON}
    with db.system_transaction():
        adjustments.adjust_card(**given)
    merge(source.member, target.member)
    with db.system_transaction():
        assert adjustments.adjust_card(**given).again
    assert target.available == 50


def test_spending_while_merging_loses_and_makes_nothing() -> None:
    source, target = pair()
    source.earn(100)
    target.earn(1)
    spent = []

    def try_it(number: int) -> None:
        if number == 4:
            merge(source.member, target.member)
        else:
            with suppress(NotEnoughPoints):
                spent.append(source.spend(10))

    at_once(8, try_it)
    assert source.available + target.available == 101 - 10 * len(spent)
    assert source.faults() == []


def test_who_is_part_of_another_is_not_forgotten_for_being_asleep() -> None:
    source, long_ago = make_member(), NOON - timedelta(days=4000)
    save(MemberActivity(member_id=source.id, last_act_at=long_ago, warned_at=long_ago))
    merge(source, make_member())
    with db.system_transaction():
        asleep = db.all_of(rights.warned_before(NOON, asleep_since=NOON, most=1000))
    assert source.id not in {one.member_id for one in asleep}


def test_a_till_that_sells_while_the_member_becomes_part_of_another_loses_nothing() -> None:
    """Each sale is with one of both, and ten minutes later with who stays; all of them can still come back."""
    counter, target = Counter(earns=True, points=100), make_member()
    coupons_shown = [counter.percent(10) for _ in range(8)]
    sold: list[Sale] = []

    def try_it(number: int) -> None:
        if number == 5:
            merge(counter.member, target)
            return
        with suppress(Problem):  # a coupon or a balance that has just moved: the till asks again
            sold.append(counter.sells(20_00, points=10, coupons=[coupons_shown[number % 8]]))

    at_once(12, try_it)
    gather_left_behind(now=NOON + timedelta(minutes=11))
    with db.system_transaction():
        mine = set(db.all_of(select(Sale.id).where(Sale.member_id == target.id)))
    counter.purse.member = target
    with db.system_transaction():
        given = db.all_of(select(PurchaseAward.points).where(PurchaseAward.member_id == target.id))
    assert {sale.id for sale in sold} <= mine
    assert (counter.purse.available, counter.purse.faults()) == (100 - 10 * len(sold) + sum(given), [])
    for sale in sold:
        counter.returns(sale, {1: 1})
    assert (counter.purse.available, counter.purse.faults()) == (100, [])


def test_an_activation_is_known_over_any_number_of_merges() -> None:
    source, target = pair()
    _, third = pair()
    third.brand, third.currency = source.brand, source.currency
    waiting = source.earn(100, waits="on_action")
    merge(source.member, target.member)
    target.activate(waiting.id)
    merge(target.member, third.member)
    assert (third.activate(waiting.id).again, third.available) == (True, 100)


def test_an_earn_that_came_in_two_lots_is_taken_from_both_before_others() -> None:
    source, target = pair()
    earned = source.earn(100, lasts="2Y")
    spent = source.spend(60)
    target.earn(80, lasts="1M")
    merge(source.member, target.member)
    target.give_back(spent.id)
    target.take_back(earned.id)
    assert [left for left in target.lots() if left] == [80]


def test_what_was_spent_before_a_merge_and_returned_after_it_is_taken_when_it_comes_back() -> None:
    source, target = pair()
    earned = source.earn(100)
    spent = source.spend(100)
    merge(source.member, target.member)
    target.take_back(earned.id)
    done = target.give_back(spent.id)
    assert (done.recalled, done.available, target.available, source.faults()) == (100, 0, 0, [])


def test_it_is_taken_too_when_the_two_have_parted_meanwhile() -> None:
    source, target = pair()
    earned = source.earn(100)
    spent = source.spend(100)
    merged = merge(source.member, target.member)
    target.take_back(earned.id)
    split(merged)
    source.give_back(spent.id)
    assert (source.available, source.balance().awaited, source.faults()) == (0, 0, [])


def test_what_was_awaited_before_a_merge_is_taken_after_it() -> None:
    source, target = pair()
    earned = source.earn(100, lasts="1M")
    spent = source.spend(100)
    source.take_back(earned.id)
    target.earn(30)
    merge(source.member, target.member)
    assert (target.give_back(spent.id).available, target.available, source.faults()) == (30, 30, [])


def test_who_they_became_reads_what_is_awaited_of_points_of_before() -> None:
    source, target = pair()
    earned = source.earn(100)
    source.spend(100)
    merged = merge(source.member, target.member)
    target.take_back(earned.id)
    later = NOON + timedelta(days=1)
    together = target.as_read(NOON).awaited, target.past(at=NOON, now=later)[Account.AWAITED]
    split(merged)
    assert (together, target.as_read(NOON).awaited, source.as_read(NOON).awaited) == ((100, -100), 0, 100)


def test_what_was_spent_since_pays_for_what_is_awaited_of_before_when_it_comes_back() -> None:
    """As it would had the spend been given back before the earn was taken back, whichever ledger either was in."""
    source, target = pair()
    earned = source.earn(100)
    source.spend(100)
    target.earn(100)
    merge(source.member, target.member)
    spent = target.spend(100)
    target.take_back(earned.id)
    done = target.give_back(spent.id)
    read = target.as_read(NOON)
    assert (done.recalled, read.available, read.awaited, source.faults()) == (100, 0, 0, [])


def test_what_pays_for_what_is_awaited_of_before_stands_in_for_it() -> None:
    source, target = pair()
    earned, shown = source.earn(100, lasts="1M"), target.earn(100, lasts="1Y")
    first = source.spend(100)
    merge(source.member, target.member)
    spent = target.spend(100)
    target.take_back(earned.id)
    target.give_back(spent.id)
    target.give_back(first.id)
    left = [lot_id for lot_id, (points, _) in target.lots_by_id().items() if points]
    assert (target.available, left, source.faults()) == (100, [shown.id], [])


def test_before_they_were_one_nothing_of_the_other_was_awaited() -> None:
    source, target = pair()
    earned = source.earn(100)
    source.spend(100)
    source.take_back(earned.id)
    target.earn(1)
    later = NOON + timedelta(days=1)
    merge(source.member, target.member, now=later)
    sums = [target.past(at=at, now=later)[Account.AWAITED] for at in (NOON, later)]
    assert sums == [0, -100]


def test_of_points_that_begin_at_once_the_oldest_pay_a_debt_first() -> None:
    """Whichever came first into the ledger."""
    source, target = Purse({"may_go_negative": True}), Purse()
    target.brand, target.currency = source.brand, source.currency
    source.earn(10, waits="1W_U", lasts="1Y", earned_at=NOON - timedelta(hours=1))
    target.earn(10, waits="1W_U", lasts="unlimited")
    target.adjust(-10)
    merge(source.member, target.member)
    later = NOON + timedelta(days=20)
    target.settle(later)
    assert [end for left, end in target.lots_by_id().values() if left] == [None]


def test_what_was_taken_in_the_place_of_points_of_before_is_exchanged_for_them() -> None:
    source, target = pair()
    earned = source.earn(100, lasts="1M")
    spent = source.spend(100)
    target.earn(100, lasts="1Y")
    merge(source.member, target.member)
    target.take_back(earned.id)
    target.give_back(spent.id)
    ends = {ends_at for left, ends_at in target.lots_by_id().values() if left}
    assert (target.available, ends, source.faults()) == (100, {durations.end("1Y", since=NOON, zone=target.zone)}, [])


def ends_of(purse: Purse) -> dict[Any, int]:
    """How many points are left until when."""
    left: Counted[Any] = Counted()
    for points, ends_at in purse.lots_by_id().values():
        left[ends_at] += points
    return dict(+left)


def spent_and_taken_back(source: Purse, *, now: bool = True) -> tuple[Done, Done]:
    """A spend of points for ever and of points for a month, and the latter earn, which is taken back, or is to be."""
    source.earn(100)
    earned = source.earn(100, lasts="1M")
    spent = source.spend(200)
    if now:
        source.take_back(earned.id, policy=Policy.UNLIMITED)
    return spent, earned


def test_what_is_owed_of_an_earn_of_before_is_paid_by_its_own_points() -> None:
    source, target = pair()
    spent, _ = spent_and_taken_back(source)
    merge(source.member, target.member)
    target.give_back(spent.id)
    assert (ends_of(target), target.balance().debt, source.faults()) == ({None: 100}, 0, [])


def test_it_is_so_over_two_merges() -> None:
    source, target = pair()
    spent, _ = spent_and_taken_back(source)
    merge(source.member, target.member)
    third = target.of_somebody_else()
    merge(target.member, third.member)
    third.give_back(spent.id)
    assert (ends_of(third), third.balance().debt, source.faults()) == ({None: 100}, 0, [])


def test_what_was_owed_of_it_since_goes_back_with_it_when_the_two_part() -> None:
    source, target = pair()
    spent, earned = spent_and_taken_back(source, now=False)
    merged = merge(source.member, target.member)
    target.take_back(earned.id, policy=Policy.UNLIMITED)
    split(merged)
    owed = source.balance().debt, target.balance().debt
    source.give_back(spent.id)
    assert (owed, ends_of(source), source.faults()) == ((100, 0), {None: 100}, [])


def test_points_of_the_other_that_paid_what_was_owed_of_it_are_put_back() -> None:
    source, target = pair()
    spent, _ = spent_and_taken_back(source)
    target.earn(100, lasts="1Y")
    merge(source.member, target.member)
    owed = target.balance().debt, target.available
    target.give_back(spent.id)
    end = durations.end("1Y", since=NOON, zone=target.zone)
    assert (owed, ends_of(target), source.faults()) == ((0, 0), {None: 100, end: 100}, [])


def test_what_is_owed_for_another_reason_goes_with_it_and_is_paid_before() -> None:
    source, target = pair()
    spent, _ = spent_and_taken_back(source)
    source.adjust(-30)
    merged = merge(source.member, target.member)
    target.earn(50)
    split(merged)
    owed = source.balance().debt, target.balance().debt
    source.give_back(spent.id)
    end = durations.end("1M", since=NOON, zone=source.zone)
    assert (owed, ends_of(source), source.faults()) == ((80, 0), {None: 100, end: 20}, [])


@pytest.mark.usefixtures("crowd")
def test_a_merge_and_a_look_at_the_tier_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    club, target = Club(ladder={}), make_member()
    club.buys(100_00)
    bring, points_come = on_merge.bring_points, threading.Event()

    def bring_late(**named: Any) -> Any:
        points_come.set()
        time.sleep(0.3)
        return bring(**named)

    def act(number: int) -> object:
        if not number:
            return merge(club.member, target)
        assert points_come.wait(10)
        with db.system_transaction():
            return progression.settle_member(member_id=club.member.id, brand_id=club.brand.id, now=NOON)

    monkeypatch.setattr(on_merge, "bring_points", bring_late)
    at_once(2, act)
    club.member = target
    assert club.tier == "silver"


def test_what_stood_in_for_points_of_before_comes_back_when_their_time_is_over() -> None:
    source, target = pair()
    earned = source.earn(100, lasts="1D")
    spent = source.spend(100)
    kept = target.earn(100, lasts="1Y")
    merge(source.member, target.member)
    target.take_back(earned.id)
    done = target.give_back(spent.id, now=NOON + timedelta(days=2))
    left = {id: points for id, (points, _) in target.lots_by_id().items() if points}
    assert (left, done.available, source.faults()) == ({kept.id: 100}, 100, [])
