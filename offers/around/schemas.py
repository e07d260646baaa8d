"""Shapes of the question "what is around me?", which anybody may ask, and of its answer."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.codes.article_numbers import full_gtin
from app.http.api import In, Instant, Out
from app.http.fields import LineField
from geo.availability.errors import ARTICLE_UNNAMED, ONE_ARTICLE
from geo.availability.price_values import LONGEST
from geo.availability.schemas import WaitOut, gtin_field
from geo.availability.surroundings import WantedArticle
from offers.around.answers import FARTHEST_M, MOST_STORES, RADIUS_M, STORES
from offers.around.errors import BRAND_NEEDED
from offers.around.locator import FARTHEST_SOUGHT_M
from offers.deciding.answers import LEAST_RADIUS_M, MOST_LAT, MOST_LON, Fix
from offers.deciding.schemas import FixIn, StoreCard
from offers.planning.schemas import OfferCardOut

ARTICLES = ("gtin", "sku", "category")


class AroundIn(FixIn):
    """Where somebody is, and perhaps what they look for: one article, any of a category, or an offer."""

    radius_m = ma.fields.Integer(
        load_default=RADIUS_M, strict=True, validate=validate.Range(LEAST_RADIUS_M, FARTHEST_M)
    )
    limit = ma.fields.Integer(load_default=STORES, strict=True, validate=validate.Range(1, MOST_STORES))
    gtin = gtin_field()
    sku = LineField(
        longest=LONGEST, load_default=None, allow_none=True, metadata={"description": "Of the brand that is named"}
    )
    category = LineField(
        longest=LONGEST, load_default=None, allow_none=True, metadata={"description": "Of the brand that is named"}
    )
    in_stock_only = ma.fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "Leave out stores not known to have the article"},
    )
    offer_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Only stores where this offer holds now"}
    )

    @ma.validates_schema
    def names_one(self, data: dict[str, Any], **_: Any) -> None:
        named = [name for name in ARTICLES if data[name] is not None]
        if len(named) > 1:
            raise ma.ValidationError({"gtin": [ONE_ARTICLE]})
        if data["in_stock_only"] and not named:
            raise ma.ValidationError({"gtin": [ARTICLE_UNNAMED]})
        if data["brand"] is None and named and named[0] != "gtin":
            raise ma.ValidationError({"brand": [BRAND_NEEDED]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        gtin, sku, category = (data.pop(name) for name in ARTICLES)
        wanted = WantedArticle(
            None if gtin is None else full_gtin(gtin), sku, None if category is None else category.strip("/")
        )
        return {"fix": Fix(**{name: data.pop(name) for name in Fix._fields}), "wanted": wanted, **data}


class ArticleAroundOut(Out):
    """What a store last said of the article. What is unknown, or too old to be told, is null."""

    gtin = ma.fields.String(required=True, allow_none=True, metadata={"description": "Fourteen digits"})
    sku = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True, allow_none=True)
    price_minor = ma.fields.Integer(required=True, allow_none=True)
    currency = ma.fields.String(required=True, allow_none=True)
    price_at = Instant(required=True, allow_none=True)
    in_stock = ma.fields.Boolean(required=True, allow_none=True)
    few_left = ma.fields.Boolean(required=True, allow_none=True)
    stock_at = Instant(required=True, allow_none=True)


class WaitAroundOut(WaitOut):
    text = ma.fields.String(required=True)


class EventAroundOut(Out):
    """What happens in a store today."""

    id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    zone_code = ma.fields.String(required=True, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class StoreAroundOut(Out):
    """A store near, and what it is like now."""

    store = ma.fields.Nested(StoreCard, required=True)
    distance_m = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "On the spheroid, rounded; null for a coarse fix"}
    )
    open = ma.fields.Boolean(required=True, allow_none=True, metadata={"description": "Null: hours unknown"})
    closes_at = Instant(required=True, allow_none=True)
    opens_at = Instant(required=True, allow_none=True, metadata={"description": "The next opening, while closed"})
    hours_text = ma.fields.String(required=True)
    article = ma.fields.Nested(
        ArticleAroundOut,
        required=True,
        allow_none=True,
        metadata={"description": "Null: not asked, or neither price nor stock is known; of a category, the best one"},
    )
    article_text = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null: not asked"})
    service_times = ma.fields.List(ma.fields.Nested(WaitAroundOut), required=True)
    events = ma.fields.List(ma.fields.Nested(EventAroundOut), required=True)
    offer_ids = ma.fields.List(ma.fields.UUID(), required=True, metadata={"description": "In `offers`, best first"})


class LocatorIn(In):
    """Where somebody looks for a store: here, or in the middle of a town."""

    lat = ma.fields.Float(required=True, validate=validate.Range(-MOST_LAT, MOST_LAT), metadata={"example": 48.8606})
    lon = ma.fields.Float(required=True, validate=validate.Range(-MOST_LON, MOST_LON), metadata={"example": 2.3376})
    radius_m = ma.fields.Integer(
        load_default=FARTHEST_M, strict=True, validate=validate.Range(LEAST_RADIUS_M, FARTHEST_SOUGHT_M)
    )
    limit = ma.fields.Integer(load_default=STORES, strict=True, validate=validate.Range(1, MOST_STORES))
    open_now = ma.fields.Boolean(
        truthy={True}, falsy={False}, load_default=False, metadata={"description": "Only stores known to be open"}
    )


class LocatedStoreOut(Out):
    """A store of the brand, and whether it is open."""

    store = ma.fields.Nested(StoreCard, required=True)
    distance_m = ma.fields.Integer(required=True)
    open = ma.fields.Boolean(required=True, allow_none=True, metadata={"description": "Null: hours unknown"})
    closes_at = Instant(required=True, allow_none=True)
    opens_at = Instant(required=True, allow_none=True, metadata={"description": "The next opening, while closed"})
    hours_text = ma.fields.String(required=True)


class LocatorOut(Out):
    """The stores of a brand, nearest first."""

    stores = ma.fields.List(ma.fields.Nested(LocatedStoreOut), required=True)
    more = ma.fields.Boolean(required=True, metadata={"description": "More stores are in reach"})


class AroundOut(Out):
    """The stores near, nearest first, and the offers for everybody there."""

    asked_at = Instant(required=True)
    stores = ma.fields.List(ma.fields.Nested(StoreAroundOut), required=True)
    offers = ma.fields.List(ma.fields.Nested(OfferCardOut), required=True)
    more = ma.fields.Boolean(required=True, metadata={"description": "More stores are in reach"})
