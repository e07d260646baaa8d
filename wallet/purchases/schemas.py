"""Purchases on the wire. Money in minor units with its ISO 4217 currency, for all units of a line."""

from typing import Any

import marshmallow as ma
from babel.numbers import is_currency

from app import complaints
from app.accounts.schemas import BrandNameOut
from app.http.api import In, Instant, Out
from app.http.fields import LineField as TextLine
from app.http.fields import Pattern
from app.http.pagination import PageOut
from wallet.authenticity.shown import LONGEST_SHOWN
from wallet.purchases.basket import BasketLine
from wallet.purchases.models import Channel
from wallet.purchases.row_validation import LARGEST, LONGEST, LONGEST_NUMBER, MOST_LINES, MOST_UNITS

GTIN = Pattern(r"^([0-9]{8}|[0-9]{12,14})$", complaints.NOT_AN_ARTICLE_NUMBER)


def known_currency(code: str) -> None:
    """Raises `ValidationError` for letters that stand for no money."""
    if not is_currency(code):
        raise ma.ValidationError([complaints.NOT_A_CURRENCY])


def amount(**given: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(0, LARGEST), **given)


class PurchaseLineIn(In):
    """So many units of one article; of goods that are weighed, one. What was voided is not sent."""

    gtin = ma.fields.String(load_default=None, allow_none=True, validate=GTIN)
    sku = TextLine(longest=LONGEST, load_default=None, allow_none=True)
    label = TextLine(longest=LONGEST, shortest=0, load_default="")
    category = TextLine(
        longest=LONGEST, shortest=0, load_default="", metadata={"description": "From broad to narrow: food/dairy/milk"}
    )
    quantity = ma.fields.Integer(load_default=1, strict=True, validate=ma.validate.Range(1, MOST_UNITS))
    gross_minor = amount(required=True, metadata={"description": "Before any promotion, for all units"})
    promotion_minor = amount(load_default=0, metadata={"description": "What was taken off, for all units"})
    tax_bp = ma.fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=ma.validate.Range(0, 10_000),
        metadata={"description": "Rate of tax in hundredths of a percent"},
    )


class PurchaseIn(In):
    """What the holder of a card bought. Place, `terminal` and `receipt` name it for ever; it may arrive late."""

    card = TextLine(
        longest=LONGEST_SHOWN, required=True, metadata={"description": "The code of the card that was shown"}
    )
    channel = ma.fields.Enum(Channel, by_value=True, load_default=Channel.STORE)
    store_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "A till's own unless given; none at a distance"}
    )
    terminal = TextLine(longest=LONGEST_NUMBER, required=True, metadata={"description": "As on the receipt"})
    receipt = TextLine(longest=LONGEST_NUMBER, required=True)
    currency = ma.fields.String(
        required=True, validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_currency]
    )
    tax_included = ma.fields.Boolean(load_default=True)
    bought_at = Instant(required=True)
    lines = ma.fields.List(ma.fields.Nested(PurchaseLineIn), required=True, validate=ma.validate.Length(1, MOST_LINES))

    @ma.post_load
    def as_values(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = tuple(BasketLine(position=position, **line) for position, line in enumerate(data["lines"], start=1))
        return data | {"lines": lines}


class PurchaseTakenOut(Out):
    """What a till needs to know."""

    id = ma.fields.UUID(required=True)
    net_minor = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)
    bought_at = Instant(required=True)
    recorded_at = Instant(required=True)


class PurchaseOut(Out):
    """`points_minor` is what points paid, `net_minor` what money paid, `deposit_minor` what packaging added;
    `points_counted` becomes true when the programme has looked at it."""

    id = ma.fields.UUID(required=True)
    brand = ma.fields.Nested(BrandNameOut, required=True)
    store = ma.fields.String(required=True, allow_none=True)
    channel = ma.fields.Enum(Channel, by_value=True, required=True)
    terminal = ma.fields.String(required=True)
    receipt = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    tax_included = ma.fields.Boolean(required=True)
    gross_minor = ma.fields.Integer(required=True)
    promotion_minor = ma.fields.Integer(required=True)
    points_minor = ma.fields.Integer(required=True)
    net_minor = ma.fields.Integer(required=True)
    deposit_minor = ma.fields.Integer(required=True)
    bought_at = Instant(required=True)
    recorded_at = Instant(required=True)
    points_counted = ma.fields.Boolean(required=True)

    @ma.pre_dump
    def with_kind(self, card: dict[str, Any], **_: Any) -> dict[str, Any]:
        return card | {"channel": Channel(card["channel"])}


class PurchaseLineOut(Out):
    """Of what was weighed, `returned_quantity` and returns count thousandths of its unit."""

    position = ma.fields.Integer(required=True)
    gtin = ma.fields.String(required=True, allow_none=True)
    sku = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True)
    category = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    returned_quantity = ma.fields.Integer(required=True)
    gross_minor = ma.fields.Integer(required=True)
    promotion_minor = ma.fields.Integer(required=True, metadata={"description": "What every promotion took off"})
    points_minor = ma.fields.Integer(required=True, metadata={"description": "What points paid: no promotion"})
    net_minor = ma.fields.Integer(required=True)
    tax_bp = ma.fields.Integer(required=True, allow_none=True)
    quantity_thousandths = ma.fields.Integer(required=True, allow_none=True)
    unit = ma.fields.String(required=True, allow_none=True)
    unit_price_minor = ma.fields.Integer(required=True, allow_none=True)


class ReturnLineOut(Out):
    position = ma.fields.Integer(required=True)
    quantity = ma.fields.Integer(required=True)
    amount_minor = ma.fields.Integer(required=True)


class PurchaseReturnOut(Out):
    id = ma.fields.UUID(required=True)
    returned_at = Instant(required=True)
    amount_minor = ma.fields.Integer(required=True)
    lines = ma.fields.List(ma.fields.Nested(ReturnLineOut), required=True)


class PurchaseDetailOut(PurchaseOut):
    lines = ma.fields.List(ma.fields.Nested(PurchaseLineOut), required=True)
    returns = ma.fields.List(ma.fields.Nested(PurchaseReturnOut), required=True)


class PurchasesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(PurchaseOut), required=True)
