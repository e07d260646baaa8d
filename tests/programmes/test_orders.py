"""Rewards: ordered with points, once each, and given back with their age."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import Conflict
from app.sql import db
from offers.coupons.models import Coupon
from tests.factories import NOON, make_member
from tests.planning.factories import make_offer
from tests.points.factories import Purse, make_currency
from tests.programmes.factories import Club, cancel, move, order, stock
from tests.racing import at_once
from wallet.ledger.errors import NotEnoughPoints
from wallet.programmes.errors import (
    ProgrammeContradictory,
    RewardLimitReached,
    RewardNotAvailable,
    RewardOrderOver,
    RewardSelfApproval,
    RewardSoldOut,
    RewardUnknown,
)
from wallet.programmes.models import OrderState, Reward
from wallet.programmes.rewards import catalogue

DAY = timedelta(days=1)


@pytest.fixture
def club() -> Club:
    made = Club(ladder={})
    made.buys(9000)
    return made


def test_an_order_spends_the_points_at_once(club: Club) -> None:
    made = order(club.member, club.reward())
    assert (made.state, made.points, club.available, club.purse.faults()) == ("ordered", 50, 40, [])


def test_too_few_points_are_refused_with_what_is_missing(club: Club) -> None:
    with pytest.raises(NotEnoughPoints) as refusal:
        order(club.member, club.reward(price=100))
    assert refusal.value.facts["missing"] == 10


def test_a_price_can_be_that_of_a_tier(club: Club) -> None:
    reward = club.reward(price=80, tier_prices={"silver": 60})
    club.buys(1000)
    assert order(club.member, reward).points == 60


@pytest.mark.usefixtures("crowd")
def test_of_sixty_four_who_want_the_last_one_gets_it(club: Club) -> None:
    reward = club.reward(stock=1)
    members = [rich_member(club) for _ in range(64)]
    assert Counter(at_once(64, lambda number: outcome(members[number], reward))) == {"done": 1, "reward_sold_out": 63}
    assert stock(reward) == 0


@pytest.mark.usefixtures("crowd")
def test_a_limit_per_member_holds_when_they_order_many_at_once(club: Club) -> None:
    reward = club.reward(price=1, member_limit=2)
    found = Counter(at_once(16, lambda _: outcome(club, reward)))
    assert found == {"done": 2, "reward_limit_reached": 14}


def rich_member(club: Club) -> Purse:
    purse = club.purse
    purse.member = make_member()
    purse.earn(50)
    return purse


def outcome(who: Purse | Club, reward: Reward) -> str:
    try:
        order(who.member, reward)
    except Conflict as refusal:
        return refusal.code()
    return "done"


def test_what_is_sold_out_costs_nothing(club: Club) -> None:
    reward = club.reward(stock=0)
    with pytest.raises(RewardSoldOut):
        order(club.member, reward)
    assert club.available == 90


def test_a_cancelled_order_gives_points_back_with_their_age(club: Club) -> None:
    old = Club(currency={"lasts": "30D"})
    old.buys(9000)
    made = order(old.member, old.reward(), now=NOON + 10 * DAY)
    before = old.purse.lots_by_id()
    cancel(made, now=NOON + 20 * DAY)
    after = old.purse.lots_by_id()
    assert [points for points, _ in before.values()] == [40]
    assert [points for points, _ in after.values()] == [90]
    assert [end for _, end in before.values()] == [end for _, end in after.values()]


def test_a_cancelled_order_gives_the_piece_back_once(club: Club) -> None:
    reward = club.reward(stock=3)
    made = order(club.member, reward)
    for _ in range(2):
        cancel(made)
    assert (stock(reward), club.available, club.purse.faults()) == (3, 90, [])


def test_what_was_handed_over_cannot_be_cancelled(club: Club) -> None:
    made = order(club.member, club.reward())
    move(made, OrderState.READY)
    move(made, OrderState.HANDED_OVER)
    with pytest.raises(RewardOrderOver):
        cancel(made)


def test_points_can_buy_points_of_another_kind(club: Club) -> None:
    stars = make_currency(club.brand)
    gives = {"kind": "points", "currency_id": str(stars.id), "points": 7}
    assert order(club.member, club.reward(gives=gives)).state == "handed_over"
    purse = club.purse
    purse.currency = stars
    assert (purse.available, club.available) == (7, 40)


def test_points_can_buy_a_coupon(club: Club) -> None:
    offer = make_offer(club.brand)
    made = order(club.member, club.reward(gives={"kind": "coupon", "offer_id": str(offer.id)}))
    with db.system_transaction():
        (coupon,) = db.all_of(select(Coupon).where(Coupon.member_id == club.member.id))
    assert (made.state, made.gives["coupon_code"], coupon.offer_id) == ("handed_over", coupon.code, offer.id)


def test_a_coupon_that_is_sold_out_costs_nothing(club: Club) -> None:
    offer = make_offer(club.brand, total_limit=1)
    reward = club.reward(price=10, gives={"kind": "coupon", "offer_id": str(offer.id)})
    order(club.member, reward)
    with pytest.raises(RewardSoldOut):
        order(club.member, reward)
    assert club.available == 80


def test_a_reward_gives_no_coupon_of_another_brand(club: Club) -> None:
    with pytest.raises(ProgrammeContradictory):
        club.reward(gives={"kind": "coupon", "offer_id": str(make_offer(Club().brand).id)})


@pytest.mark.parametrize("window", [{"starts_at": NOON + DAY}, {"ends_at": NOON}], ids=["not yet", "over"])
def test_outside_its_window_a_reward_cannot_be_ordered(club: Club, window: dict[str, object]) -> None:
    with pytest.raises(RewardNotAvailable):
        order(club.member, club.reward(**window))


def test_a_draft_is_not_there(club: Club) -> None:
    with pytest.raises(RewardUnknown):
        order(club.member, club.reward(live=False))


def test_a_cancelled_order_does_not_count_against_the_limit(club: Club) -> None:
    reward = club.reward(member_limit=1)
    cancel(order(club.member, reward))
    order(club.member, reward)
    with pytest.raises(RewardLimitReached):
        order(club.member, reward)


def test_nobody_publishes_what_they_wrote(club: Club) -> None:
    draft = club.reward(live=False)
    with pytest.raises(RewardSelfApproval), db.system_transaction():
        catalogue.publish_reward(brand_id=club.brand.id, reward_id=draft.id, revision=1, by=draft.created_by, now=NOON)
