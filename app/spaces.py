"""Spaces that nobody sees: keyboards put them after an address, people and spreadsheets between digits."""

SEEN_BY_NOBODY = " \t\r\n\v\f\u00a0\u2007\u2009\u200b\u200e\u200f\u202f\u2060\ufeff"
"""White space, also without a break (U+00A0) or narrow (U+202F, which French locales write between thousands), and
signs of no width, which come with copied text."""

_NONE = dict.fromkeys(map(ord, SEEN_BY_NOBODY))


def trim_ends(text: str) -> str:
    """The text without the spaces and line ends around it."""
    return text.strip(SEEN_BY_NOBODY)


def remove_spaces(text: str) -> str:
    """The text without any space: of what is written in groups, as a code, a phone number or an amount."""
    return text.translate(_NONE)
