"""The colours of a pass: `rgb(r, g, b)`, and whether text can be read on them (WCAG 2.2, 1.4.3)."""

import re
from collections.abc import Mapping
from typing import Any

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.kinds import PASS
from wallet.doctor.face.findings import ColourAilment

RGB = re.compile(r"\s*rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)\s*")
COLOURS = ("backgroundColor", "foregroundColor", "labelColor", "stripColor", "footerBackgroundColor")
ENOUGH = 3.0
"""For large text, as passes have it."""

Colour = tuple[int, int, int]


def check_colours(content: Mapping[str, Any], *, symptoms: Symptoms) -> None:
    """Note colours that no wallet understands, and text that nobody can read."""
    read: dict[str, Colour] = {}
    for key in COLOURS:
        said = content.get(key)
        if isinstance(said, str):
            colour = _read(said)
            if colour is None:
                symptoms.note(ColourAilment.COLOUR_UNREADABLE, f"{PASS}#/{key}", key=key, said=said)
            else:
                read[key] = colour
    ground = read.get("backgroundColor")
    for key in ("foregroundColor", "labelColor"):
        if ground is not None and key in read and (ratio := contrast_of(ground, read[key])) < ENOUGH:
            symptoms.note(ColourAilment.CONTRAST_LOW, f"{PASS}#/{key}", key=key, ratio=f"{ratio:.1f}")


def _read(said: str) -> Colour | None:
    found = RGB.fullmatch(said)
    if found is None:
        return None
    red, green, blue = (int(part) for part in found.groups())
    return (red, green, blue) if max(red, green, blue) <= 255 else None


def contrast_of(one: Colour, other: Colour) -> float:
    """How far two colours are apart for the eye: from 1, none at all, to 21, black and white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
