"""Brands: one begins, one is found by the code that people and addresses call it."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

from babel.numbers import is_currency

from app import complaints
from app.accounts import queries
from app.accounts.addresses import email_address
from app.accounts.errors import (
    ADDRESS_INCOMPLETE,
    BRAND_CODE_WRONG,
    REACHES_NOBODY,
    RESPONSIBLE_MISSING,
    BrandUnknown,
)
from app.accounts.models import BRAND_CODE_SHAPE, Brand
from app.complaints import Complaint
from app.errors import Malformed, Pointer
from app.languages import LANGUAGES
from app.sql import db

CODE = re.compile(BRAND_CODE_SHAPE)
COUNTRY = re.compile(r"[A-Z]{2}")
PAGE = re.compile(r"https://[^\s/]+\.[^\s]+")
SHORTEST_ADDRESS = 5
"""Characters: what receipts take for an address."""


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

    The last three say who is responsible for personal data (GDPR 13(1)(a)), as receipts name them; until all are there
    the brand cannot ask its members for anything.

    Raises `Malformed` with every wrong value, and `BrandExists`.
    """
    wrong = [
        *_unless(CODE.fullmatch(code) is not None, "/code", BRAND_CODE_WRONG),
        *_unless(bool(countries) and all(map(COUNTRY.fullmatch, countries)), "/countries", complaints.NOT_A_COUNTRY),
        *_unless(time_zone in available_timezones(), "/time_zone", complaints.NOT_A_TIME_ZONE),
        *_unless(is_currency(currency), "/currency", complaints.NOT_A_CURRENCY),
        *_unless(privacy_contact is None or _reaches(privacy_contact), "/privacy_contact", REACHES_NOBODY),
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


def identify_brand(
    *,
    brand_id: uuid.UUID,
    legal_name: str,
    postal_address: str,
    privacy_contact: str,
    dpo_contact: str | None = None,
    language: str | None = None,
    requires_age: bool | None = None,
) -> Brand:
    """Say who answers for a brand's personal data (GDPR 13(1)(a), (b)): from now on it may ask its members.

    `language` is `fr` or `en`; it and `requires_age` stay as they are unless they are given. What was agreed to before
    keeps the words that were shown. Raises `Malformed` with every wrong value.
    """
    wrong = [
        *_unless(bool(legal_name.strip()), "/legal_name", RESPONSIBLE_MISSING),
        *_unless(len(postal_address.strip()) >= SHORTEST_ADDRESS, "/postal_address", ADDRESS_INCOMPLETE),
        *_unless(_reaches(privacy_contact), "/privacy_contact", REACHES_NOBODY),
        *_unless(dpo_contact is None or _reaches(dpo_contact), "/dpo_contact", REACHES_NOBODY),
        *_unless(
            language is None or language in LANGUAGES,
            "/language",
            complaints.NOT_ONE_OF.with_facts(allowed=list(LANGUAGES)),
        ),
    ]
    if wrong:
        raise Malformed(errors=wrong)
    (brand,) = db.all_of(queries.brand_locked(brand_id))
    brand.legal_name, brand.postal_address = legal_name.strip(), postal_address.strip()
    brand.privacy_contact, brand.dpo_contact = privacy_contact, dpo_contact
    brand.language = brand.language if language is None else language
    brand.requires_age = brand.requires_age if requires_age is None else requires_age
    return brand


def _reaches(contact: str) -> bool:
    """Whether a member can write there: an e-mail address, or a page."""
    if contact.startswith("https://"):
        return PAGE.fullmatch(contact) is not None
    try:
        return bool(email_address(contact))
    except ValueError:
        return False


def _unless(right: bool, pointer: str, complaint: Complaint) -> list[Pointer]:
    return [] if right else [Pointer(pointer, complaint)]


def find_brand(code: str) -> Brand:
    """The brand with this code. Raises `BrandUnknown`, without asking the database about what cannot be a code."""
    brand = db.first(queries.brand_with_code(code)) if CODE.fullmatch(code) else None
    if brand is None:
        raise BrandUnknown
    return brand
