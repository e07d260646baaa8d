"""A JSON file of a pass, read as strictly as the strictest wallet and then as leniently as the doctor can."""

import codecs
import json
from collections import Counter
from typing import Any

from app.characters import UNSTORABLE, holds_only_storable
from wallet.doctor.ailments import Symptoms
from wallet.doctor.findings import DocumentAilment
from wallet.externals.errors import FileRefused
from wallet.externals.readers.json_outline import check_outline
from wallet.externals.readers.lenient_json import read_lenient

REPLACEMENT = "�"


def read_document(content: bytes, *, about: str, symptoms: Symptoms) -> Any:
    """What the file says; None where nothing can be read. Slips are noted and read over."""
    text = _text_of(content, about, symptoms)
    if text is None:
        return None
    try:
        check_outline(text, part=about)
    except FileRefused:
        symptoms.note(DocumentAilment.JSON_LARGE, about)
        return None
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, about, symptoms),
            parse_constant=lambda number: _no_number(number, about, symptoms),
        )
    except json.JSONDecodeError as error:
        symptoms.note(DocumentAilment.JSON_BROKEN, about, line=error.lineno, column=error.colno)
        value = _lenient(text)
    except ValueError:  # a number with more digits than Python reads
        symptoms.note(DocumentAilment.JSON_LARGE, about)
        return None
    if not holds_only_storable(value):
        symptoms.note(DocumentAilment.TEXT_IMPOSSIBLE, about)
        return _storable(value)
    return value


def _text_of(content: bytes, about: str, symptoms: Symptoms) -> str | None:
    encoding = json.detect_encoding(content)
    if encoding == "utf-8-sig":
        symptoms.note(DocumentAilment.BOM, about)
    elif encoding != "utf-8":
        symptoms.note(DocumentAilment.UTF16, about)
    try:
        return codecs.decode(content, encoding)
    except UnicodeDecodeError as error:
        symptoms.note(DocumentAilment.NOT_UTF8, about, place=error.start)
        return content.decode("latin-1") if encoding == "utf-8" else None


def _object(pairs: list[tuple[str, Any]], about: str, symptoms: Symptoms) -> dict[str, Any]:
    for key, number in Counter(key for key, _ in pairs).items():
        if number > 1:
            symptoms.note(DocumentAilment.KEY_TWICE, about, key=key)
    return dict(pairs)


def _no_number(number: str, about: str, symptoms: Symptoms) -> None:
    symptoms.note(DocumentAilment.NUMBER_NONE, about, number=number)


def _lenient(text: str) -> Any:
    try:
        return read_lenient(text)[0]
    except (ValueError, RecursionError):
        return None


def _storable(value: Any) -> Any:
    """The value, in whose texts a sign stands for each character that cannot be."""
    if isinstance(value, str):
        return UNSTORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value
