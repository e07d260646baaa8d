"""A coupon is given to somebody else: one accepts, the old code is dead, and neither learns who the other is."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.models import Member
from app.sql import db
from offers.coupons import queries
from offers.coupons.errors import (
    CouponKept,
    CouponNotGivable,
    CouponNotTransferable,
    CouponUnknown,
    GiftOver,
    GiftToOneself,
    GiftUnknown,
    MemberLimitReached,
)
from offers.coupons.gifts import transfer
from offers.coupons.models import Coupon, CouponGift, CouponStatus
from tests.coupons.factories import Shop, accept, acting_as, claim, give_away, redeem
from tests.factories import NOON, make_member, member_token
from tests.merges.factories import merge
from tests.racing import at_once
from tests.speaking import Speaker
from wallet.passes.codes import new_code

DAY = timedelta(days=1)


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone, transferable=True)


def take_back(gift: CouponGift, member: Member, **given: Any) -> CouponGift:
    with acting_as(member):
        return transfer.take_back_gift(member_id=member.id, gift_id=gift.id, now=NOON, **given)


def as_stored(coupon: Coupon) -> Coupon:
    with db.system_transaction():
        return db.all_of(queries.coupon(coupon.member_id, coupon.id))[0]


def test_who_accepts_has_a_coupon_with_a_new_code_that_works(shop: Shop) -> None:
    old, friend = claim(shop.member, shop.offer), make_member()
    new = accept(give_away(old), friend)
    assert redeem(new, shop.terminal).member_id == friend.id
    assert (new.code != old.code, new.expires_at) == (True, old.expires_at)


def test_the_old_code_is_dead(shop: Shop) -> None:
    old = claim(shop.member, shop.offer)
    accept(give_away(old), make_member())
    with pytest.raises(CouponUnknown):
        redeem(old, shop.terminal)


def test_while_it_waits_a_gift_cannot_be_used(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    give_away(coupon)
    with pytest.raises(CouponKept):
        redeem(coupon, shop.terminal)


def test_a_gift_that_nobody_accepts_returns_by_itself(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    gift = give_away(coupon)
    with pytest.raises(GiftOver):
        accept(gift, make_member(), now=NOON + 7 * DAY)
    assert redeem(coupon, shop.terminal, now=NOON + 7 * DAY).coupon_id == coupon.id


def test_what_returned_can_be_given_again(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    give_away(coupon)
    again = give_away(coupon, now=NOON + 8 * DAY)
    assert accept(again, make_member(), now=NOON + 8 * DAY).status == CouponStatus.ACTIVE


def test_a_gift_is_taken_back_until_it_is_accepted(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    gift = give_away(coupon)
    take_back(gift, shop.member)
    with pytest.raises(GiftOver):
        accept(gift, make_member())
    assert redeem(coupon, shop.terminal).coupon_id == coupon.id


def test_what_was_accepted_is_not_taken_back(shop: Shop) -> None:
    gift = give_away(claim(shop.member, shop.offer))
    accept(gift, make_member())
    with pytest.raises(GiftOver):
        take_back(gift, shop.member)


def test_of_sixty_four_who_accept_one_gift_one_gets_it(shop: Shop) -> None:
    gift, friends = give_away(claim(shop.member, shop.offer)), [make_member() for _ in range(64)]

    def try_it(number: int) -> bool:
        try:
            accept(gift, friends[number])
        except GiftOver:
            return False
        return True

    assert sum(at_once(64, try_it)) == 1


def test_taking_back_and_accepting_at_once_is_one_of_both(shop: Shop) -> None:
    coupon, friend = claim(shop.member, shop.offer), make_member()
    gift = give_away(coupon)

    def try_it(number: int) -> bool:
        try:
            accept(gift, friend) if number else take_back(gift, shop.member)
        except GiftOver:
            return False
        return True

    taken_back, accepted = at_once(2, try_it)
    assert taken_back != accepted
    assert as_stored(coupon).status == (CouponStatus.GIVEN if accepted else CouponStatus.ACTIVE)


def test_the_limit_of_the_receiver_holds(shop: Shop) -> None:
    friend = make_member()
    claim(friend, shop.offer)
    with pytest.raises(MemberLimitReached):
        accept(give_away(claim(shop.member, shop.offer)), friend)


def test_who_gave_a_coupon_away_cannot_claim_another(shop: Shop) -> None:
    accept(give_away(claim(shop.member, shop.offer)), make_member())
    with pytest.raises(MemberLimitReached):
        claim(shop.member, shop.offer)


def test_a_gift_to_oneself_is_none(shop: Shop) -> None:
    with pytest.raises(GiftToOneself):
        accept(give_away(claim(shop.member, shop.offer)), shop.member)


def test_a_coupon_that_is_not_transferable_stays(anyone: Speaker) -> None:
    shop = Shop(anyone)
    with pytest.raises(CouponNotTransferable):
        give_away(claim(shop.member, shop.offer))


def test_a_used_coupon_cannot_be_given(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    redeem(coupon, shop.terminal)
    with pytest.raises(CouponNotGivable):
        give_away(coupon)


def test_a_coupon_is_in_one_gift_at_a_time(shop: Shop) -> None:
    coupon = claim(shop.member, shop.offer)
    give_away(coupon)
    with pytest.raises(CouponNotGivable):
        give_away(coupon)


def test_a_code_that_nobody_made_is_no_gift(shop: Shop) -> None:
    with pytest.raises(GiftUnknown), acting_as(shop.member):
        transfer.look_at_gift(code=new_code())


def test_a_gift_goes_on_waiting_when_its_giver_becomes_part_of_another(shop: Shop) -> None:
    gift = give_away(claim(shop.member, shop.offer))
    merge(shop.member, make_member())
    assert accept(gift, make_member()).status == CouponStatus.ACTIVE


def test_both_read_their_side_and_nothing_else_of_the_other(shop: Shop, anyone: Speaker) -> None:
    friend = make_member()
    coupon = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons").get_json()
    gift = shop.phone.post(f"/v1/coupons/{coupon['code']}/gifts", {"from_name": "Zoé"}).get_json()
    phone = anyone.with_token(member_token(friend))
    shown = phone.get(f"/v1/gifts/{gift['code']}").get_json()
    phone.post(f"/v1/gifts/{gift['code']}/acceptance", {"name": "Max"})
    given = shop.phone.get("/v1/coupon-gifts")
    received = phone.get("/v1/received-gifts")
    assert (shown["from_name"], given.get_json()["items"][0]["to_name"]) == ("Zoé", "Max")
    assert str(friend.id) not in given.get_data(as_text=True)
    assert str(shop.member.id) not in received.get_data(as_text=True)


def test_a_gift_is_taken_back_over_the_api(shop: Shop) -> None:
    coupon = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons").get_json()
    gift = shop.phone.post(f"/v1/coupons/{coupon['code']}/gifts", {"from_name": "Zoé"}).get_json()
    answer = shop.phone.post(f"/v1/coupon-gifts/{gift['id']}/withdrawal")
    assert answer.get_json()["state"] == "withdrawn"
