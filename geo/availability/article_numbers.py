"""Numbers of articles as lists of prices have them: a GTIN always with its fourteen digits. Pure."""

from app.codes.article_numbers import FULL, LENGTHS, is_gtin

LEAST_OF_A_SPREADSHEET = 7
"""A number with fewer digits is no GTIN that lost its zeros: an EAN-8 has one at most."""


def full_gtin(text: str) -> str | None:
    """The fourteen digits of a GTIN that is written with 8, 12, 13 or 14; None if it is none."""
    return text.zfill(FULL) if is_gtin(text) else None


def mended_gtin(text: str) -> str | None:
    """The fourteen digits of a GTIN from which a spreadsheet took the zeros at its beginning, or added `.0`."""
    digits = text.removesuffix(".0")
    if not LEAST_OF_A_SPREADSHEET <= len(digits) < FULL or not (digits.isascii() and digits.isdecimal()):
        return None
    return full_gtin(digits.zfill(next(length for length in LENGTHS if length >= len(digits))))


def key_of(*, gtin: str | None, sku: str | None) -> str:
    """What names an article within its brand: its GTIN in fourteen digits, or else its SKU."""
    return gtin or f"sku:{sku}"
