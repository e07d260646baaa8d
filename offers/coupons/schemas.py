"""Coupons and redemptions on the wire. Codes are read in any case, with or without dashes."""

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField, Values
from app.http.pagination import PageIn, PageOut
from offers.coupons.models import CouponStatus, GiftState
from offers.planning.schemas import LAST_DAY, UNTIL, OfferCardOut

STATUSES = ma.validate.OneOf([str(status) for status in CouponStatus])


class CouponsIn(PageIn):
    status = ma.fields.String(load_default=None, validate=STATUSES)


class CouponCodeIn(In):
    """What is printed on the paper; spaces, dashes and lower case do not matter."""

    code = LineField(longest=64, required=True)


class ClaimAtTillIn(In):
    offer_id = ma.fields.UUID(required=True)


class CouponOut(Out):
    """A member's right to one offer, as it was when they claimed it."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True, metadata={"description": "What the till scans or types"})
    brand_id = ma.fields.UUID(required=True)
    offer = ma.fields.Nested(OfferCardOut, required=True)
    status = ma.fields.String(required=True, validate=STATUSES)
    claimed_at = Instant(required=True)
    expires_at = Instant(required=True, metadata={"description": "Excluded: when its last day is over at every store"})
    last_day = ma.fields.String(required=True, metadata=LAST_DAY)
    until = ma.fields.String(required=True, metadata=UNTIL)
    transferable = ma.fields.Boolean(required=True, metadata={"description": "Whether it can be given to another"})


class CouponsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(CouponOut), required=True)


class CouponVoucherOut(Out):
    """What to draw as a QR code: a till knows it for ours without a network."""

    voucher = ma.fields.String(required=True)
    expires_at = Instant(required=True)
    value_minor = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "The most that it takes off, where that is known"}
    )


class ReasonOut(Out):
    """Why a coupon would be refused here and now: the problem that redeeming it would answer."""

    code = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    remedy = ma.fields.String()
    facts = Values()


class CouponAtTillOut(CouponOut):
    usable_here = ma.fields.Boolean(required=True)
    reason = ma.fields.Nested(ReasonOut, required=True, allow_none=True)


class CouponsAtTillOut(Out):
    items = ma.fields.List(ma.fields.Nested(CouponAtTillOut), required=True)


class RedemptionIn(In):
    """Nothing is asked besides the code in the address; the body may be left out."""


class RedemptionOut(Out):
    id = ma.fields.UUID(required=True)
    coupon_code = ma.fields.String(required=True)
    offer = ma.fields.Nested(OfferCardOut, required=True)
    store_id = ma.fields.UUID(required=True)
    store = ma.fields.String(required=True, metadata={"description": "The store's name"})
    redeemed_at = Instant(required=True)
    undo_until = Instant(required=True, metadata={"description": "Excluded"})
    undone_at = Instant(required=True, allow_none=True)


LONGEST_NAME = 60
GIFT_STATES = ma.validate.OneOf([str(state) for state in GiftState])


class CouponGiftIn(In):
    """How the giver is called for whoever accepts: nothing else is said of them."""

    from_name = LineField(longest=LONGEST_NAME, required=True)


class GiftAcceptanceIn(In):
    """How who accepts is called for the giver: nothing else is said of them."""

    name = LineField(longest=LONGEST_NAME, load_default=None, allow_none=True)


class GiftShownOut(Out):
    """A gift as whoever has its code reads it."""

    offer = ma.fields.Nested(OfferCardOut, required=True)
    from_name = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=GIFT_STATES)
    expires_at = Instant(required=True, metadata={"description": "Until when it can be accepted, excluded"})
    coupon_expires_at = Instant(required=True, metadata={"description": "Until when the coupon holds, excluded"})
    coupon_last_day = ma.fields.String(required=True, metadata=LAST_DAY)


class GiftOut(GiftShownOut):
    """A gift as its giver reads it; `code` is what to send to whom it is for."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    to_name = ma.fields.String(required=True, allow_none=True)
    made_at = Instant(required=True)
    settled_at = Instant(required=True, allow_none=True)


class GiftsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GiftOut), required=True)


class GiftReceivedOut(Out):
    id = ma.fields.UUID(required=True)
    from_name = ma.fields.String(required=True)
    received_at = Instant(required=True)
    coupon = ma.fields.Nested(CouponOut, required=True)


class GiftsReceivedOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GiftReceivedOut), required=True)
