"""The fields of a style: what people read on front and back (Apple, objects `PassFields`, `PassFieldContent`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from babel.numbers import is_currency

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.dates import read_instant
from wallet.doctor.content.findings import IdentityAilment
from wallet.doctor.content.kinds import LIST, OBJECT, PASS, TEXT, TRUTH, is_number
from wallet.doctor.face.findings import FieldAilment

PARTS = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")
MOST_PRIMARY = {"boardingPass": 2}
MOST_HEADER, MOST_ROW = 3, 4
"""Fields that are seen: three in the header, one below it, four in each of two rows; in both together above a square
barcode."""
SQUARES = ("PKBarcodeFormatQR", "PKBarcodeFormatAztec")
DATE_STYLES = ("PKDateStyleNone", "PKDateStyleShort", "PKDateStyleMedium", "PKDateStyleLong", "PKDateStyleFull")
CLOSED = {
    "dateStyle": DATE_STYLES,
    "timeStyle": DATE_STYLES,
    "numberStyle": (
        *("PKNumberStyleDecimal", "PKNumberStylePercent", "PKNumberStyleScientific", "PKNumberStyleSpellOut"),
    ),
    "textAlignment": (
        *("PKTextAlignmentLeft", "PKTextAlignmentCenter", "PKTextAlignmentRight", "PKTextAlignmentNatural"),
    ),
}
DETECTORS = (
    *("PKDataDetectorTypePhoneNumber", "PKDataDetectorTypeLink", "PKDataDetectorTypeAddress"),
    "PKDataDetectorTypeCalendarEvent",
)
TRANSIT = tuple(f"PKTransitType{kind}" for kind in ("Air", "Boat", "Bus", "Generic", "Train"))
TEXTS = ("label", "changeMessage", "attributedValue", "currencyCode")
TRUTHS = ("isRelative", "ignoresTimeZone")
MARKUP = re.compile(r"<(?!/?a(?=[\s>]))[a-zA-Z/!][^>]*>")
NUMERIC = re.compile(r"-?\d+([.,]\d+)?")


class PlacedField(NamedTuple):
    """A field, in which part of the style it is, and where that stands in `pass.json`."""

    part: str
    about: str
    content: Mapping[str, Any]


def check_fields(content: Mapping[str, Any], *, style: str | None, symptoms: Symptoms) -> list[PlacedField]:
    """Note fields that wallets refuse, hide or show otherwise than was meant; all that there are."""
    plan = content.get(style) if style else None
    if not isinstance(plan, dict):
        return []
    about = f"{PASS}#/{style}"
    fields = list(_fields(plan, about, symptoms))
    if not fields:
        symptoms.note(FieldAilment.FIELDS_NONE, about)
    seen: set[str] = set()
    for field in fields:
        _check_key(field, seen, symptoms)
        _check_value(field, symptoms)
        _check_words(field, symptoms)
    _check_numbers(fields, str(style), about, symptoms, has_square=_has_square(content))
    transit = plan.get("transitType")
    if style == "boardingPass" and transit is None:
        symptoms.note(FieldAilment.TRANSIT_MISSING, about)
    elif style == "boardingPass" and transit not in TRANSIT:
        symptoms.note(
            FieldAilment.STYLE_UNKNOWN, f"{about}/transitType", key="transitType", said=str(transit), allowed=TRANSIT
        )
    return fields


def _fields(plan: Mapping[str, Any], about: str, symptoms: Symptoms) -> Iterator[PlacedField]:
    for part in PARTS:
        listed = plan.get(part, [])
        if not isinstance(listed, list):
            symptoms.note(IdentityAilment.KIND_WRONG, f"{about}/{part}", key=part, kind=LIST)
            continue
        for place, field in enumerate(listed):
            if isinstance(field, dict):
                yield PlacedField(part, f"{about}/{part}/{place}", field)
            else:
                symptoms.note(IdentityAilment.KIND_WRONG, f"{about}/{part}/{place}", key=part, kind=OBJECT)


def name_of(field: PlacedField) -> str:
    """What a field is called in a report: its key, else its part."""
    key = field.content.get("key")
    return key if isinstance(key, str) and key else field.part


def _check_key(field: PlacedField, seen: set[str], symptoms: Symptoms) -> None:
    key = field.content.get("key")
    if not isinstance(key, str) or not key:
        symptoms.note(FieldAilment.FIELD_KEY, field.about)
    elif key in seen:
        symptoms.note(FieldAilment.FIELD_KEY_TWICE, field.about, key=key)
    else:
        seen.add(key)


def _check_value(field: PlacedField, symptoms: Symptoms) -> None:
    content, name, about = field.content, name_of(field), f"{field.about}/value"
    value, currency = content.get("value"), content.get("currencyCode")
    is_styled = "numberStyle" in content or "currencyCode" in content
    if value is None:
        symptoms.note(FieldAilment.VALUE_MISSING, field.about, key=name)
        return
    if not isinstance(value, str) and not is_number(value):
        symptoms.note(IdentityAilment.KIND_WRONG, about, key=name, kind=TEXT)
        return
    if is_number(value) and not is_styled:
        symptoms.note(FieldAilment.VALUE_BARE, about, key=name)
    if is_styled and isinstance(value, str) and not NUMERIC.fullmatch(value):
        symptoms.note(FieldAilment.VALUE_NO_NUMBER, about, key=name)
    if isinstance(currency, str) and (not is_currency(currency) or "numberStyle" in content):
        symptoms.note(FieldAilment.CURRENCY_UNKNOWN, f"{field.about}/currencyCode", said=currency)
    if isinstance(value, str) and _is_dated(content):
        read_instant(value, about=about, symptoms=symptoms)


def _is_dated(content: Mapping[str, Any]) -> bool:
    return any(content.get(key, "PKDateStyleNone") != "PKDateStyleNone" for key in ("dateStyle", "timeStyle"))


def _check_words(field: PlacedField, symptoms: Symptoms) -> None:
    content, name = field.content, name_of(field)
    for key, is_right, kind in (
        *((key, str, TEXT) for key in TEXTS if key != "attributedValue"),
        *((key, bool, TRUTH) for key in TRUTHS),
    ):
        if key in content and not isinstance(content[key], is_right):
            symptoms.note(IdentityAilment.KIND_WRONG, f"{field.about}/{key}", key=key, kind=kind)
    for key, allowed in CLOSED.items():
        if key in content and content[key] not in allowed:
            _note_unknown(f"{field.about}/{key}", key, content[key], allowed, symptoms)
    detectors = content.get("dataDetectorTypes", [])
    for said in detectors if isinstance(detectors, list) else [detectors]:
        if said not in DETECTORS:
            _note_unknown(f"{field.about}/dataDetectorTypes", "dataDetectorTypes", said, DETECTORS, symptoms)
    message, attributed = content.get("changeMessage"), content.get("attributedValue")
    if isinstance(message, str) and "%@" not in message:
        symptoms.note(FieldAilment.CHANGE_SILENT, f"{field.about}/changeMessage", key=name)
    if isinstance(attributed, str) and MARKUP.search(attributed):
        symptoms.note(FieldAilment.MARKUP_INSIDE, f"{field.about}/attributedValue", key=name)


def _note_unknown(about: str, key: str, said: Any, allowed: tuple[str, ...], symptoms: Symptoms) -> None:
    symptoms.note(FieldAilment.STYLE_UNKNOWN, about, key=key, said=str(said), allowed=allowed)


def _has_square(content: Mapping[str, Any]) -> bool:
    """Whether the first code is square, and so leaves less room above it."""
    barcodes = content.get("barcodes")
    first = barcodes[0] if isinstance(barcodes, list) and barcodes else content.get("barcode")
    return isinstance(first, dict) and first.get("format") in SQUARES


def _check_numbers(fields: list[PlacedField], style: str, about: str, symptoms: Symptoms, *, has_square: bool) -> None:
    rows: tuple[tuple[str, ...], ...] = (("secondaryFields",), ("auxiliaryFields",))
    if has_square and style != "boardingPass":
        rows = (("secondaryFields", "auxiliaryFields"),)
    for parts, most in (
        (("headerFields",), MOST_HEADER),
        (("primaryFields",), MOST_PRIMARY.get(style, 1)),
        *((row, MOST_ROW) for row in rows),
    ):
        count = sum(field.part in parts for field in fields)
        if count > most:
            symptoms.note(FieldAilment.FIELDS_MANY, about, part=" + ".join(parts), count=count, most=most)


def words_used(content: Mapping[str, Any], fields: list[PlacedField]) -> dict[str, str]:
    """Every text of a pass that a translation may replace, and where it stands first."""
    used: dict[str, str] = {}
    for key in ("description", "organizationName", "logoText"):
        used.setdefault(str(content.get(key) or ""), f"{PASS}#/{key}")
    for field in fields:
        for key in ("label", "value", "changeMessage", "attributedValue"):
            if isinstance(field.content.get(key), str):
                used.setdefault(field.content[key], f"{field.about}/{key}")
    for key in ("locations", "beacons"):
        listed = content.get(key)
        for place, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, dict):
                used.setdefault(str(entry.get("relevantText") or ""), f"{PASS}#/{key}/{place}/relevantText")
    barcodes = content.get("barcodes")
    for place, barcode in enumerate(barcodes if isinstance(barcodes, list) else ()):
        if isinstance(barcode, dict):
            used.setdefault(str(barcode.get("altText") or ""), f"{PASS}#/barcodes/{place}/altText")
    used.pop("", None)
    return used
