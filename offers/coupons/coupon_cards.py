"""Coupons and redemptions as members and tills read them. Pure."""

from datetime import datetime
from typing import Any

from app.errors import Problem
from app.languages import Language
from offers.coupons.eligibility import Judged
from offers.coupons.models import Coupon, CouponGift, GiftReceived
from offers.coupons.redemption import ShownRedemption, undo_until
from offers.planning import windows
from offers.planning.description import card_of, tell_end


def coupon_card(coupon: Coupon, *, language: Language, now: datetime) -> dict[str, Any]:
    """A coupon (loaded with its version) and what it gives."""
    return {
        "id": coupon.id,
        "code": coupon.code,
        "brand_id": coupon.brand_id,
        "offer": card_of(coupon.version, language),
        "status": coupon.status_at(now),
        "claimed_at": coupon.claimed_at,
        "expires_at": coupon.expires_at,
        **tell_end(coupon.ends_local, language),
        "transferable": coupon.version.transferable,
    }


def gift_card(gift: CouponGift, *, language: Language, now: datetime) -> dict[str, Any]:
    """What somebody gave (loaded with the coupon and its version)."""
    return {
        "id": gift.id,
        "code": gift.code,
        "offer": card_of(gift.coupon.version, language),
        "from_name": gift.from_name,
        "to_name": gift.to_name,
        "state": gift.state_at(now),
        "made_at": gift.made_at,
        "expires_at": gift.expires_at,
        "settled_at": gift.settled_at,
        "coupon_expires_at": gift.coupon.expires_at,
        "coupon_last_day": windows.last_day(gift.coupon.ends_local).isoformat(),
    }


def received_card(received: GiftReceived, *, language: Language, now: datetime) -> dict[str, Any]:
    """What somebody was given (loaded with the coupon and its version)."""
    return {
        "id": received.id,
        "from_name": received.from_name,
        "received_at": received.received_at,
        "coupon": coupon_card(received.coupon, language=language, now=now),
    }


def coupon_at_till(judged: Judged, *, language: Language, now: datetime) -> dict[str, Any]:
    """A coupon with what the till would answer if staff redeemed it here and now."""
    coupon, refusal = judged
    reason = None if refusal is None else reason_of(refusal, language=language)
    return coupon_card(coupon, language=language, now=now) | {"usable_here": refusal is None, "reason": reason}


def reason_of(refusal: Problem, *, language: Language) -> dict[str, Any]:
    """A refusal as data: the same code, sentence and facts as when it is raised."""
    said = refusal.body(language=language, instance="")
    return {name: said[name] for name in ("code", "title", "remedy", "facts") if name in said}


def redemption_card(redemption: ShownRedemption, *, language: Language) -> dict[str, Any]:
    """A redemption: what staff hand over, and until when it can be undone."""
    return {
        "id": redemption.id,
        "coupon_code": redemption.coupon_code,
        "offer": card_of(redemption.version, language),
        "store_id": redemption.store_id,
        "store": redemption.store_name,
        "redeemed_at": redemption.redeemed_at,
        "undo_until": undo_until(redemption),
        "undone_at": redemption.undone_at,
    }
