"""Text and numbers as people and spreadsheets write them, made plain."""

import math
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

# Invisible characters that change what is read or compared: zero width space, byte order mark, writing direction.
INVISIBLE = dict.fromkeys([0x200B, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,40})?(?:[eE][+-]?\d{1,3})?")
NO_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def plain_text(value: object) -> tuple[str | None, bool]:
    """`value` as one line of text, and whether characters that nobody sees were removed. Nothing readable is None.

    Spaces, tabs and line ends become single spaces: they come with every export and nobody need hear of it.
    """
    if type(value) is str and value.isprintable() and "  " not in value and value.strip(" ") == value:
        return unicodedata.normalize("NFC", value) or None, False  # nearly always, and many times as fast
    if not isinstance(value, str) and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
        return None, False
    spaced = " ".join(str(value).split())
    seen = "".join(c for c in spaced.translate(INVISIBLE) if unicodedata.category(c) not in ("Cc", "Cs"))
    line = unicodedata.normalize("NFC", " ".join(seen.split()))
    return line or None, seen != spaced


def excerpt(value: object, longest: int = 60) -> str:
    """What we were given, fit to be shown."""
    text = plain_text(value)[0] or ""
    return text if len(text) <= longest else text[: longest - 1] + "…"


class NotANumber(ValueError):
    """The value is not written as a number."""


def plain_number(value: object) -> tuple[float, bool]:
    """`value` as a number, and whether it had a decimal comma; may be infinite or NaN. Raises `NotANumber`."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _float(value), False
    if not isinstance(value, str):
        raise NotANumber
    text = value.translate(INVISIBLE).strip()
    if NO_NUMBER.fullmatch(text):
        return math.nan, False
    if not NUMBER.fullmatch(text):
        raise NotANumber
    return float(text.replace(",", ".")), "," in text


def _float(value: int | float | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


@lru_cache(maxsize=8192)  # a file says the same names and towns again and again
def same_name_key(name: str) -> str:
    """What two spellings of one name share: letters and digits without case and accents (`Monop'` = `MONOP`)."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(filter(str.isalnum, decomposed)) or name
