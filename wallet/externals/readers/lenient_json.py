"""JSON as issuers of passes really write it: wallets read these passes, so their holders have them.

A comma too many, a value that is missing and a line end inside a text are mended; anything else is refused.
"""

import json
import re
from typing import Any

TEXT = r'"(?:[^"\\]|\\(?:.|\Z))*+(?:"|\Z)'
"""A text to its end, or to the end of the file: so no place of the file is looked at twice."""
SLIP = re.compile(rf"(?P<text>{TEXT})|,(?=\s*+[,}}\]])|(?P<valueless>:)(?=\s*+[,}}\]])", re.DOTALL)


def read_lenient(text: str) -> tuple[Any, bool]:
    """The value, and whether something had to be mended. Raises `ValueError`, `RecursionError`."""
    try:
        return json.loads(text), False
    except ValueError:
        return json.loads(SLIP.sub(_mended, text), strict=False), True


def _mended(slip: re.Match[str]) -> str:
    return slip["text"] or (": null" if slip["valueless"] else "")
