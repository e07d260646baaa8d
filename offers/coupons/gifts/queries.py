"""Questions about coupons that members give to each other."""

import uuid

from sqlalchemy import (
    Select,
    select,
)
from sqlalchemy.orm import joinedload

from offers.coupons.models import Coupon, CouponGift, GiftReceived


def gifts_of(member_id: uuid.UUID) -> Select[CouponGift]:
    """What a member gave, with the coupons and what they give."""
    whole = joinedload(CouponGift.coupon).joinedload(Coupon.version)
    return select(CouponGift).options(whole).where(CouponGift.member_id == member_id)


def gift(member_id: uuid.UUID, gift_id: uuid.UUID) -> Select[CouponGift]:
    """One gift, without the rest: what can be locked."""
    return select(CouponGift).where(CouponGift.member_id == member_id, CouponGift.id == gift_id)


def waiting_gift(member_id: uuid.UUID, coupon_id: uuid.UUID) -> Select[CouponGift]:
    """The gift of a coupon that nobody has accepted or taken back."""
    return select(CouponGift).where(
        CouponGift.member_id == member_id, CouponGift.coupon_id == coupon_id, CouponGift.state == "waiting"
    )


def gifts_received_by(member_id: uuid.UUID) -> Select[GiftReceived]:
    """What a member was given, with the coupons and what they give."""
    whole = joinedload(GiftReceived.coupon).joinedload(Coupon.version)
    return select(GiftReceived).options(whole).where(GiftReceived.member_id == member_id)
