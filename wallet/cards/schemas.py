"""Cards on the wire."""

from typing import Any

import marshmallow as ma

from app.accounts.schemas import BRAND_CODE
from app.codes.drawings import CodeSymbology
from app.http.api import In, Instant, Out
from app.http.fields import LineField
from app.http.pagination import PageOut
from wallet.cards.models import HASHED_KINDS, CardNumber, CardStatus, NumberKind
from wallet.cards.numbers import LONGEST_NUMBER
from wallet.cards.own_cards import LONGEST_NAME


class CardIn(In):
    """Which programme to join, and the name that staff will read; any name will do, or none."""

    brand = ma.fields.String(required=True, validate=BRAND_CODE, metadata={"description": "Code of the brand"})
    display_name = LineField(longest=LONGEST_NAME, load_default=None)


class CardNameIn(In):
    display_name = LineField(longest=LONGEST_NAME, required=True)


class CardDrawingIn(In):
    symbology = ma.fields.Enum(
        CodeSymbology,
        by_value=True,
        load_default=None,
        metadata={"description": "The one that the brand's tills read, when left out"},
    )


class CardBrandOut(Out):
    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class CardOut(Out):
    """A card; `code` is what the till scans or types."""

    id = ma.fields.UUID(required=True)
    brand = ma.fields.Nested(CardBrandOut, required=True)
    code = ma.fields.String(required=True)
    display_name = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf([str(status) for status in CardStatus]))
    joined_at = Instant(required=True)


class CardsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(CardOut), required=True)


class CardNumberIn(In):
    """Something that was read or typed beside the card: the brand's old number, a tag, a transit pass."""

    kind = ma.fields.Enum(NumberKind, by_value=True, required=True)
    number = LineField(longest=LONGEST_NUMBER, required=True)


class CardNumberOut(Out):
    """A number that stands for the card; of a tag or a transit pass we keep a hash only, so its number is null."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(NumberKind, by_value=True, required=True)
    number = ma.fields.String(required=True, allow_none=True)
    linked_at = Instant(required=True)

    @ma.pre_dump
    def flat(self, number: CardNumber, **_: Any) -> dict[str, Any]:
        kind = NumberKind(number.kind)
        shown = None if kind in HASHED_KINDS else number.value
        return {"id": number.id, "kind": kind, "number": shown, "linked_at": number.linked_at}


class CardNumbersOut(Out):
    items = ma.fields.List(ma.fields.Nested(CardNumberOut), required=True)
