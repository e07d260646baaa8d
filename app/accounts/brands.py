"""Brands: one begins, one is found by the code that people and addresses call it."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from babel.numbers import is_currency

from app import complaints, config
from app.accounts import queries
from app.accounts.addresses import email_address
from app.accounts.errors import (
    ADDRESS_INCOMPLETE,
    BRAND_CODE_WRONG,
    BRAND_NAME_MISSING,
    FIXED_AT_FOUNDING,
    NOT_A_DOMAIN,
    NOT_AN_EMAIL,
    NOT_AN_SMS_SENDER,
    REACHES_NOBODY,
    RESPONSIBLE_MISSING,
    BrandUnknown,
)
from app.accounts.models import BRAND_CODE_SHAPE, Brand
from app.carriers.senders import WALLET, Sender
from app.complaints import Complaint
from app.errors import Malformed, Pointer, PreconditionFailed
from app.languages import LANGUAGES
from app.logs import log
from app.sql import db

CODE = re.compile(BRAND_CODE_SHAPE)
COUNTRY = re.compile(r"[A-Z]{2}")
PAGE = re.compile(r"https://[^\s/]+\.[^\s]+")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\+?[0-9]{3,15}")
DOMAIN = re.compile(r"(?=.{4,60}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
SHORTEST_ADDRESS = 5
"""Characters: what receipts take for an address."""
NOT_A_LANGUAGE = complaints.NOT_ONE_OF.with_facts(allowed=list(LANGUAGES))


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
        *_unless(_are_countries(countries), "/countries", complaints.NOT_A_COUNTRY),
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
        *_unless(language is None or language in LANGUAGES, "/language", NOT_A_LANGUAGE),
    ]
    if wrong:
        raise Malformed(errors=wrong)
    (brand,) = db.all_of(queries.brand_locked(brand_id))
    brand.legal_name, brand.postal_address = legal_name.strip(), postal_address.strip()
    brand.privacy_contact, brand.dpo_contact = privacy_contact, dpo_contact
    brand.language = brand.language if language is None else language
    brand.requires_age = brand.requires_age if requires_age is None else requires_age
    brand.version += 1
    return brand


class BrandDetails(NamedTuple):
    """What may change of a brand after it was founded.

    Its code stands in addresses and on printed cards; its currency is that of every price and sale; its time zone is
    the calendar by which last days of points and coupons were promised and are proved again. Those stay.
    """

    name: str
    countries: Sequence[str]
    language: str
    reply_to: str | None = None
    colour: str | None = None
    sms_sender: str | None = None
    web_domain: str | None = None

    def list_complaints(self) -> list[Pointer]:
        """Every value that is wrong."""
        reply_to, colour, sms, site = self.reply_to, self.colour, self.sms_sender, self.web_domain
        return [
            *_unless(len(self.name.strip().splitlines()) == 1, "/name", BRAND_NAME_MISSING),
            *_unless(_are_countries(self.countries), "/countries", complaints.NOT_A_COUNTRY),
            *_unless(self.language in LANGUAGES, "/language", NOT_A_LANGUAGE),
            *_unless(reply_to is None or _is_email(reply_to), "/reply_to", NOT_AN_EMAIL),
            *_unless(colour is None or COLOUR.fullmatch(colour) is not None, "/colour", complaints.NOT_A_COLOUR),
            *_unless(sms is None or SMS_SENDER.fullmatch(sms) is not None, "/sms_sender", NOT_AN_SMS_SENDER),
            *_unless(site is None or DOMAIN.fullmatch(site) is not None, "/web_domain", NOT_A_DOMAIN),
        ]


def edit_brand(*, brand_id: uuid.UUID, version: int, fixed: Mapping[str, str] = {}, **details: Any) -> Brand:
    """Change what may change of a brand: the fields of `BrandDetails`. Whoever says `fixed` parts again says the same.

    Raises `PreconditionFailed` unless `version` is the current one, and `Malformed` with every wrong value.
    """
    (brand,) = db.all_of(queries.brand_locked(brand_id))
    if brand.version != version:
        raise PreconditionFailed
    asked = BrandDetails(**details)
    changed = [name for name, value in fixed.items() if value != getattr(brand, name)]
    wrong = asked.list_complaints() + [Pointer(f"/{name}", FIXED_AT_FOUNDING) for name in changed]
    if wrong:
        raise Malformed(errors=wrong)
    for name, value in asked._asdict().items():
        setattr(brand, name, list(value) if name == "countries" else value)
    brand.name = asked.name.strip()
    brand.version += 1
    return brand


def the_brand(*, brand_id: uuid.UUID) -> Brand:
    """The brand that somebody works for. Raises `BrandUnknown`."""
    brand = db.get(Brand, brand_id)
    if brand is None:
        raise BrandUnknown
    return brand


def send_from(*, brand_id: uuid.UUID, mail_address: str | None) -> Brand:
    """Say which address the brand's mail is from, or none. It is for operators: nobody proves here that the domain is
    the brand's, and other brands send by the same server. Raises `Malformed`."""
    if mail_address is not None and not _is_email(mail_address):
        raise Malformed(errors=[Pointer("/mail_address", NOT_AN_EMAIL)])
    (brand,) = db.all_of(queries.brand_locked(brand_id))
    brand.mail_address = mail_address
    brand.version += 1
    return brand


def sender_of(brand: Brand) -> Sender:
    """In whose name the brand writes."""
    return Sender(
        name=brand.name,
        brand_id=brand.id,
        address=brand.mail_address,
        reply_to=brand.reply_to,
        legal_name=brand.legal_name,
        postal_address=brand.postal_address,
        colour=brand.colour,
        sms_sender=brand.sms_sender,
        web_domain=brand.web_domain,
    )


def find_sender(code: str | None = None) -> Sender:
    """The brand with this code as a sender; without one, whoever writes for the whole wallet: the brand of `ICI_BRAND`,
    or no brand. Raises `BrandUnknown` for a code that was asked for."""
    if code is not None:
        return sender_of(find_brand(code))
    house = config.current().brand
    brand = db.first(queries.brand_with_code(house)) if house is not None else None
    if house is not None and brand is None:
        log.error("brand_of_settings_unknown")
    return WALLET if brand is None else sender_of(brand)


def _reaches(contact: str) -> bool:
    """Whether a member can write there: an e-mail address, or a page."""
    if contact.startswith("https://"):
        return PAGE.fullmatch(contact) is not None
    return _is_email(contact)


def _is_email(contact: str) -> bool:
    try:
        return bool(email_address(contact))
    except ValueError:
        return False


def _are_countries(codes: Sequence[str]) -> bool:
    return bool(codes) and all(map(COUNTRY.fullmatch, codes))


def _unless(right: bool, pointer: str, complaint: Complaint) -> list[Pointer]:
    return [] if right else [Pointer(pointer, complaint)]


def find_brand(code: str) -> Brand:
    """The brand with this code. Raises `BrandUnknown`, without asking the database about what cannot be a code."""
    brand = db.first(queries.brand_with_code(code)) if CODE.fullmatch(code) else None
    if brand is None:
        raise BrandUnknown
    return brand
