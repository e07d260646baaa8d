"""Gift cards on the wire. Money in minor units; a code is told once, to whoever made the card."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField
from app.http.pagination import PageOut
from wallet.gift_cards.errors import NOT_ABOVE_MOST

AMOUNT = ma.validate.Range(1, 10_000_000)


class GiftCardRuleIn(In):
    """Which cards tills sell; without `valid_months` they are valid for ever."""

    least_minor = ma.fields.Integer(required=True, strict=True, validate=AMOUNT)
    most_minor = ma.fields.Integer(required=True, strict=True, validate=AMOUNT)
    valid_months = ma.fields.Integer(required=True, allow_none=True, strict=True, validate=ma.validate.Range(1, 120))

    @ma.validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["least_minor"] > data["most_minor"]:
            raise ma.ValidationError({"least_minor": [NOT_ABOVE_MOST]})


class GiftCardRuleOut(Out):
    """Which cards tills sell: none before the brand said so."""

    least_minor = ma.fields.Integer(required=True, allow_none=True)
    most_minor = ma.fields.Integer(required=True, allow_none=True)
    valid_months = ma.fields.Integer(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class GiftCardSaleIn(In):
    """`reference` is the till's own name of what it sold: sent again it is the same card."""

    amount_minor = ma.fields.Integer(required=True, strict=True, validate=AMOUNT)
    reference = LineField(longest=100, required=True)


class GiftCardCodeIn(In):
    code = ma.fields.String(required=True, validate=ma.validate.Length(1, 64))


class GiftCardBlockingIn(In):
    blocked = ma.fields.Boolean(required=True, truthy={True}, falsy={False})


class GiftCardOut(Out):
    """A card, by the end of its code."""

    id = ma.fields.UUID(required=True)
    ending = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    amount_minor = ma.fields.Integer(required=True)
    balance_minor = ma.fields.Integer(required=True)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True, allow_none=True)
    text = ma.fields.String(required=True, metadata={"description": "To print or to say: what is on it, until when"})


class SoldGiftCardOut(GiftCardOut):
    code = ma.fields.String(required=True, metadata={"description": "Print it: nobody can read it later"})


class GiftCardsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GiftCardOut), required=True)
