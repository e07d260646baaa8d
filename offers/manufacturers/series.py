"""What a register says of the numbers that begin with a prefix. Pure: `write_series` makes plain JSON of it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple

from app.languages import Moment
from offers.manufacturers.codes import ReadCoupon
from offers.manufacturers.errors import CouponIssuerUnknown
from wallet.purchases.basket import Products

EVERYTHING = Products()


@dataclass(frozen=True, slots=True)
class Series:
    """Coupons of one action. Without `products` one pays for the whole basket; else for so many `units` of them, of
    which no other coupon pays. Amounts are minor units of the issuer's currency, both days are included."""

    prefix: str
    is_unique: bool = False
    products: Products = field(default_factory=Products)
    units: int = 1
    face_minor: int | None = None
    """What one is worth that says nothing."""
    least_minor: int | None = None
    most_minor: int | None = None
    """What one may say; a percentage or an article for nothing pays this at most."""
    free_article: bool = False
    """Whether one that says nothing pays the cheapest of its articles."""
    first_day: date | None = None
    last_day: date | None = None


class SeriesOfIssuer(NamedTuple):
    """A series with whose it is."""

    issuer_id: uuid.UUID
    issuer: str
    currency: str
    series: Series


@dataclass(frozen=True)
class KnownCoupons:
    """What the register says of codes: the series by their prefix, and since when and where numbers are used up."""

    series: Mapping[str, SeriesOfIssuer]
    used: Mapping[str, tuple[Moment, str]]

    def find_series(self, read: ReadCoupon) -> SeriesOfIssuer:
        """The series that holds for a code. Raises `CouponIssuerUnknown`."""
        found = next((self.series[prefix] for prefix in read.prefixes if prefix in self.series), None)
        if found is None:
            raise CouponIssuerUnknown
        return found


def write_series(series: Series) -> dict[str, Any]:
    """A series as JSON holds it, without its prefix."""
    products = {one.name: sorted(getattr(series.products, one.name)) for one in fields(Products)}
    days = {name: getattr(series, name) and getattr(series, name).isoformat() for name in ("first_day", "last_day")}
    plain = ("is_unique", "units", "face_minor", "least_minor", "most_minor", "free_article")
    return {name: getattr(series, name) for name in plain} | {"products": products} | days


def read_series(prefix: str, content: Mapping[str, Any]) -> Series:
    """The series that `write_series` wrote."""
    products = Products(**{name: frozenset(values) for name, values in content["products"].items()})
    days = {name: content[name] and date.fromisoformat(content[name]) for name in ("first_day", "last_day")}
    return Series(prefix, **{**content, **days, "products": products})
