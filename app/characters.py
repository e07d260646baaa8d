"""Characters that neither UTF-8 nor PostgreSQL can hold, and that JSON, CSV and phones write all the same.

They are NUL and the halves of a surrogate pair that lost their other half. Whoever reads a file refuses the row that
has one; whoever reads a request refuses the request.
"""

import re
from collections.abc import Iterable
from typing import Any

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


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
