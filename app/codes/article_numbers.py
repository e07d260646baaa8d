"""Numbers of articles (GTIN). One article has one number, with however many digits somebody writes it. Pure.

GS1 General Specifications: 3.3 (a GTIN has fourteen digits, and a shorter one begins with zeros) and 7.9 (check digit).
What somebody sent is kept as they sent it; only here is said when two of them name one article.
"""

from collections.abc import Iterable
from functools import lru_cache

LENGTHS = (8, 12, 13, 14)
"""GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13), GTIN-14."""

FULL = LENGTHS[-1]
KEPT = 100_000
"""Numbers that a process remembers."""
LEAST_OF_A_SPREADSHEET = 7
"""A number with fewer digits is no GTIN that lost its zeros: an EAN-8 has one at most."""


def check_digit(digits: str) -> str:
    """The last digit of a GS1 number, from the digits before it: weights 3 and 1 from the right, modulo 10."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_gtin(text: str) -> bool:
    """Whether this is a GTIN of 8, 12, 13 or 14 digits whose check digit is right."""
    return len(text) in LENGTHS and text.isascii() and text.isdecimal() and _is_checked(text)


@lru_cache(maxsize=KEPT)  # only of what is as short as a number, so that nothing long is remembered
def _is_checked(digits: str) -> bool:
    return check_digit(digits[:-1]) == digits[-1]


@lru_cache(maxsize=KEPT)
def spell_gtin(gtin: str) -> tuple[str, ...]:
    """Every way to write the number of an article, the shortest first: two numbers are one article if these are."""
    digits = gtin.zfill(FULL)
    return tuple(digits[-length:] for length in LENGTHS if not digits[:-length].strip("0"))


def full_gtin(text: str) -> str | None:
    """The fourteen digits of a GTIN that is written with 8, 12, 13 or 14; None if it is none."""
    return text.zfill(FULL) if is_gtin(text) else None


def mended_gtin(text: str) -> str | None:
    """The fourteen digits of a GTIN from which a spreadsheet took the zeros at its beginning, or added `.0`."""
    digits = text.removesuffix(".0")
    if not LEAST_OF_A_SPREADSHEET <= len(digits) < FULL or not (digits.isascii() and digits.isdecimal()):
        return None
    return full_gtin(digits.zfill(next(length for length in LENGTHS if length >= len(digits))))


def number_of(gtin: str) -> int:
    """The number that every way to write a GTIN has in common; to be kept where many are."""
    return int(gtin)


def write_number(number: int) -> str:
    """The fourteen digits of such a number."""
    return str(number).zfill(FULL)


def impossible_gtins(numbers: Iterable[str]) -> list[str]:
    """Those of these numbers that no article can have."""
    return sorted(number for number in numbers if not is_gtin(number))
