"""Members bring members: both are rewarded once the first purchase stands."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.accounts.models import Member, MemberIdentifier
from app.errors import Problem
from app.sql import db
from tests.coupons.factories import acting_as
from tests.factories import NOON, make_member, save
from tests.programmes.factories import Club, put_in_force
from tests.racing import at_once
from wallet.ledger import book_store
from wallet.points.returns import Policy
from wallet.programmes import jobs, referrals
from wallet.programmes.errors import (
    ReferralCodeExhausted,
    ReferralCodeUnknown,
    ReferralNotOffered,
    ReferralOfOneself,
    ReferralTaken,
    ReferralTooLate,
)
from wallet.programmes.models import MemberReferral
from wallet.programmes.rules import Referral

DAY = timedelta(days=1)


class Friends(Club):
    """A club that rewards referrals: 100 points for who brings, 50 for who comes, from 10 € on."""

    def __init__(self, **given: object) -> None:
        super().__init__(in_force=False, currency={"may_go_negative": True})
        said = Referral(self.currency.id, 100, 50, **({"least_minor": 1000} | given))  # type: ignore[arg-type]
        put_in_force(self.brand, self.programme(referral=said, policy=Policy.UNLIMITED))
        self.friend = make_member()

    def code(self, member: Member | None = None) -> str:
        owner = member or self.member
        with acting_as(owner):
            return referrals.my_code(member_id=owner.id, brand_id=self.brand.id, now=NOON).code

    def declare(self, member: Member, code: str) -> MemberReferral:
        with acting_as(member):
            return referrals.declare_referral(member_id=member.id, brand_id=self.brand.id, code=code, now=NOON)

    def points_of(self, member: Member) -> int:
        purse = self.purse
        purse.member = member
        return purse.available


@pytest.fixture
def friends() -> Friends:
    return Friends()


def test_both_are_rewarded_when_the_first_purchase_stands(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    friends.buys(999, member=friends.friend)
    jobs.settle_referrals(now=NOON)
    assert friends.points_of(friends.friend) == 9
    friends.buys(1000, member=friends.friend)
    for _ in range(2):
        jobs.settle_referrals(now=NOON)
    assert (friends.points_of(friends.member), friends.points_of(friends.friend)) == (100, 69)


def test_what_comes_back_takes_both_rewards_back(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    bought = friends.buys(2000, member=friends.friend)
    jobs.settle_referrals(now=NOON)
    friends.returns(bought, {1: 1})
    for _ in range(2):
        jobs.settle_referrals(now=NOON)
    assert (friends.points_of(friends.member), friends.points_of(friends.friend)) == (0, 0)


def test_what_comes_back_before_the_reward_leaves_the_referral_waiting(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    friends.returns(friends.buys(2000, member=friends.friend), {1: 1})
    jobs.settle_referrals(now=NOON)
    assert friends.declare(friends.friend, friends.code()).state == "waiting"
    friends.buys(2000, member=friends.friend)
    jobs.settle_referrals(now=NOON)
    assert friends.points_of(friends.member) == 100


def test_counting_again_what_came_back_makes_no_reward_due(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    bought = friends.buys(2000, member=friends.friend)
    friends.returns(bought, {1: 1})
    friends.award(bought)
    jobs.settle_referrals(now=NOON)
    assert friends.declare(friends.friend, friends.code()).state == "waiting"


def test_a_reward_can_wait_for_the_time_of_returns_to_be_over() -> None:
    friends = Friends(waits="14D")
    friends.declare(friends.friend, friends.code())
    friends.buys(2000, member=friends.friend)
    jobs.settle_referrals(now=NOON)
    assert (friends.available, friends.purse.balance().pending) == (0, 100)


def test_a_code_is_the_same_ever_after(friends: Friends) -> None:
    assert friends.code() == friends.code()


def test_a_referral_is_declared_once(friends: Friends) -> None:
    first = friends.declare(friends.friend, friends.code())
    again = friends.declare(friends.friend, friends.code().lower().replace("-", " "))
    assert again.principal_id == first.principal_id


def own(friends: Friends) -> None:
    friends.declare(friends.member, friends.code())


def same_mailbox(friends: Friends) -> None:
    for member, value in ((friends.member, "lea@example.org"), (friends.friend, "Lea+deux@example.org")):
        save(
            MemberIdentifier(kind="email", value=f"{friends.brand.code}.{value}", member_id=member.id, verified_at=NOON)
        )
    friends.declare(friends.friend, friends.code())


def in_a_circle(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    friends.declare(friends.member, friends.code(friends.friend))


def after_a_purchase(friends: Friends) -> None:
    friends.buys(500, member=friends.friend)
    friends.declare(friends.friend, friends.code())


def by_two(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    friends.declare(friends.friend, friends.code(make_member()))


def by_nobody(friends: Friends) -> None:
    friends.declare(friends.friend, Friends().code())


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        (own, ReferralOfOneself),
        (same_mailbox, ReferralOfOneself),
        (in_a_circle, ReferralOfOneself),
        (after_a_purchase, ReferralTooLate),
        (by_two, ReferralTaken),
        (by_nobody, ReferralCodeUnknown),
    ],
    ids=[
        "by oneself",
        "by the same mailbox",
        "in a circle",
        "after a purchase",
        "by two",
        "by a code of another brand",
    ],
)
def test_what_is_no_referral_is_refused(
    friends: Friends, how: Callable[[Friends], None], refusal: type[Problem]
) -> None:
    with pytest.raises(refusal):
        how(friends)


def test_without_a_rule_there_is_no_code() -> None:
    club = Club()
    with pytest.raises(ReferralNotOffered), acting_as(club.member):
        referrals.my_code(member_id=club.member.id, brand_id=club.brand.id, now=NOON)


@pytest.mark.usefixtures("crowd")
def test_a_limit_of_referrals_holds_when_many_come_at_once() -> None:
    friends = Friends(most_per_year=3)
    code, members = friends.code(), [make_member() for _ in range(16)]

    def tried(number: int) -> bool:
        try:
            friends.declare(members[number], code)
        except ReferralCodeExhausted:
            return False
        return True

    assert sum(at_once(16, tried)) == 3


def test_a_referrer_does_not_learn_whom_they_brought(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    with acting_as(friends.member):
        card = referrals.referrals_card(member_id=friends.member.id, brand_id=friends.brand.id)
    assert (card["brought"], card["mine"]) == ({"waiting": 1}, None)
    assert str(friends.friend.id) not in str(card)


def test_strangers_do_not_see_a_referral(friends: Friends) -> None:
    friends.declare(friends.friend, friends.code())
    with acting_as(make_member()):
        assert db.get(MemberReferral, (friends.friend.id, friends.brand.id)) is None


@pytest.mark.usefixtures("crowd")
def test_what_settles_a_referral_and_what_returns_its_purchase_do_not_wait_for_each_other(
    friends: Friends, monkeypatch: pytest.MonkeyPatch
) -> None:
    friends.declare(friends.friend, friends.code())
    bought = friends.buys(2000, member=friends.friend)
    points_come = threading.Event()

    def open_late(**named: Any) -> Any:
        points_come.set()
        time.sleep(0.3)
        return book_store.open_book(**named)

    def act(number: int) -> object:
        if not number:
            return jobs.settle_referrals(now=NOON)
        assert points_come.wait(10)
        return friends.returns(bought, {1: 1})

    monkeypatch.setattr(referrals, "book_store", SimpleNamespace(open_book=open_late))

    at_once(2, act)
    for _ in range(2):
        jobs.settle_referrals(now=NOON)
    assert [friends.points_of(one) for one in (friends.member, friends.friend)] == [0, 0]
