"""A reward that points buy can be a coupon: it is given with the order."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.sql import db
from offers.coupons import claims, queries
from offers.coupons.errors import OfferSoldOut, OfferSoldOutToday
from offers.coupons.models import Coupon, CouponStatus
from offers.planning.brand_offers import the_offer
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.spending.errors import BudgetSpent
from wallet.programmes.errors import RewardNotAvailable, RewardSoldOut

KIND = "coupon"
A_DAY = timedelta(days=1)


def gives_what_is_there(*, brand_id: uuid.UUID, gives: Mapping[str, Any]) -> bool:
    """Whether what a reward is to give is the brand's."""
    try:
        the_offer(brand_id=brand_id, offer_id=uuid.UUID(gives["offer_id"]))
    except OfferUnknown:
        return False
    return True


def give(*, member_id: uuid.UUID, brand_id: uuid.UUID, gives: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Give a coupon of the offer; what the order remembers of it. Raises `RewardNotAvailable`, `RewardSoldOut`."""
    try:
        coupon = claims.give_coupon(
            member_id=member_id, brand_id=brand_id, offer_id=uuid.UUID(gives["offer_id"]), now=now
        )
    except (OfferSoldOut, OfferSoldOutToday, BudgetSpent):
        raise RewardSoldOut from None
    except (OfferUnknown, OfferNotLive):
        raise RewardNotAvailable from None
    return {"coupon_code": coupon.code}


def take_back(*, member_id: uuid.UUID, brand_id: uuid.UUID, gives: Mapping[str, Any], now: datetime) -> bool:
    """End the coupon that an order gave, unless it was used, given away or over before, or a sale keeps it; whether it
    was ended."""
    mine = queries.coupons_alone(member_id).where(Coupon.code == gives["coupon_code"], Coupon.brand_id == brand_id)
    coupon = db.first(db.locked(mine))
    if coupon is None or coupon.status_at(now) is not CouponStatus.ACTIVE or coupon.is_held_at(now, but_for=None):
        return False
    coupon.expires_at = now
    coupon.ends_local = (now - A_DAY).replace(tzinfo=None)  # on no clock of the world is it still to come
    return True
