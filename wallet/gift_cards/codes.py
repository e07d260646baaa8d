"""Codes of gift cards: computed from our secret and what made the card, so that a till which lost the answer is told
the same code again although no table holds it.

Five groups are 2^74 codes: nobody guesses one, so looking one up is not counted.
"""

import hashlib
import hmac
from typing import NamedTuple

from app import config
from wallet.passes.codes import GROUP_LENGTH, GROUPS, code_of, read_printed

SEPARATOR = ":"


class ConcealedCode(NamedTuple):
    """What is kept of a code that was shown: its end, which people read, and its keyed hash."""

    ending: str
    code_hash: bytes

    @property
    def text(self) -> str:
        """As one word, which a sale keeps to know the same card again."""
        return f"{self.ending}{SEPARATOR}{self.code_hash.hex()}"


def make_code(name: str) -> str:
    """The code of the card that goes by this name."""
    return code_of(config.current().lasting_key("gift_card_minting"), name, groups=GROUPS)


def conceal_code(code: str) -> ConcealedCode:
    """What is kept of a code. Raises `CodeMistyped`."""
    plain = read_printed(code)
    key = config.current().lasting_key("gift_card")
    return ConcealedCode(plain[-GROUP_LENGTH:], hmac.new(key, plain.encode(), hashlib.sha256).digest())


def read_concealed(text: str) -> ConcealedCode:
    """The code that `ConcealedCode.text` wrote."""
    ending, _, digest = text.partition(SEPARATOR)
    return ConcealedCode(ending, bytes.fromhex(digest))


def show_ending(text: str) -> str:
    """What people read of a concealed code: `…9RWJ`."""
    return f"…{text.partition(SEPARATOR)[0].lstrip('…')}"
