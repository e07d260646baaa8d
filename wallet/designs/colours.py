"""Colours, and whether words can be read on them (WCAG 2.2, success criterion 1.4.3)."""

from typing import Literal

LEGIBLE = 4.5
"""The least contrast of text of a usual size, level AA."""

Rgb = tuple[int, int, int]


def read_colour(text: str) -> Rgb:
    """`#rrggbb` as three numbers from 0 to 255."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def contrast_of(one: str, other: str) -> float:
    """How much one colour stands out from another: 1 for the same, 21 for black and white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_legible(text: str, ground: str) -> bool:
    """Whether words in this colour can be read on that one."""
    return contrast_of(text, ground) >= LEGIBLE


def ink_on(ground: str) -> Literal["#000000", "#ffffff"]:
    """Black or white, whichever is read better on this colour; one of them always can be read."""
    return "#ffffff" if contrast_of("#ffffff", ground) >= contrast_of("#000000", ground) else "#000000"


def _luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    red, green, blue = (_linear(part / 255) for part in read_colour(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
