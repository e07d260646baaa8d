"""Codes of manufacturers' coupons as tills scan them, read into values. Pure.

Layouts: `wallet.passes.gs1`. The seven digits of 981 or 982 and the issuer are allocated together (GS1 Ireland, GS1
Greece), so a prefix begins with them; that of a global coupon number is the company's GS1 prefix, of 4 to 12 digits.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from babel.numbers import get_currency_precision

from app.errors import Problem
from offers.manufacturers.errors import ManufacturerCouponMistyped, ManufacturerCouponUnreadable
from wallet.passes import gs1
from wallet.passes.gs1 import CouponDigitWrong, Gcn

EURO_CENTS = 2
SHORTEST_PREFIX = 4
KEY = "manufacturer:"


class ReadCoupon(NamedTuple):
    """What a code says. `code` is the one way to write it; `prefixes` are what a series of it can begin with, the
    longest first. An amount or a percentage comes with its decimals; without either it is an article for nothing, or
    says nothing."""

    code: str
    prefixes: Sequence[str]
    amount: tuple[int, int] | None = None
    percent: tuple[int, int] | None = None
    has_points: bool = False
    unique_number: str | None = None
    expires_on: date | None = None

    def amount_minor(self, currency: str) -> int | None:
        """What it says in minor units of a currency; null where it says none that this currency has."""
        if self.amount is None:
            return None
        value, decimals = self.amount
        shift = int(get_currency_precision(currency)) - decimals
        whole, rest = (value * 10**shift, 0) if shift >= 0 else divmod(value, 10**-shift)
        return None if rest else whole


def read_code(said: str) -> ReadCoupon:
    """What a scanned or typed code says. Raises `ManufacturerCouponUnreadable`, `ManufacturerCouponMistyped`."""
    try:
        if said.isascii() and said.isdigit() and len(said) == gs1.EURO_DIGITS:
            return _euro(said)
        return _global(gs1.read_gcn(said))
    except CouponDigitWrong as wrong:
        raise ManufacturerCouponMistyped from wrong
    except ValueError as wrong:
        raise ManufacturerCouponUnreadable from wrong


def spell_code(said: str) -> str:
    """The one way to write a code, so that a retry says the same; what cannot be read, as it was said."""
    try:
        return read_code(said).code
    except Problem:
        return said


def spell_codes(said: Sequence[str]) -> list[str]:
    """The codes of a sale in one order, each as often as it was shown."""
    return sorted(map(spell_code, said))


def key_of(code: str, at: int) -> str:
    """What the coupon at this place of `spell_codes` is called in a sale."""
    return f"{KEY}{at}:{code}"


def is_key(key: str) -> bool:
    """Whether something in a sale is called as a manufacturer's coupon is."""
    return key.startswith(KEY)


def code_of(key: str) -> str:
    """The code of the coupon that a sale calls so."""
    return key.removeprefix(KEY).partition(":")[2]


def keys_of(said: Sequence[str]) -> dict[str, str]:
    """The codes of a sale by what they are called in it."""
    return {key_of(code, at): code for at, code in enumerate(spell_codes(said))}


def said_minor(code: str, currency: str) -> int:
    """How much a code says it is worth, in minor units of a currency; nothing where it says no amount."""
    try:
        return read_code(code).amount_minor(currency) or 0
    except Problem:
        return 0


def _euro(said: str) -> ReadCoupon:
    coupon = gs1.read_euro_coupon(said)
    issuer, reference = said[:7], said[7:9]
    amount = None if coupon.value_minor is None else (coupon.value_minor, EURO_CENTS)
    return ReadCoupon(said, (issuer + reference, issuer), amount)


def _global(gcn: Gcn) -> ReadCoupon:
    company = gcn.number[:-1]
    return ReadCoupon(
        gs1.write_gcn(gcn),
        [company[:length] for length in range(len(company), SHORTEST_PREFIX - 1, -1)],
        gcn.amount,
        gcn.percent,
        has_points=gcn.points is not None,
        unique_number=None if gcn.serial is None else f"{gcn.number}.{gcn.serial}",
        expires_on=gcn.expires_on,
    )
