"""The letters that we draw with: Roboto (Apache License 2.0), which has every accent of French."""

import io
from functools import lru_cache
from importlib.resources import files

from PIL import ImageFont

REGULAR, BOLD = "Roboto-Regular", "Roboto-Bold"


@lru_cache(maxsize=32)
def find_font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    """A face in this size."""
    return ImageFont.truetype(io.BytesIO((files("font_roboto") / "files" / f"{face}.ttf").read_bytes()), pixels)


def width_of(text: str, font: ImageFont.FreeTypeFont) -> int:
    """How many pixels a line takes."""
    return int(font.getlength(text) + 0.5)


def shorten_to(text: str, font: ImageFont.FreeTypeFont, pixels: int) -> str:
    """As much of a line as fits, with an ellipsis where it was cut."""
    if width_of(text, font) <= pixels:
        return text
    while text and width_of(text + "…", font) > pixels:
        text = text[:-1].rstrip()
    return text + "…"


def wrap_line(text: str, font: ImageFont.FreeTypeFont, pixels: int) -> list[str]:
    """A line in as many as it takes, parted between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, font) <= pixels or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
