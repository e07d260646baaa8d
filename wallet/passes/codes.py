"""Codes that a person can read out and a till can type: made, and read back.

Five groups of three random symbols and a check symbol (Algorithm::CouponCode): 2^74 codes. The symbols leave out I, O,
S and Z, which are read for 1, 0, 5 and 2. The check symbol of group n folds `start n; x 19 + index` modulo 31. Only
the first 31 of the 32 symbols are minted (never Y), so that no two are alike modulo 31: then every single wrong symbol
and every swap of neighbours inside a group is caught, and says in which group.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from app.accounts.addresses import phone_number
from app.codes.article_numbers import is_gtin
from wallet.passes.banned_words import is_banned
from wallet.passes.errors import ArticleScanned, CodeMistyped, LinkScanned, PhoneNumberScanned
from wallet.passes.keyboards import list_readings, strip_symbology

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUVWXY"
MINTED = ALPHABET[:31]
GROUPS = 5
GROUP_LENGTH = 4
FEWEST_GROUPS = 3
"""Of a code on paper: 2^44 codes, which a few guesses a day do not find."""

LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)", re.IGNORECASE)
PHONE = re.compile(r"[+0][0-9 .()-]{7,20}")
OWN_PREFIXES, OWN_PREFIXES_OF_8 = ("2", "02", "04"), ("0", "2")
"""Of numbers for use within a company (GS1 General Specifications 1.4): a card of a shop may well bear one."""

TYPED_FOR = str.maketrans({"O": "0", "I": "1", "S": "5", "Z": "2"})


def new_code() -> str:
    """A fresh code, such as `7QK3-M2TD-X0AH-9RWJ-4VNB`."""
    while True:
        groups = [_group(number) for number in range(1, GROUPS + 1)]
        if not is_banned("".join(groups)):
            return "-".join(groups)


def read_code(text: str) -> str:
    """The code that somebody typed or scanned, in the form that `new_code` gives.

    Takes lower case, any signs between groups or none, the letters O, I, S, Z for 0, 1, 5, 2, the identifier of a
    symbology before it, and what an American scanner types on the keyboards of other countries. Raises `CodeMistyped`
    with the first group that is wrong, or says what else it is.
    """
    for reading in list_readings(text):
        symbols = _symbols(reading)
        if wrong_group(symbols) is None:
            return "-".join(_cut(symbols))
    raise _refusal(text, wrong_group(_symbols(strip_symbology(text))))


def read_printed(text: str) -> str:
    """A code on paper, of three to five groups, whoever's printer made it. Raises as `read_code`."""
    for reading in list_readings(text):
        symbols = _symbols(reading)
        if _wrong_printed_group(symbols) is None:
            return "-".join(_cut(symbols))
    raise _refusal(text, _wrong_printed_group(_symbols(strip_symbology(text))))


def _refusal(text: str, group: int | None) -> CodeMistyped:
    readings = list(list_readings(text))
    if any(LINK.match(reading) for reading in readings):
        return LinkScanned()
    if any(_is_article(reading) for reading in readings):
        return ArticleScanned()
    return PhoneNumberScanned() if any(map(_is_phone, readings)) else CodeMistyped(group=group)


def _is_article(text: str) -> bool:
    """Whether this is a number of an article (GTIN), and none of those that shops give out for their own use."""
    is_own = text.startswith(OWN_PREFIXES_OF_8) if len(text) == 8 else text[-13:].zfill(13).startswith(OWN_PREFIXES)
    return not is_own and is_gtin(text)


def _is_phone(text: str) -> bool:
    if not PHONE.fullmatch(text):
        return False
    try:
        phone_number(text)
    except ValueError:
        return False
    return True


def _symbols(text: str) -> str:
    """The letters and digits of a text, in capitals, as they are meant: what stands between groups says nothing."""
    return "".join(filter(str.isalnum, text.upper())).translate(TYPED_FOR)


def _wrong_printed_group(symbols: str) -> int | None:
    groups = _cut(symbols)
    for number, group in enumerate(groups[:GROUPS], start=1):
        if len(group) != GROUP_LENGTH or not set(group) <= set(ALPHABET) or check_symbol(number, group[:3]) != group[3]:
            return number
    return None if FEWEST_GROUPS <= len(groups) <= GROUPS else min(len(groups) + 1, GROUPS)


def code_of(key: bytes, name: str, *, groups: int) -> str:
    """The code that goes by this name: always the same, and nobody without the key can tell."""
    for attempt in range(1000):
        digest = hmac.new(key, f"{name}:{attempt}".encode(), hashlib.sha512).digest()
        # A byte below 8 x 31 falls on each of the 31 symbols equally often.
        symbols = [MINTED[byte % len(MINTED)] for byte in digest if byte < 8 * len(MINTED)]
        parts = ["".join(symbols[start : start + 3]) for start in range(0, 3 * groups, 3)]
        made = [part + check_symbol(number, part) for number, part in enumerate(parts, start=1)]
        if len(symbols) >= 3 * groups and not is_banned("".join(made)):
            return "-".join(made)
    raise RuntimeError("a thousand codes in a row were banned")


def wrong_group(symbols: str) -> int | None:
    """The number (from 1) of the first group that cannot be right; None when all are."""
    groups = _cut(symbols)
    for number, group in enumerate(groups[:GROUPS], start=1):
        if len(group) != GROUP_LENGTH or not set(group) <= set(MINTED) or check_symbol(number, group[:3]) != group[3]:
            return number
    if len(groups) != GROUPS:
        return min(len(groups) + 1, GROUPS)
    return None


def check_symbol(number: int, symbols: Iterable[str]) -> str:
    """The last symbol of group `number` (from 1) that starts with these symbols."""
    folded = number
    for symbol in symbols:
        folded = (folded * 19 + ALPHABET.index(symbol)) % 31
    return ALPHABET[folded]


def _group(number: int) -> str:
    symbols = "".join(secrets.choice(MINTED) for _ in range(GROUP_LENGTH - 1))
    return symbols + check_symbol(number, symbols)


def _cut(symbols: str) -> list[str]:
    return [symbols[start : start + GROUP_LENGTH] for start in range(0, len(symbols), GROUP_LENGTH)]
