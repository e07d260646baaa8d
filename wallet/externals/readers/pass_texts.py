"""The words of a pass as its holder reads them: translations, amounts, numbers and dates.

`xx.lproj/pass.strings` holds `"key" = "words";` in UTF-8 or UTF-16, with comments and escapes (Apple: "Creating the
source for a pass" and "Localizing strings"). How a value is written: Apple's object `PassFieldContent`.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent, format_scientific, is_currency

from app.characters import join_halves
from app.languages import LANGUAGES, Language, Text
from wallet.externals.readers.archives import Archive, line_of, text_of
from wallet.externals.rows import LONGEST_NOTE, Holder, amount_of

Words = Mapping[str, str]
"""Key → words in the holder's language."""

STYLES = ("storeCard", "coupon", "generic", "eventTicket", "boardingPass")
FIELDS = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")
MOST_LINES = 100
"""Lines of a note: a pass has some twenty fields."""
ENDING, STRINGS = ".lproj", "pass.strings"
TOKEN = re.compile(
    r'/\*.*?(?:\*/|\Z)|//[^\n\r]*|"(?P<quoted>(?:[^"\\]|\\(?:.|\Z))*+)(?:"|\Z)|(?P<sign>[=;])|(?P<bare>[\w.-]+)',
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(?:[Uu]([0-9A-Fa-f]{4})|([0-7]{1,3})|(.)|\Z)", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
DATE_STYLES = {f"PKDateStyle{style.capitalize()}": style for style in ("short", "medium", "long", "full")}
TIME_STYLES = DATE_STYLES | {"PKDateStyleLong": "medium", "PKDateStyleFull": "medium"}
"""Longer ones name the time zone, which is the reader's own."""
AT = Text(fr="{date} à {time}", en="{date}, {time}")


def words_of(archive: Archive, *, language: Language) -> Words:
    """The translations of a pass in the language, else in one that we speak, else in any; none where it has none.

    Raises `FileNotText` for a table in no known encoding.
    """
    tables = {
        name.rpartition("/")[0].removesuffix(ENDING).lower(): name
        for name in archive.names
        if name.lower().endswith(f"{ENDING}/{STRINGS}")
    }
    for wanted in (language, *LANGUAGES, ""):
        for locale in sorted(tables):
            if locale == wanted or re.match(f"{wanted}[-_]" if wanted else "", locale):
                return dict(_entries(_table_of(archive.read(tables[locale]))))
    return {}


def lines_of(content: Mapping[str, Any], words: Words, *, holder: Holder) -> Iterator[str]:
    """What is written on the pass, front then back, as `label: value`."""
    description = line_of(content.get("description"))
    if description and description != content.get("organizationName"):
        yield words.get(description, description)
    for style in STYLES:
        parts = content.get(style)
        for name in FIELDS:
            fields = parts.get(name) if isinstance(parts, dict) else None
            for field in fields if isinstance(fields, list) else ():
                yield from _line(field, words, holder)


def first_lines(lines: Iterator[str]) -> Iterator[str]:
    """The lines that a note can keep, and what lets its reader see that there were more: a character or a line.

    What nobody keeps is not put into words: a word for an amount or a day costs as much as the rest of its field.
    """
    said = 0
    for line in islice(lines, MOST_LINES + 1):
        yield line
        said += len(line) + 1
        if said > LONGEST_NOTE + 1:
            return


def _line(field: Any, words: Words, holder: Holder) -> Iterator[str]:
    value = field.get("value") if isinstance(field, dict) else None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return
    said = _spoken(words.get(value, value) if isinstance(value, str) else value, field, holder)
    label = line_of(field.get("label"))
    if said.strip():
        yield f"{words.get(label, label)}: {said}" if label else said


def _spoken(value: str | float, field: Mapping[str, Any], holder: Holder) -> str:
    """A value as its field wants it written: an amount, a number, a date; as it is where it wants nothing of it."""
    amount, currency, style = amount_of(str(value)), field.get("currencyCode"), field.get("numberStyle")
    if amount is not None and isinstance(currency, str) and is_currency(currency):
        return format_currency(amount, currency, locale=holder.language)
    if amount is not None and style == "PKNumberStylePercent":
        return format_percent(amount, locale=holder.language, decimal_quantization=False)
    if amount is not None and style == "PKNumberStyleScientific":
        return format_scientific(amount, locale=holder.language)
    if amount is not None and style in ("PKNumberStyleDecimal", "PKNumberStyleSpellOut"):
        return format_decimal(amount, locale=holder.language)
    return _day_and_time(value, field, holder) if isinstance(value, str) else str(value)


def _day_and_time(value: str, field: Mapping[str, Any], holder: Holder) -> str:
    date_style = DATE_STYLES.get(str(field.get("dateStyle")))
    time_style = TIME_STYLES.get(str(field.get("timeStyle")))
    try:
        instant = datetime.fromisoformat(value)
        if holder.zone is not None and instant.tzinfo is not None and field.get("ignoresTimeZone") is not True:
            instant = instant.astimezone(holder.zone)
    except (ValueError, OverflowError):
        return value
    parts = {
        "date": date_style and format_date(instant, date_style, locale=holder.language),
        "time": time_style and format_time(instant.time(), time_style, locale=holder.language),
    }
    said = [part for part in parts.values() if part]
    return AT.say(holder.language, parts) if len(said) == 2 else "".join(said) or value


def _table_of(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if content[1:2] == b"\0" or content[:1] == b"\0":  # a sign of ASCII comes first, as the other byte shows
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace")
    return text_of(content)


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Key and words of each `key = words;`, and of a `key;`, whose words are itself."""
    said: list[str] = []
    for token in TOKEN.finditer(text):
        if token["sign"] == ";":
            if said:
                yield said[0], said[-1]
            said = []
        elif token["quoted"] is not None:
            said.append(join_halves(ESCAPE.sub(_unescaped, token["quoted"])))
        elif token["bare"]:
            said.append(token["bare"])


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return chr(int(escape[2], 8)) if escape[2] else ESCAPED.get(escape[3] or "", escape[3] or "")
