"""Brands: one begins, one is found by the code that people and addresses call it."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

from babel.numbers import is_currency

from app.accounts import queries
from app.accounts.errors import BrandUnknown
from app.accounts.models import BRAND_CODE_SHAPE, Brand
from app.errors import Malformed, Pointer
from app.sql import db

CODE = re.compile(BRAND_CODE_SHAPE)
COUNTRY = re.compile(r"[A-Z]{2}")


def create_brand(
    *,
    code: str,
    name: str,
    countries: Sequence[str],
    time_zone: str,
    currency: str,
    now: datetime,
    legal_name: str | None = None,
    postal_address: str | None = None,
    privacy_contact: str | None = None,
) -> Brand:
    """A new tenant. `countries` are ISO 3166-1 alpha-2, `time_zone` is IANA, `currency` ISO 4217.

    The last three say who is responsible for personal data (GDPR 13(1)(a)), as receipts name them.

    Raises `Malformed` with every wrong value, and `BrandExists`.
    """
    wrong = [
        *_unless(CODE.fullmatch(code) is not None, "/code", "2 to 40 of a-z, 0-9 and hyphen."),
        *_unless(bool(countries) and all(map(COUNTRY.fullmatch, countries)), "/countries", "ISO 3166-1 alpha-2."),
        *_unless(time_zone in available_timezones(), "/time_zone", "A time zone of the IANA database."),
        *_unless(is_currency(currency), "/currency", "ISO 4217."),
    ]
    if wrong:
        raise Malformed(errors=wrong)
    return db.add(
        Brand(
            code=code,
            name=name,
            countries=list(countries),
            time_zone=time_zone,
            currency=currency,
            legal_name=legal_name,
            postal_address=postal_address,
            privacy_contact=privacy_contact,
            created_at=now,
        )
    )


def _unless(right: bool, pointer: str, detail: str) -> list[Pointer]:
    return [] if right else [{"pointer": pointer, "code": "invalid", "detail": detail}]


def find_brand(code: str) -> Brand:
    """The brand with this code. Raises `BrandUnknown`, without asking the database about what cannot be a code."""
    brand = db.first(queries.brand_with_code(code)) if CODE.fullmatch(code) else None
    if brand is None:
        raise BrandUnknown
    return brand
