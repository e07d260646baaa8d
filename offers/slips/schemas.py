"""Slips on the wire. Points as integers."""

import marshmallow as ma

from app.http.api import In, Out
from offers.checkout.payment.schemas import GivenGiftCardOut
from offers.greetings.schemas import GreetedBalanceOut, GreetedCouponOut, GreetedOrderOut, GreetedRewardOut
from offers.slips.layout import WIDTHS


class SlipWidthIn(In):
    columns = ma.fields.Integer(load_default=WIDTHS[-1], validate=ma.validate.OneOf(WIDTHS))


class SlipEarningOut(Out):
    """Points won, and why."""

    currency_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    points = ma.fields.Integer(required=True)
    why = ma.fields.String(required=True)
    text = ma.fields.String(required=True, metadata={"example": "+0,50 €"})


class SlipOut(Out):
    """What is printed for a sale, as facts and as lines."""

    sale_id = ma.fields.UUID(required=True)
    receipt = ma.fields.String(required=True)
    earned = ma.fields.List(ma.fields.Nested(SlipEarningOut), required=True)
    gift_cards = ma.fields.List(
        ma.fields.Nested(GivenGiftCardOut), required=True, metadata={"description": "Given, by the end of their codes"}
    )
    points_spent = ma.fields.Integer(required=True)
    spent = ma.fields.String(required=True, allow_none=True, metadata={"example": "-3,50 €"})
    balances = ma.fields.List(ma.fields.Nested(GreetedBalanceOut), required=True)
    orders = ma.fields.List(ma.fields.Nested(GreetedOrderOut), required=True)
    coupons = ma.fields.List(ma.fields.Nested(GreetedCouponOut), required=True)
    rewards = ma.fields.List(ma.fields.Nested(GreetedRewardOut), required=True)
    bring = ma.fields.String(required=True, allow_none=True, metadata={"description": "What to bring next time"})
    lines_32 = ma.fields.List(ma.fields.String(), required=True)
    lines_42 = ma.fields.List(ma.fields.String(), required=True)
