"""Addresses that prove a person: one way to write each, and a keyed hash for tables that need not know them."""

import hashlib
import hmac
from typing import NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app import config
from app.accounts.models import IdentifierKind

DEFAULT_REGION = "FR"


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
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("Not an e-mail address.") from None
    return Address(IdentifierKind.EMAIL, (found.ascii_email or found.normalized).lower())


def phone_number(text: str) -> Address:
    """Read a phone number, French unless it begins with `+`. Raises `ValueError` when it cannot be one."""
    try:
        found = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError("Not a phone number.") from None
    if not phonenumbers.is_valid_number(found):
        raise ValueError("Not a phone number.")
    return Address(IdentifierKind.PHONE, phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def keyed_hash(text: str) -> bytes:
    """32 bytes that say the same of the same text, and nothing to whoever lacks our secret."""
    return hmac.new(config.current().key("address"), text.encode(), hashlib.sha256).digest()
