"""Means of payment on the wire, in minor units of the sale's currency."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Out
from app.http.fields import LineField as Text
from offers.checkout.errors import TENDER_BELOW_ZERO
from wallet.purchases.tender_kinds import Tender, TenderKind

LONGEST_CODE = 120
SIGNED_MONEY = ma.validate.Range(-10_000_000_000, 10_000_000_000)


SAID = [str(kind) for kind in TenderKind if kind is not TenderKind.MANUFACTURER_COUPON]
"""The means of payment that a till names by themselves: a coupon of a manufacturer comes of its code."""


class TenderIn(In):
    """So much by one means of payment; below zero, cash that is handed out. `cagnotte` is what `points` pay."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(SAID))
    amount_minor = ma.fields.Integer(required=True, strict=True, validate=SIGNED_MONEY)
    reference = Text(longest=100, load_default=None, metadata={"description": "The till's own; no number of a card"})

    @ma.validates_schema
    def handed_out(self, data: dict[str, Any], **_: Any) -> None:
        if data["amount_minor"] < 0 and data["kind"] != TenderKind.CASH:
            raise ma.ValidationError({"amount_minor": [TENDER_BELOW_ZERO]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Tender:
        return Tender(TenderKind(data["kind"]), data["amount_minor"], data["reference"])


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
