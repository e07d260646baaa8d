"""Coupons and redemptions on the wire. Codes are read in any case, with or without dashes."""

import marshmallow as ma

from app.api import In, Instant, Out
from app.pagination import PageIn, PageOut
from offers.coupons.models import CouponStatus
from offers.planning.schemas import OfferCardOut

STATUSES = ma.validate.OneOf([str(status) for status in CouponStatus])


class CouponsIn(PageIn):
    status = ma.fields.String(load_default=None, validate=STATUSES)


class CouponOut(Out):
    """A member's right to one offer, as it was when they claimed it."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True, metadata={"description": "What the till scans or types"})
    brand_id = ma.fields.UUID(required=True)
    offer = ma.fields.Nested(OfferCardOut, required=True)
    status = ma.fields.String(required=True, validate=STATUSES)
    claimed_at = Instant(required=True)
    expires_at = Instant(required=True, metadata={"description": "Excluded: the end of the last day it holds"})


class CouponsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(CouponOut), required=True)


class ReasonOut(Out):
    """Why a coupon would be refused here and now: the problem that redeeming it would answer."""

    code = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    remedy = ma.fields.String()
    facts = ma.fields.Dict(keys=ma.fields.String())


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
