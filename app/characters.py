"""Characters that nobody means: those that cannot be kept, and spaces that nobody sees.

Neither UTF-8 nor PostgreSQL can hold NUL and the halves of a surrogate pair that lost their other half, and JSON, CSV
and phones write them all the same. Whoever reads a file refuses the row that has one; whoever reads a request refuses
the request. Spaces are nobody's fault: keyboards put them after an address, people and spreadsheets between digits.
"""

import re
from collections.abc import Iterable
from typing import Any

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

SEEN_BY_NOBODY = " \t\r\n\v\f\u00a0\u2007\u2009\u200b\u200e\u200f\u202f\u2060\ufeff"
"""White space, also without a break (U+00A0) or narrow (U+202F, which French locales write between thousands), and
signs of no width, which come with copied text."""

_NONE = dict.fromkeys(map(ord, SEEN_BY_NOBODY))


def is_storable(text: str) -> bool:
    """Whether a text can be kept and sent."""
    return UNSTORABLE.search(text) is None


def are_storable(texts: Iterable[str]) -> bool:
    """Whether all of them can be kept and sent."""
    return is_storable("".join(texts))


def holds_only_storable(value: Any) -> bool:
    """Whether every text of a JSON value, its names too, can be kept and sent."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str) and not is_storable(one):
            return False
        if isinstance(one, dict):
            rest += (*one.keys(), *one.values())
        elif isinstance(one, list | tuple):
            rest += one
    return True


def join_halves(text: str) -> str:
    """The text, in which two halves that belong together are the sign that they spell; a lone one stays."""
    if is_storable(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def decode_leniently(content: bytes) -> str:
    """UTF-8, perhaps with a byte order mark, in which halves of surrogate pairs may stand, as Java writes them.

    Raises `UnicodeDecodeError` for any other wrong byte.
    """
    return join_halves(content.decode("utf-8-sig", "surrogatepass"))


def trim_ends(text: str) -> str:
    """The text without the spaces and line ends around it."""
    return text.strip(SEEN_BY_NOBODY)


def remove_spaces(text: str) -> str:
    """The text without any space: of what is written in groups, as a code, a phone number or an amount."""
    return text.translate(_NONE)
