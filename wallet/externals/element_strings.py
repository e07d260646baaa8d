"""GS1 element strings in a Code 128: FNC1 at the front, application identifiers (AI) with what they say, FNC1 between.

In files FNC1 is written as the control character GS, as scanners pass it on. Lengths: GS1 General Specifications,
section 3.2 (identifiers) and figure 7.8.5-2 (elements of a predetermined length, which need no FNC1 after them).
"""

import re

FNC1 = "\x1d"
PREDETERMINED = {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16} | {
    **{f"1{digit}": 8 for digit in range(1, 10)},
    **{f"3{digit}": 10 for digit in range(1, 7)},
}
"""First two digits of an identifier → characters of the whole element."""
THREE_DIGITS, FOUR_DIGITS = re.compile("2[345]|4[0-2]|71"), re.compile("3[1-69]|43|7[02-9]|8[0-2]")
"""Identifiers are of two digits unless they begin so."""


def is_claimed(code: str) -> bool:
    """Whether a code begins with FNC1, which says that it is an element string."""
    return code.startswith(FNC1)


def bracketed(code: str) -> str | None:
    """The string as people write it, `[01]09521234543213[10]A7`; None when it is none."""
    said = []
    for part in code.strip(FNC1).split(FNC1):
        rest = part
        while rest:
            length = PREDETERMINED.get(rest[:2])
            element, rest = rest[:length], rest[length:] if length else ""
            digits = 3 if THREE_DIGITS.match(element) else 4 if FOUR_DIGITS.match(element) else 2
            if not re.fullmatch(rf"[0-9]{{{digits}}}[!-Z_a-z]+", element) or len(element) != (length or len(element)):
                return None
            said.append(f"[{element[:digits]}]{element[digits:]}")
    return "".join(said) or None
