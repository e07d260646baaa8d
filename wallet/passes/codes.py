"""Codes that a person can read out and a till can type: made, and read back.

Five groups of three random symbols and a check symbol (Algorithm::CouponCode): 2^74 codes. The symbols leave out I, O,
S and Z, which are read for 1, 0, 5 and 2. The check symbol of group n folds `start n; x 19 + index` modulo 31. Only
the first 31 of the 32 symbols are minted (never Y), so that no two are alike modulo 31: then every single wrong symbol
and every swap of neighbours inside a group is caught, and says in which group.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from wallet.passes.banned_words import is_banned
from wallet.passes.errors import CodeMistyped

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUVWXY"
MINTED = ALPHABET[:31]
GROUPS = 5
GROUP_LENGTH = 4
FEWEST_GROUPS = 3
"""Of a code on paper: 2^44 codes, which a few guesses a day do not find."""

TYPED_FOR = str.maketrans({"O": "0", "I": "1", "S": "5", "Z": "2"})
SEPARATORS = dict.fromkeys(map(ord, " \t\u00a0\u202f-\u2010\u2011\u2012\u2013\u2014\u2212."))

QWERTY_ON_AZERTY = str.maketrans(
    dict(zip("&É\"'(-È_ÇÀ", "1234567890", strict=True)) | {"Q": "A", "A": "Q", "Z": "W", "?": "M", ",": "M", ")": None}
)
"""What a scanner that types on an American keyboard leaves on a French one. A dash arrives as a closing bracket."""


def new_code() -> str:
    """A fresh code, such as `7QK3-M2TD-X0AH-9RWJ-4VNB`."""
    while True:
        groups = [_group(number) for number in range(1, GROUPS + 1)]
        if not is_banned("".join(groups)):
            return "-".join(groups)


def read_code(text: str) -> str:
    """The code that somebody typed or scanned, in the form that `new_code` gives.

    Takes lower case, spaces and dashes or none, the letters O, I, S, Z for 0, 1, 5, 2, and what an American scanner
    types on a French keyboard. Raises `CodeMistyped` with the first group that is wrong.
    """
    typed = text.upper()
    plain = typed.translate(SEPARATORS).translate(TYPED_FOR)
    wrong = wrong_group(plain)
    if wrong is not None and not set(plain) <= set(ALPHABET):
        scanned = typed.replace(" ", "").translate(QWERTY_ON_AZERTY)
        plain, wrong = (scanned, None) if wrong_group(scanned) is None else (plain, wrong)
    if wrong is not None:
        raise CodeMistyped(group=wrong)
    return "-".join(_cut(plain))


def read_printed(text: str) -> str:
    """A code on paper, of three to five groups, whoever's printer made it. Raises `CodeMistyped`, as `read_code`."""
    plain = text.upper().translate(SEPARATORS).translate(TYPED_FOR)
    groups = _cut(plain)
    for number, group in enumerate(groups[:GROUPS], start=1):
        if len(group) != GROUP_LENGTH or not set(group) <= set(ALPHABET) or check_symbol(number, group[:3]) != group[3]:
            raise CodeMistyped(group=number)
    if not FEWEST_GROUPS <= len(groups) <= GROUPS:
        raise CodeMistyped(group=min(len(groups) + 1, GROUPS))
    return "-".join(groups)


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
