"""Means of payment on the wire, in minor units of the sale's currency."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Out
from app.http.fields import LineField as Text
from offers.checkout.errors import TENDER_BELOW_ZERO
from wallet.purchases.tender_kinds import Tender, TenderKind

SIGNED_MONEY = ma.validate.Range(-10_000_000_000, 10_000_000_000)


class TenderIn(In):
    """So much by one means of payment; below zero, cash that is handed out. `cagnotte` takes it from the money of the
    member; where `points` are asked for, it is what they pay."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in TenderKind]))
    amount_minor = ma.fields.Integer(required=True, strict=True, validate=SIGNED_MONEY)
    reference = Text(longest=100, load_default=None, metadata={"description": "The till's own; no number of a card"})

    @ma.validates_schema
    def handed_out(self, data: dict[str, Any], **_: Any) -> None:
        if data["amount_minor"] < 0 and data["kind"] != TenderKind.CASH:
            raise ma.ValidationError({"amount_minor": [TENDER_BELOW_ZERO]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Tender:
        return Tender(TenderKind(data["kind"]), data["amount_minor"], data["reference"])


class TenderOut(Out):
    kind = ma.fields.String(required=True)
    amount_minor = ma.fields.Integer(required=True)
    reference = ma.fields.String(required=True, allow_none=True)


class CagnotteStandingOut(Out):
    """What the member has in it, and how much of that can pay: nothing below `usable_from_minor`."""

    currency_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    available_minor = ma.fields.Integer(required=True)
    usable_minor = ma.fields.Integer(required=True)
    usable_from_minor = ma.fields.Integer(required=True, allow_none=True)
    text = ma.fields.String(required=True)
