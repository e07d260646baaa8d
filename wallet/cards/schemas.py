"""Cards on the wire."""

import marshmallow as ma

from app.api import In, Instant, Out
from app.fields import Line, Pattern
from app.pagination import PageOut
from wallet.cards.keeping import LONGEST_NAME
from wallet.cards.models import CardStatus

BRAND_CODE = Pattern(r"^[a-z0-9][a-z0-9-]{1,39}$", error="Not the code of a brand.")


class CardIn(In):
    """Which programme to join, and the name that staff will read; any name will do, or none."""

    brand = ma.fields.String(required=True, validate=BRAND_CODE, metadata={"description": "Code of the brand"})
    display_name = Line(longest=LONGEST_NAME, load_default=None)


class CardNameIn(In):
    display_name = Line(longest=LONGEST_NAME, required=True)


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
