"""How much a JSON text holds, told by its brackets and commas before anything is made of it.

Made into values, a text of `[{},{},…]` takes thirty times its own size: so what is too much is refused unread.
"""

import re

from wallet.externals.errors import FileBroken, FileTooLong, TooManyRows
from wallet.externals.readers.lenient_json import TEXT
from wallet.externals.rows import MOST_CARDS

DEEPEST = 20
"""Levels: none of these formats needs half as many."""
MOST_VALUES = 80_000
"""Values and lists in one text: a full wallet of the format that says most of a card has half as many."""
TEXTS = re.compile(TEXT, re.DOTALL)
SIGNS = re.compile(r"[\[\]{},]")


def check_outline(text: str, *, part: str) -> None:
    """Whether the text can be a list of cards, or a part of one.

    Raises `TooManyRows` for a longer list than a wallet holds, `FileTooLong` for more values, `FileBroken` with the
    name of the part for more levels.
    """
    depth = 0
    room = MOST_CARDS if text.lstrip()[:1] == "[" else MOST_VALUES
    for number, sign in enumerate(SIGNS.finditer(TEXTS.sub("", text)), start=1):
        if sign[0] == ",":
            room -= depth == 1
            if room < 1:
                raise TooManyRows(most=MOST_CARDS)
        elif sign[0] in "[{":
            depth += 1
        else:
            depth -= 1
        if depth > DEEPEST:
            raise FileBroken(part=part)
        if number > MOST_VALUES:
            raise FileTooLong
