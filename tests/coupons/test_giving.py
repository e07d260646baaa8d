"""A brand gives a coupon on its own account: what nobody can claim, beyond what a member may take, within budgets."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Brand, Member
from app.sql import db
from offers.coupons import claims
from offers.coupons.errors import OfferSoldOut
from offers.coupons.models import Coupon
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.models import Offer, OfferPlace
from tests.coupons.factories import Shop, claim, redeem
from tests.factories import NOON, make_brand, make_member, make_store
from tests.planning.factories import make_offer, pause


@pytest.fixture
def brand() -> Brand:
    brand = make_brand()
    make_store(brand)
    return brand


def give(member: Member, offer: Offer, brand: Brand, *, now=NOON) -> Coupon:
    with db.transaction():
        db.become(brand_id=brand.id)
        return claims.give_coupon(member_id=member.id, brand_id=brand.id, offer_id=offer.id, now=now)


def test_what_is_given_only_cannot_be_claimed(brand):
    with pytest.raises(OfferUnknown):
        claim(make_member(), make_offer(brand, given_only=True))


def test_what_is_given_only_is_shown_nowhere(brand):
    offer = make_offer(brand, given_only=True)
    with db.system_transaction():
        assert db.first(select(func.count()).where(OfferPlace.offer_number == offer.number)) == 0


def test_what_is_given_only_can_be_given_and_used(anyone):
    shop = Shop(anyone, given_only=True)
    assert redeem(give(shop.member, shop.offer, shop.brand), shop.terminal).undone_at is None


def test_what_is_given_does_not_count_what_a_member_may_take(brand):
    offer, member = make_offer(brand, member_limit=1), make_member()
    claim(member, offer)
    assert give(member, offer, brand).ordinal == 2


def test_the_budget_of_an_offer_holds_for_what_is_given_too(brand):
    offer = make_offer(brand, total_limit=1, given_only=True)
    give(make_member(), offer, brand)
    with pytest.raises(OfferSoldOut):
        give(make_member(), offer, brand)


def test_the_offer_of_another_brand_cannot_be_given(brand):
    with pytest.raises(OfferUnknown):
        give(make_member(), make_offer(brand), make_brand())


def test_an_offer_is_not_given_outside_its_window(brand):
    with pytest.raises(OfferNotLive):
        give(make_member(), make_offer(brand, given_only=True), brand, now=NOON + timedelta(days=40_000))


def test_a_paused_offer_is_not_given(brand):
    offer = make_offer(brand, given_only=True)
    pause(offer, brand)
    with pytest.raises(OfferNotLive):
        give(make_member(), offer, brand)
