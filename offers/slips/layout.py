"""Lines of a slip for printers with so many columns. Pure."""

import textwrap
from collections.abc import Iterable, Sequence

WIDTHS = (32, 42)
"""Columns of the printers at tills: 58 mm and 80 mm of paper."""
LEAST_LABEL = 12


def spread_line(label: str, amount: str, *, columns: int) -> list[str]:
    """A label with an amount at the right edge of its last line; no line is longer than the paper."""
    lines = textwrap.wrap(label, max(columns - len(amount) - 1, LEAST_LABEL)) or [""]
    last = lines.pop()
    return [*lines, f"{last}{amount:>{max(columns - len(last), len(amount) + 1)}}"]


def wrap_texts(texts: Iterable[str], *, columns: int) -> list[str]:
    """Sentences, each from the left edge of a new line."""
    return [line for text in texts for line in textwrap.wrap(text, columns)]


def stack_parts(parts: Sequence[Sequence[str]]) -> list[str]:
    """Parts under each other with an empty line between them; those without a line are left out."""
    stacked: list[str] = []
    for part in filter(None, parts):
        stacked += [*([""] if stacked else []), *part]
    return stacked
