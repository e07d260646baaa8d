"""Issuers, codes and sales with coupons, for tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand
from app.codes.article_numbers import check_digit
from app.sql import db
from offers.checkout import sales
from offers.checkout.models import Sale
from offers.checkout.pricing import Asked, PricedSale
from offers.manufacturers import register
from offers.manufacturers.clearing import months
from offers.manufacturers.clearing.models import ClearingFile
from offers.manufacturers.models import IssuerEntry
from offers.manufacturers.register import IssuerRead, IssuerSaid
from offers.manufacturers.series import Series
from tests.checkout.factories import Counter
from tests.coupons.factories import acting_at
from tests.factories import NOON, made, make_console_user
from wallet.passes.gs1 import EuroCoupon, write_euro_coupon
from wallet.purchases.basket import BasketLine, Products

COFFEE = "3017620422003"
TEA = "4006381333931"
EURO = "9828508"
COMPANY = "340123"


def euro(value: int | None, reference: str = "01") -> str:
    """The code of a coupon of issuer 9828508."""
    return write_euro_coupon(EuroCoupon("8508", reference, value))


def gcn(serial: str = "", rest: str = "", reference: int = 1) -> str:
    """A global coupon number of company 340123, as people write it."""
    digits = f"{COMPANY}{reference:06}"
    return f"(255){digits}{check_digit(digits)}{serial}{rest}"


def of(*gtins: str) -> Products:
    return Products(gtins=frozenset(gtins))


def article(position: int, gross: int, gtin: str = COFFEE, quantity: int = 1, **given: Any) -> BasketLine:
    return BasketLine(position, quantity, gross, gtin=gtin, **{"category": "food", "tax_bp": 550} | given)


def enter_issuer(brand: Brand, *series: Series, code: str = "torref", **given: Any) -> IssuerRead:
    """An issuer in the register of a brand; of coffee, unless told otherwise."""
    said = {"name": "Torréfactions Réunies", "billing_address": "1 quai du Port, 13002 Marseille", "currency": "EUR"}
    fields: dict[str, Any] = (
        {"code": code} | said | {"billing_reference": "", "series": series or (Series(EURO, products=of(COFFEE)),)}
    )
    revision = given.pop("revision", None)
    with made():
        by = make_console_user(brand, "admin").id
        whose: dict[str, Any] = {"brand_id": brand.id, "revision": revision, "by": by, "now": NOON}
        return register.set_issuer(said=IssuerSaid(**fields | given), **whose)


def clear_month(brand: Brand, *, now: datetime) -> ClearingFile:
    """A closed month of a new issuer."""
    enter_issuer(brand)
    with made():
        return months.make_clearing(brand_id=brand.id, issuer="torref", month=date(2026, 1, 1), now=now)


class CouponCounter(Counter):
    """A till of a brand that knows issuers."""

    def __init__(self, *series: Series, **given: Any) -> None:
        super().__init__(**given)
        enter_issuer(self.brand, *series)

    def shows(self, *wanted: BasketLine | int, codes: tuple[str, ...], **given: Any) -> Asked:
        return replace(self.asks(*wanted, **given), manufacturer_coupons=codes)

    def takes(self, *wanted: BasketLine | int, codes: tuple[str, ...], now: datetime = NOON, **given: Any) -> Sale:
        return self.commits(self.shows(*wanted, codes=codes, now=now, **given), now=now)

    def asked(self, asked: Asked, *, now: datetime = NOON) -> PricedSale:
        """What a quote of it says."""
        with acting_at(self.terminal):
            return sales.quote_sale(asked=asked, till=self.till, now=now)

    def owed(self, sale: Sale) -> list[tuple[str, int]]:
        """What the ledger says of a sale, in the order of its writing."""
        return [(one.kind, one.amount_minor) for one in self.ledger() if one.sale_id == sale.id]

    def ledger(self) -> list[IssuerEntry]:
        with db.system_transaction():
            return list(
                db.all_of(select(IssuerEntry).where(IssuerEntry.brand_id == self.brand.id).order_by(IssuerEntry.id))
            )

    def clears(self, month: date, *, now: datetime, issuer: str = "torref") -> ClearingFile:
        with made():
            return months.make_clearing(brand_id=self.brand.id, issuer=issuer, month=month, now=now)


def paid(sale: Sale) -> Mapping[str, int]:
    """What each coupon paid in a sale."""
    return {one["code"]: one["amount_minor"] for one in sale.trace.get("manufacturer_coupons", ())}
