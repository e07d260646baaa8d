"""Means of payment on the wire, in minor units of the sale's currency."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField as Text
from offers.checkout.errors import TENDER_BELOW_ZERO
from wallet.gift_cards.codes import conceal_code
from wallet.gift_cards.errors import ONLY_OF_GIFT_CARDS
from wallet.purchases.tender_kinds import Tender, TenderKind

LONGEST_CODE = 120
SIGNED_MONEY = ma.validate.Range(-10_000_000_000, 10_000_000_000)


SAID = [str(kind) for kind in TenderKind if kind is not TenderKind.MANUFACTURER_COUPON]
"""The means of payment that a till names by themselves: a coupon of a manufacturer comes of its code."""


class TenderIn(In):
    """So much by one means of payment; below zero, cash that is handed out. `cagnotte` takes it from the money of the
    member; where `points` are asked for, it is what they pay."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(SAID))
    amount_minor = ma.fields.Integer(required=True, strict=True, validate=SIGNED_MONEY)
    reference = Text(longest=100, load_default=None, metadata={"description": "The till's own; no number of a card"})
    code = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(1, 64),
        metadata={"description": "Of a gift card of the brand, from which it is taken; only its end is kept"},
    )

    @ma.validates_schema
    def handed_out(self, data: dict[str, Any], **_: Any) -> None:
        if data["amount_minor"] < 0 and data["kind"] != TenderKind.CASH:
            raise ma.ValidationError({"amount_minor": [TENDER_BELOW_ZERO]})

    @ma.validates_schema
    def of_a_gift_card(self, data: dict[str, Any], **_: Any) -> None:
        if data["code"] is not None and data["kind"] != TenderKind.GIFT_CARD:
            raise ma.ValidationError({"code": [ONLY_OF_GIFT_CARDS]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Tender:
        card = None if data["code"] is None else conceal_code(data["code"]).text
        return Tender(TenderKind(data["kind"]), data["amount_minor"], data["reference"], card)


class SaleLineAmountOut(Out):
    position = ma.fields.Integer(required=True)
    amount_minor = ma.fields.Integer(required=True)


class ManufacturerCouponIn(In):
    """A manufacturer's coupon as it was scanned: an EAN-13 that begins with 981 or 982, or a GCN, AI (255)."""

    code = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_CODE))

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> str:
        code: str = data["code"]
        return code.strip()


class ManufacturerCouponOut(Out):
    """What it pays: less than it says (`is_cut`) where no more is left to pay or a law leaves no more. In a quote, why
    it pays nothing (`reason`): a sale is refused with it."""

    code = ma.fields.String(required=True)
    issuer = ma.fields.String(required=True, allow_none=True)
    face_minor = ma.fields.Integer(required=True, allow_none=True)
    amount_minor = ma.fields.Integer(required=True)
    is_cut = ma.fields.Boolean(required=True)
    lines = ma.fields.List(ma.fields.Nested(SaleLineAmountOut), required=True)
    reason = ma.fields.String(required=True, allow_none=True)
    text = ma.fields.String(required=True, allow_none=True)


class TenderOut(Out):
    kind = ma.fields.String(required=True)
    amount_minor = ma.fields.Integer(required=True)
    reference = ma.fields.String(required=True, allow_none=True)
    card = ma.fields.String(required=True, allow_none=True, metadata={"example": "…9RWJ"})


class CagnotteStandingOut(Out):
    """What the member has in it, and how much of that can pay: nothing below `usable_from_minor`."""

    currency_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    available_minor = ma.fields.Integer(required=True)
    usable_minor = ma.fields.Integer(required=True)
    usable_from_minor = ma.fields.Integer(required=True, allow_none=True)
    text = ma.fields.String(required=True)


class GiftCardStandingOut(Out):
    """A gift card that is to pay: what is on it, and the code of why it does not pay so much."""

    ending = ma.fields.String(required=True)
    wanted_minor = ma.fields.Integer(required=True)
    available_minor = ma.fields.Integer(required=True)
    expires_at = Instant(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    text = ma.fields.String(required=True)


class GivenGiftCardOut(Out):
    """A gift card that the sale gives once it is closed: until then only its worth is known."""

    id = ma.fields.UUID(required=True, allow_none=True)
    ending = ma.fields.String(required=True, allow_none=True)
    amount_minor = ma.fields.Integer(required=True)
    expires_at = Instant(required=True, allow_none=True)
    code = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Print it: told to whoever closes the sale"}
    )
    text = ma.fields.String(required=True)


class GiftCardRefundOut(Out):
    """What of a refund went back to a gift card; the rest is handed out."""

    ending = ma.fields.String(required=True)
    amount_minor = ma.fields.Integer(required=True)
