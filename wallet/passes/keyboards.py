"""What a scanner types when its keyboard is American and the till's is not, and the name of the barcode before it.

Most scanners pretend to be an American keyboard and press keys; the till reads those keys by its own layout. So a dash
arrives as `)` in France, `ß` in Germany and `'` in Spain. Only signs that such a key leaves make us read a text so: a
text of letters and digits is taken as it is, else a slip of the finger could become another code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

SYMBOLOGY = re.compile(r"^\](?:[A-Za-z][0-9A-Za-z])")
"""The identifier of a symbology (ISO/IEC 15424): `]Q1` before a QR code, `]C1` a GS1-128, `]E0` an EAN-13."""

TYPED_BY_PEOPLE = frozenset("-,.")
"""Signs that say nothing about a keyboard: people put them between groups."""


class Keyboard(NamedTuple):
    """How the keys of an American keyboard read on another: `keys` from the sign that arrives to the key pressed."""

    keys: dict[int, str]
    signs: frozenset[str]


def _keyboard(**keys: str) -> Keyboard:
    """A keyboard: `digits` are the signs of the keys 1 to 0, `dash`, `bracket` and `m` those of that key.

    Several signs of one key are those with and without Shift or Caps Lock; `swapped` are pairs of letters.
    """
    arriving = dict(zip(keys.get("digits", ""), "1234567890" * 2, strict=False))
    for key, pressed in (("dash", "-"), ("bracket", "]"), ("m", "M")):
        arriving |= dict.fromkeys(keys.get(key, ""), pressed)
    signs = frozenset(arriving) - TYPED_BY_PEOPLE
    for one, other in zip(keys.get("swapped", "")[::2], keys.get("swapped", "")[1::2], strict=True):
        arriving |= {one: other, other: one, one.lower(): other.lower(), other.lower(): one.lower()}
    return Keyboard(str.maketrans(arriving), signs)


AZERTY = {"dash": ")°", "bracket": "$£", "m": "?,", "swapped": "AQZW"}
KEYBOARDS = (
    _keyboard(digits="&é\"'(-è_çà&É\"'(-È_ÇÀ", **AZERTY),  # Windows
    _keyboard(digits="&é\"'(§è!çà&É\"'(§È!ÇÀ", **AZERTY),  # a Mac, an iPad, Belgium
    _keyboard(dash="ßẞ", bracket="+", swapped="YZ"),  # Germany, Austria
    _keyboard(dash="'", bracket="¨", swapped="YZ"),  # Switzerland
    _keyboard(dash="'", bracket="+"),  # Spain, Italy
)


def list_readings(text: str) -> Iterator[str]:
    """What may have been scanned, without the identifier of its symbology: by each keyboard whose signs are in the
    text, then as it is. A code that reads well as it is, too, reads so by chance: its signs would say nothing. Signs
    without any letter or digit are no code, so any keyboard may have left them: `------` is `666666` in France."""
    is_nothing = not any(map(str.isalnum, text))
    for keyboard in KEYBOARDS:
        if is_nothing or not keyboard.signs.isdisjoint(text):
            yield strip_symbology(text.translate(keyboard.keys))
    yield strip_symbology(text)


def strip_symbology(text: str) -> str:
    """A text without the identifier of the symbology that a scanner may put before it."""
    return SYMBOLOGY.sub("", text.strip())
