"""What was begun by one member is undone with the member whom they became."""

from tests.factories import make_member
from tests.members.factories import merge, split
from tests.points.factories import Purse
from tests.programmes.factories import Club
from tests.purchases.factories import purchases_of
from wallet.points.returning import Policy


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
