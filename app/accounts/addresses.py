"""Addresses that prove a person: one way to write each, and a keyed hash for tables that need not know them."""

import hashlib
import hmac
from typing import NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app import config
from app.accounts.models import IdentifierKind
from app.characters import remove_spaces, trim_ends

REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT")
"""Where ten digits are dialled as in France: each department overseas has a country code and prefixes of its own (ARCEP
gives 0690 and 0691 to +590, 0692, 0693 and 0639 to +262, 0694 to +594, 0696 and 0697 to +596)."""
FRANCE = 33
NO_COUNTRY = "001"
"""The region of country codes that no country has: satellites, ships, shared cost, premium rate (ITU-T E.164)."""
TEXTED = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""Kinds of number that a code may be sent to. Every other costs somebody money, or no person reads it: premium rate,
shared cost, satellite, pagers, machines."""


class Address(NamedTuple):
    """An address in its one spelling: an e-mail address in lower case, or a phone number in E.164."""

    kind: IdentifierKind
    value: str

    def hashed(self) -> bytes:
        """The keyed hash of this address. Phone numbers are few: without a key, a hash of one is soon undone."""
        return keyed_hash(f"{self.kind}:{self.value}")


def email_address(text: str) -> Address:
    """Read an e-mail address. Raises `ValueError` when it cannot be one.

    It is folded to lower case: RFC 5321 lets a server tell `Ada@` from `ada@`, none does, and people type both.
    """
    try:
        # Whether mail arrives is proved by the code itself, so no DNS is asked: it would tell others who signs in.
        found = validate_email(trim_ends(text), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("Not an e-mail address.") from None
    return Address(IdentifierKind.EMAIL, (found.ascii_email or found.normalized).lower())


def phone_number(text: str) -> Address:
    """Read a phone number, of France or its departments overseas unless it begins with `+`.

    Raises `ValueError` when it cannot be one. `+33` before a number of overseas is what people there often write.
    """
    found = _parsed(remove_spaces(text))
    return Address(IdentifierKind.PHONE, phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def is_texted(address: Address) -> bool:
    """Whether a text message may go to this phone number: only to what people carry, in a country."""
    number = phonenumbers.parse(address.value)
    in_a_country = phonenumbers.region_code_for_country_code(number.country_code or 0) != NO_COUNTRY
    return in_a_country and phonenumbers.number_type(number) in TEXTED


def country_of(address: Address) -> str:
    """The country of a phone number, ISO 3166-1 alpha-2; `001` for numbers that no country has."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(address.value)) or NO_COUNTRY


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    for region in REGIONS:
        try:
            found = phonenumbers.parse(text, region)
            if found.country_code == FRANCE and region != REGIONS[0]:
                found = phonenumbers.parse(f"0{found.national_number}", region)
        except phonenumbers.NumberParseException:
            break
        if phonenumbers.is_valid_number(found):
            return found
    raise ValueError("Not a phone number.")


def keyed_hash(text: str) -> bytes:
    """32 bytes that say the same of the same text, and nothing to whoever lacks our secret.

    They are kept beside what they are about, for as long as that, so they are the same after a change of the secret.
    """
    return hmac.new(config.current().lasting_key("address"), text.encode(), hashlib.sha256).digest()
