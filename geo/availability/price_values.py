"""Prices, yes and no, and instants as people and systems write them into price lists. Pure."""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision, is_currency

from app.characters import remove_spaces
from app.ops.imports.instants import read_instant
from app.ops.imports.tables import plain
from geo.availability.findings import PriceFinding, RefusedPrice

LONGEST = 200
YES = frozenset(
    (
        *("y", "yes", "true", "t", "o", "oui", "vrai", "v", "instock", "limitedavailability", "available"),
        *("disponible", "enstock", "dispo"),
    )
)
NO = frozenset(
    (
        *("n", "no", "false", "f", "non", "faux", "outofstock", "unavailable", "soldout", "ondisplaytoorder"),
        *("preorder", "backorder", "rupture", "enrupture", "epuise", "indisponible"),
    )
)
"""What columns of stock say; `on display to order` cannot be taken home."""
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "CHF": "CHF"}
AMOUNT = re.compile(r"(?P<before>[^\d.,+-]*)(?P<number>[+-]?\d[\d.,]*)(?P<after>[^\d.,]*)")
FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T]+(?:à )?(\d{1,2})[:h](\d{2})(?::(\d{2}))?)?")


@lru_cache(maxsize=100_000)
def read_price(text: str) -> tuple[Decimal, str | None]:
    """An amount as people and systems write it (`2,49`, `1 299,00 €`, `12.90 EUR`), and its currency if it says one.

    ValueError for anything else, also where it is not clear which sign parts the decimals.
    """
    matched = AMOUNT.fullmatch(remove_spaces(text)) if len(text) <= LONGEST else None
    if matched is None:
        raise ValueError(text)
    beside = (matched["before"] or matched["after"]).upper()
    if matched["before"] and matched["after"]:
        raise ValueError(text)
    number = matched["number"]
    decimal = max(number.rfind(","), number.rfind("."))
    if decimal >= 0 and number.count(number[decimal]) > 1:
        raise ValueError(text)
    whole = number[:decimal].replace(",", "").replace(".", "") if decimal >= 0 else number
    return Decimal(f"{whole}.{number[decimal + 1 :] or 0}" if decimal >= 0 else whole), SIGNS.get(
        beside, beside
    ) or None


def minor_units(price: Decimal, currency: str) -> int:
    """An amount in minor units. ValueError for more digits than the currency has."""
    exact = price.scaleb(_precision(currency))
    if exact != exact.to_integral_value():
        raise ValueError(price)
    return int(exact)


def minor_units_in(text: str, currency: str) -> int:
    """An amount that is written in minor units. ValueError for anything else."""
    digits = remove_spaces(text)
    if len(digits) > LONGEST or not digits.isascii() or _precision(currency) < 0:
        raise ValueError(text)
    return int(digits)


@lru_cache(maxsize=1024)
def _precision(currency: str) -> int:
    if not is_currency(currency):
        raise RefusedPrice(PriceFinding.MONEY_UNKNOWN, "currency")
    return int(get_currency_precision(currency))


def read_truth(word: str) -> bool:
    """Whether a word says that there is some. Raises `RefusedPrice`."""
    said = plain(word) or word.strip()
    if said in YES or said == "1":
        return True
    if said in NO or said == "0":
        return False
    raise RefusedPrice(PriceFinding.STOCK_UNREADABLE, "in_stock")


@lru_cache(maxsize=10_000)  # a night's list says few instants
def read_as_of(text: str, zone: str) -> datetime:
    """An instant of ISO 8601 or of a French spreadsheet; a date alone is its beginning, so that nothing seems newer
    than it is. Raises `RefusedPrice`."""
    try:
        if matched := FRENCH.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in matched.groups())
            wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # a wall clock has no zone yet
            text = wall.isoformat()
        return read_instant(text, zone)
    except (ValueError, OverflowError):
        raise RefusedPrice(PriceFinding.AS_OF_UNREADABLE, "as_of") from None
