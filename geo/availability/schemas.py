"""What stores have and what happens in them, on the wire. Money in minor units; windows on a store's clock."""

import re
from datetime import datetime
from typing import Any

import marshmallow as ma
from babel.numbers import is_currency

from app import complaints
from app.codes.article_numbers import full_gtin
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose
from app.http.pagination import PageIn, PageOut
from app.languages import Text
from geo.availability.errors import ARTICLE_UNNAMED, NOTHING_TOLD, STOCK_CONTRADICTED
from geo.availability.models import ServiceKind
from geo.availability.price_rows import LARGEST, MOST_STOCK
from geo.availability.price_values import LONGEST
from geo.availability.service_times import LEAST_TOLD_MINUTES, MOST_MINUTES, MOST_TOLD_MINUTES, TOLD_MINUTES
from geo.availability.store_events import EventGiven

MOST_PUSHED = 1_000
MOST_STORES = 1_000
MINUTES = "%Y-%m-%dT%H:%M"
YEARS = range(2000, 2200)
GTIN_DIGITS = Pattern(r"^([0-9]{8}|[0-9]{12,14})$", complaints.NOT_AN_ARTICLE_NUMBER)


def whole_gtin(text: str) -> None:
    """Raises `ValidationError` for digits that no article has."""
    if full_gtin(text) is None:
        raise ma.ValidationError([complaints.NOT_AN_ARTICLE_NUMBER])


def known_money(code: str) -> None:
    """Raises `ValidationError` for letters that stand for no money."""
    if not is_currency(code):
        raise ma.ValidationError([complaints.NOT_A_CURRENCY])


def gtin_field(**given: Any) -> ma.fields.String:
    """A GTIN with 8, 12, 13 or 14 digits."""
    shown = {"pattern": GTIN_DIGITS.regex.pattern, "example": "3017620422003"}
    return ma.fields.String(
        load_default=None, allow_none=True, validate=[GTIN_DIGITS, whole_gtin], metadata=shown, **given
    )


class ArticleToldIn(In):
    """One article: its price for one unit, or its stock, or both. The GTIN names it, or else the SKU."""

    gtin = gtin_field()
    sku = LineField(longest=LONGEST, load_default=None, allow_none=True)
    price_minor = ma.fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=ma.validate.Range(1, LARGEST)
    )
    currency = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_money],
        metadata={"description": "ISO 4217; the brand's unless given"},
    )
    stock = ma.fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=ma.validate.Range(0, MOST_STOCK)
    )
    in_stock = ma.fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=None,
        allow_none=True,
        metadata={"description": "For who does not count"},
    )
    label = LineField(longest=LONGEST, load_default=None, allow_none=True)
    category = LineField(
        longest=LONGEST, load_default=None, allow_none=True, metadata={"description": "From broad to narrow: tea/green"}
    )

    @ma.validates_schema
    def says_something(self, data: dict[str, Any], **_: Any) -> None:
        if data["gtin"] is None and data["sku"] is None:
            raise ma.ValidationError({"gtin": [ARTICLE_UNNAMED]})
        if data["price_minor"] is None and data["stock"] is None and data["in_stock"] is None:
            raise ma.ValidationError({"price_minor": [NOTHING_TOLD]})
        if None not in (data["stock"], data["in_stock"]) and data["in_stock"] != (data["stock"] > 0):
            raise ma.ValidationError({"in_stock": [STOCK_CONTRADICTED]})


class ArticlesToldIn(In):
    """What a store has at one instant. What is older than what is known changes nothing."""

    as_of = Instant(required=True, metadata={"description": "When it was so, not when it is sent"})
    articles = ma.fields.List(
        ma.fields.Nested(ArticleToldIn), required=True, validate=ma.validate.Length(1, MOST_PUSHED)
    )


class ArticlesToldOut(Out):
    """What became of them; of `older` ones something newer is known."""

    written = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    older = ma.fields.Integer(required=True)


class ServiceTimeIn(In):
    """How long one waits for a service of this store."""

    kind = ma.fields.Enum(ServiceKind, by_value=True, required=True)
    minutes = ma.fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=ma.validate.Range(0, MOST_MINUTES),
        metadata={"description": "Null takes back what was said"},
    )
    told_minutes = ma.fields.Integer(
        strict=True,
        load_default=TOLD_MINUTES,
        validate=ma.validate.Range(LEAST_TOLD_MINUTES, MOST_TOLD_MINUTES),
        metadata={"description": "For how long it is told"},
    )
    said_at = Instant(
        load_default=None, allow_none=True, metadata={"description": "Of a till that was offline; now unless given"}
    )


class WaitOut(Out):
    """A service of a store and how long one waits for it."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in ServiceKind]))
    minutes = ma.fields.Integer(required=True)
    said_at = Instant(required=True)
    expires_at = Instant(required=True)


class WaitsOut(Out):
    items = ma.fields.List(ma.fields.Nested(WaitOut), required=True)


class StoreMinute(ma.fields.String):
    """A wall-clock time of a store, to the minute."""

    default_error_messages = {"not_local": [complaints.NOT_A_LOCAL_TIME]}
    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": self.pattern, "example": "2026-05-23T10:00"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        try:
            found = datetime.strptime(text, MINUTES)  # noqa: DTZ007  # a wall clock has no zone
        except ValueError:
            raise self.make_error("not_local") from None
        if not re.fullmatch(self.pattern, text) or found.year not in YEARS:
            raise self.make_error("not_local")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.strftime(MINUTES)


class StoreEventFields(In):
    """What a person says of an event in stores. End excluded."""

    store_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, MOST_STORES))
    title_fr = LineField(required=True, longest=LONGEST)
    title_en = LineField(required=True, longest=LONGEST)
    text_fr = Prose(longest=1000, shortest=0, load_default="")
    text_en = Prose(longest=1000, shortest=0, load_default="")
    starts_local = StoreMinute(required=True)
    ends_local = StoreMinute(required=True)
    zone_code = LineField(
        longest=40, load_default=None, allow_none=True, metadata={"description": "A zone inside the stores"}
    )

    @ma.validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["starts_local"] >= data["ends_local"]:
            raise ma.ValidationError({"ends_local": [complaints.END_BEFORE_START]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        title, text = (Text(fr=data.pop(f"{part}_fr"), en=data.pop(f"{part}_en")) for part in ("title", "text"))
        own = {name: data.pop(name) for name in ("store_ids", "starts_local", "ends_local", "zone_code")}
        return {"given": EventGiven(title=title, text=text, **own), **data}


class StoreEventIn(StoreEventFields):
    """A new event."""


class StoreEventChangeIn(StoreEventFields):
    """The whole of what is said of an event; cancelling it is a change like any other."""

    cancelled = ma.fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class StoreEventsIn(PageIn):
    store_id = ma.fields.UUID(load_default=None)


class StoreEventOut(Out):
    """An event as the console keeps it."""

    id = ma.fields.UUID(required=True)
    store_ids = ma.fields.List(ma.fields.UUID(), required=True)
    title_fr = ma.fields.String(required=True)
    title_en = ma.fields.String(required=True)
    text_fr = ma.fields.String(required=True)
    text_en = ma.fields.String(required=True)
    starts_local = StoreMinute(required=True)
    ends_local = StoreMinute(required=True)
    zone_code = ma.fields.String(required=True, allow_none=True)
    cancelled = ma.fields.Boolean(required=True)
    version = ma.fields.Integer(required=True, metadata={"description": "The number in the ETag"})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class StoreEventsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(StoreEventOut), required=True)
