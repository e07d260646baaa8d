"""The register of issuers on the wire. Amounts in minor units of the issuer's currency; both days are included."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose
from app.http.pagination import PageIn, PageOut
from offers.manufacturers.errors import (
    FREE_WITHOUT_ARTICLES,
    LEAST_ABOVE_MOST,
    NOT_A_PREFIX,
    NOT_AN_ISSUER_CODE,
    PREFIX_REPEATED,
    UNIQUE_WITHOUT_SERIAL,
)
from offers.manufacturers.register import IssuerRead, IssuerSaid
from offers.manufacturers.series import EVERYTHING, Series
from wallet.product_lists.schemas import ProductsIn, ProductsOut
from wallet.purchases.basket import Products
from wallet.purchases.schemas import known_currency

EURO = ("981", "982")
AMOUNT = ma.validate.Range(1, 10_000_000)
MOST_SERIES = 200


class IssuersIn(PageIn):
    """Which page of the register."""


class IssuerSeriesIn(In):
    """What holds for codes that begin with a prefix; of several the longest. Without `products` one pays for the whole
    basket, else for `units` of them."""

    prefix = ma.fields.String(
        required=True, validate=Pattern(r"^(98[12]([0-9]{4}|[0-9]{6})|(?!98[12])[0-9]{4,12})$", NOT_A_PREFIX)
    )
    is_unique = ma.fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "Each serial number counts once"}
    )
    products = ma.fields.Nested(ProductsIn, load_default=Products)
    units = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(1, 100))
    face_minor = ma.fields.Integer(
        strict=True, load_default=None, validate=AMOUNT, metadata={"description": "Of a code that says no value"}
    )
    least_minor = ma.fields.Integer(strict=True, load_default=None, validate=AMOUNT)
    most_minor = ma.fields.Integer(strict=True, load_default=None, validate=AMOUNT)
    free_article = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "A code without a value pays one unit"},
    )
    first_day = ma.fields.Date(load_default=None)
    last_day = ma.fields.Date(load_default=None)

    @ma.validates_schema
    def sound(self, data: dict[str, Any], **_: Any) -> None:
        if data["is_unique"] and data["prefix"].startswith(EURO):
            raise ma.ValidationError({"is_unique": [UNIQUE_WITHOUT_SERIAL]})
        if data["free_article"] and data["products"] == EVERYTHING:
            raise ma.ValidationError({"free_article": [FREE_WITHOUT_ARTICLES]})
        if data["first_day"] and data["last_day"] and data["first_day"] > data["last_day"]:
            raise ma.ValidationError({"last_day": [complaints.END_BEFORE_START]})
        if data["least_minor"] and data["most_minor"] and data["least_minor"] > data["most_minor"]:
            raise ma.ValidationError({"least_minor": [LEAST_ABOVE_MOST]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Series:
        return Series(**data)


class IssuerIn(In):
    """An issuer. Without series none of its coupons is taken any more."""

    code = ma.fields.String(required=True, validate=Pattern(r"^[a-z0-9][a-z0-9-]{0,39}$", NOT_AN_ISSUER_CODE))
    name = LineField(longest=200, required=True)
    billing_address = Prose(longest=500, required=True)
    billing_reference = LineField(longest=100, shortest=0, load_default="")
    currency = ma.fields.String(
        required=True, validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_currency]
    )
    series = ma.fields.List(
        ma.fields.Nested(IssuerSeriesIn), required=True, validate=ma.validate.Length(max=MOST_SERIES)
    )

    @ma.validates_schema
    def prefixes(self, data: dict[str, Any], **_: Any) -> None:
        prefixes = [one.prefix for one in data["series"]]
        if len(set(prefixes)) < len(prefixes):
            raise ma.ValidationError({"series": [PREFIX_REPEATED]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> IssuerSaid:
        return IssuerSaid(**data)


class IssuerSeriesOut(Out):
    prefix = ma.fields.String(required=True)
    is_unique = ma.fields.Boolean(required=True)
    products = ma.fields.Nested(ProductsOut, required=True)
    units = ma.fields.Integer(required=True)
    face_minor = ma.fields.Integer(required=True, allow_none=True)
    least_minor = ma.fields.Integer(required=True, allow_none=True)
    most_minor = ma.fields.Integer(required=True, allow_none=True)
    free_article = ma.fields.Boolean(required=True)
    first_day = ma.fields.Date(required=True, allow_none=True)
    last_day = ma.fields.Date(required=True, allow_none=True)


class IssuerOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    billing_address = ma.fields.String(required=True)
    billing_reference = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    series = ma.fields.List(ma.fields.Nested(IssuerSeriesOut), required=True)
    revision = ma.fields.Integer(required=True, metadata={"description": "The number in the ETag"})
    set_at = Instant(required=True)

    @ma.pre_dump
    def flat(self, read: IssuerRead, **_: Any) -> dict[str, Any]:
        names = ("code", "name", "billing_address", "billing_reference", "currency", "revision", "set_at")
        return {name: getattr(read.issuer, name) for name in names} | {"series": read.series}


class IssuersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(IssuerOut), required=True)
