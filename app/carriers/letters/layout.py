"""What a mail looks like: one column that fits 320 pixels, light or dark as the reader's screen is.

Nothing is fetched: no picture, no font, no tracker. What is not said to be markup is escaped.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from app.carriers.senders import Sender
from app.languages import Language

ACCENT = "#2b6cb0"
"""Of senders that have no colour of their own; it can be told from a light sheet and from a dark one."""
LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


class BlockKind(StrEnum):
    """How a paragraph is shown."""

    WORDS = "words"
    CODE = "code"
    BUTTON = "button"
    MARKUP = "markup"


class Block(NamedTuple):
    """One paragraph. `text` of a button is what stands on it, of markup the markup itself, which was checked."""

    kind: BlockKind
    text: str
    link: str = ""


LAYOUT = """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ subject }}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; padding: 0; }
a { color: inherit; }
@media (prefers-color-scheme: dark) {
  .page { background: #111113 !important; }
  .sheet { background: #1f1f22 !important; }
  .ink { color: #f2f2f4 !important; }
  .pale { color: #a9a9b0 !important; }
  .box { background: #2c2c30 !important; }
  .button { border: 1px solid #8a8a92 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f1f1ee;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f1ee;">
<tr><td align="center" style="padding:16px 8px;">
<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0"
 style="max-width:480px;background:#ffffff;border-radius:12px;border-top:6px solid {{ colour }};">
<tr><td class="ink" style="padding:20px 20px 4px;
font:700 18px/1.3 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1c1c1e;">{{ sender.name }}</td></tr>
<tr><td class="ink" style="padding:4px 20px 20px;font:400 16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,
sans-serif;color:#1c1c1e;overflow-wrap:anywhere;">
{% for block in blocks -%}
{% if block.kind == "code" -%}
<p class="box" style="margin:16px 0;padding:12px 4px;background:#f1f1ee;border-radius:8px;text-align:center;
font:700 30px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px;">{{ block.text }}</p>
{% elif block.kind == "button" -%}
<p style="margin:20px 0;"><a class="button" href="{{ block.link }}"
 style="display:inline-block;padding:12px 20px;border-radius:8px;background:{{ colour }};
color:{{ on_colour }};font-weight:700;text-decoration:none;">{{ block.text }}</a></p>
{% elif block.kind == "markup" -%}
{{ block.text | markup }}
{% else -%}
<p style="margin:12px 0;">{{ block.text | linked }}</p>
{% endif -%}
{% endfor -%}
{% if notice -%}
<p class="pale" style="margin:20px 0 0;font-size:14px;color:#55555b;">{{ notice | linked }}</p>
{% endif -%}
</td></tr>
</table>
<p class="pale" style="max-width:440px;margin:12px auto;padding:0 12px;
font:400 12px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#66666d;overflow-wrap:anywhere;">
{{- signature | linked }}</p>
</td></tr>
</table>
</body>
</html>
"""


def write_markup(
    blocks: Sequence[Block], *, sender: Sender, language: Language, subject: str, notice: str, signature: str
) -> str:
    """A whole mail as HTML."""
    colour = sender.colour or ACCENT
    return _LAYOUT.render(
        blocks=blocks,
        sender=sender,
        language=language,
        subject=subject,
        notice=notice,
        signature=signature,
        colour=colour,
        on_colour=_readable_on(colour),
    )


def _linked(text: str) -> Markup:
    """Text with its lines, and its addresses as links."""
    parts, end = Markup(""), 0
    for found in LINK.finditer(text):
        parts += _lines(text[end : found.start()]) + Markup('<a href="{0}">{0}</a>').format(found[0])
        end = found.end()
    return parts + _lines(text[end:])


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(text.split("\n"))


def _readable_on(colour: str) -> str:
    """Black or white, whichever is easier to read on this colour (WCAG 2.2, relative luminance)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"


_environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_environment.filters |= {"linked": _linked, "markup": Markup}
_LAYOUT = _environment.from_string(LAYOUT)
