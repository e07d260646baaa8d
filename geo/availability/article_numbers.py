"""Numbers of articles as they are compared: a GTIN always with its fourteen digits. Pure.

GS1 General Specifications, 3.3: a GTIN has fourteen digits, and a shorter one begins with zeros; 7.9: its check digit.
`wallet` reads the same numbers on receipts and is a stranger here; a property test holds both together.
"""

from functools import lru_cache

LENGTHS = (8, 12, 13, 14)
FULL = LENGTHS[-1]
LEAST_OF_A_SPREADSHEET = 7
"""A number with fewer digits is no GTIN that lost its zeros: an EAN-8 has one at most."""


@lru_cache(maxsize=100_000)  # only of what is as short as a number
def full_gtin(text: str) -> str | None:
    """The fourteen digits of a GTIN that is written with 8, 12, 13 or 14; None if it is none."""
    if len(text) not in LENGTHS or not (text.isascii() and text.isdecimal()):
        return None
    digits = text.zfill(FULL)
    return digits if digits[-1] == check_digit(digits[:-1]) else None


def mended_gtin(text: str) -> str | None:
    """The fourteen digits of a GTIN from which a spreadsheet took the zeros at its beginning, or added `.0`."""
    digits = text.removesuffix(".0")
    if not LEAST_OF_A_SPREADSHEET <= len(digits) < FULL or not (digits.isascii() and digits.isdecimal()):
        return None
    return full_gtin(digits.zfill(next(length for length in LENGTHS if length >= len(digits))))


def check_digit(digits: str) -> str:
    """The last digit of a number whose other digits are these: weights 3 and 1 from the right."""
    odd, even = sum(map(int, digits[-1::-2])), sum(map(int, digits[-2::-2]))
    return str(-(3 * odd + even) % 10)


def key_of(*, gtin: str | None, sku: str | None) -> str:
    """What names an article within its brand: its GTIN in fourteen digits, or else its SKU."""
    return gtin or f"sku:{sku}"
