"""What a pass says in Apple's words: `pass.json`, and its sentences in French and English.

Limits and traps are of Apple's reference and of readers that show passes beside Apple's (docs/wallets.md names them).
A value is a text, also where it is a number: some readers show a bare number as nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json.encoder import encode_basestring as quote_text
from typing import Any, NamedTuple

from app import config
from app.languages import LANGUAGES
from wallet.apple.certificates import PassIdentity
from wallet.designs.capabilities import PassSymbology
from wallet.designs.colours import read_colour
from wallet.designs.designs import Design
from wallet.designs.fields import FieldPlace
from wallet.designs.layout import FilledField, Layout, lay_out
from wallet.issued.contents import BeaconShown, PassContents, PlaceShown
from wallet.issued.tokens import authentication_token

SERVICE = "/apple"
"""Where our web service is, below the public address; phones put `/v1/…` behind it."""
MOST_PLACES = 10
LONGEST_TAP = 64
"""Characters of what is handed over by NFC."""
LAST_DAY = timedelta(days=1)
FORMATS = {
    PassSymbology.QR: "PKBarcodeFormatQR",
    PassSymbology.PDF417: "PKBarcodeFormatPDF417",
    PassSymbology.AZTEC: "PKBarcodeFormatAztec",
    PassSymbology.CODE128: "PKBarcodeFormatCode128",
}
FIELDS = {
    FieldPlace.HEADER: "headerFields",
    FieldPlace.PRIMARY: "primaryFields",
    FieldPlace.SECONDARY: "secondaryFields",
    FieldPlace.AUXILIARY: "auxiliaryFields",
    FieldPlace.BACK: "backFields",
}
APART = "\u2060"
"""A sign that nobody sees: it tells two sentences apart that are one in French and two in English."""


class Description(NamedTuple):
    """`pass.json` as an object, and for each language the sentence that stands for each sentence in it."""

    said: Mapping[str, Any]
    strings: Mapping[str, Mapping[str, str]]


class _Words:
    """The sentences of a pass. What stands in `pass.json` is the French one, so that a reader that knows no languages
    shows a sentence and no name of one."""

    def __init__(self) -> None:
        self.english: dict[str, str] = {}

    def put(self, fr: str, en: str) -> str:
        """What stands in `pass.json` for a sentence in both languages."""
        while fr and self.english.setdefault(fr, en) != en:
            fr += APART
        return fr

    def strings(self) -> dict[str, dict[str, str]]:
        """The sentences by language that are not the same in both: of one that is not there, phones show the key."""
        english = {fr: en for fr, en in self.english.items() if fr != en}
        return {"fr": {key: key.rstrip(APART) for key in english}, "en": english} if english else {}


def describe_pass(
    contents: PassContents, design: Design, identity: PassIdentity, *, message: str | None = None
) -> Description:
    """What this pass says now, as a phone shows it. `message` is what its code says, where it says another thing with
    each revision; a person reads the code itself beside it."""
    words, (fr, en) = _Words(), (lay_out(contents, design, language) for language in LANGUAGES)
    shown = {
        **_frame(contents, identity),
        "organizationName": fr.organization,
        "description": words.put(fr.description, en.description),
        **({"logoText": words.put(fr.logo_text, en.logo_text or fr.logo_text)} if fr.logo_text else {}),
        "backgroundColor": _colour(design.background),
        "foregroundColor": _colour(design.foreground),
        "labelColor": _colour(design.label),
        "coupon" if fr.is_coupon else "storeCard": _fields(fr, en, words),
        **_codes(fr, message or fr.code),
        **_relevance(contents, words),
        **_tap(design, message or fr.code),
    }
    return Description(shown, words.strings())


def _frame(contents: PassContents, identity: PassIdentity) -> dict[str, Any]:
    """What a pass is, until when, and where a phone asks what became of it."""
    frame: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": identity.pass_type,
        "teamIdentifier": identity.team,
        "serialNumber": contents.serial,
        "webServiceURL": config.current().public_url.rstrip("/") + SERVICE,
        "authenticationToken": authentication_token(contents.serial),
        "sharingProhibited": True,
    }
    if contents.is_void:
        frame["voided"] = True
    if contents.expires_at is not None:
        frame["expirationDate"] = write_date(contents.expires_at)
    return frame


@lru_cache(maxsize=256)
def _colour(written: str) -> str:
    return "rgb({}, {}, {})".format(*read_colour(written))


def _fields(fr: Layout, en: Layout, words: _Words) -> dict[str, Any]:
    """The fields of each place, of which each has a key of its own."""
    english = {field.key: field for field in en.fields}
    return {
        name: [_field(field, english.get(field.key, field), words) for field in there]
        for place, name in FIELDS.items()
        if (there := fr.at(place))
    }


def _field(fr: FilledField, en: FilledField, words: _Words) -> dict[str, Any]:
    field = {"key": fr.key, "label": words.put(fr.label, en.label), "value": words.put(fr.value, en.value)}
    if fr.change_message:
        field["changeMessage"] = words.put(fr.change_message, en.change_message or fr.change_message)
    return field


def _codes(layout: Layout, message: str) -> dict[str, Any]:
    """The code to scan. What old readers look for stands beside it, and is never Code 128, which they do not know."""
    if not layout.code:
        return {}
    code = {"message": message, "messageEncoding": "iso-8859-1", "altText": layout.code}
    old = PassSymbology.QR if layout.symbology is PassSymbology.CODE128 else layout.symbology
    return {
        "barcodes": [{"format": FORMATS[layout.symbology], **code}],
        "barcode": {"format": FORMATS[old], **code},
    }


def _relevance(contents: PassContents, words: _Words) -> dict[str, Any]:
    """Where and when a phone puts the pass forward: only what the member permits is in `contents`.

    Apple asks that a card or a coupon which is relevant at an instant have places as well. Instants are said by both
    names: iOS 26 has given theirs another one.
    """
    if contents.is_void:
        return {}
    places = contents.places[:MOST_PLACES]
    found: dict[str, Any] = {}
    if places:
        found["locations"] = [_place(one, words) for one in places]
        distances = [one.max_distance_m for one in places if one.max_distance_m is not None]
        if len(distances) == len(places):
            found["maxDistance"] = max(distances)
        found |= _dates(contents)
    if contents.beacon is not None:
        found["beacons"] = [_beacon(contents.beacon, words)]
    return found


def _place(place: PlaceShown, words: _Words) -> dict[str, Any]:
    said = {"latitude": place.lat, "longitude": place.lon}
    return said | ({"relevantText": words.put(place.text_fr, place.text_en)} if place.text_fr else {})


def _beacon(beacon: BeaconShown, words: _Words) -> dict[str, Any]:
    """Without a major number all beacons of the UUID, and so of a whole chain."""
    said: dict[str, Any] = {"proximityUUID": str(beacon.uuid).upper()}
    if beacon.major is not None:
        said["major"] = beacon.major
    return said | ({"relevantText": words.put(beacon.text_fr, beacon.text_en)} if beacon.text_fr else {})


def _dates(contents: PassContents) -> dict[str, Any]:
    """The last day of each coupon, at its begin."""
    days = sorted({one.ends_at - LAST_DAY for one in contents.coupons})[:MOST_PLACES]
    dates = [write_date(day) for day in days]
    return {"relevantDates": [{"date": date, "relevantDate": date} for date in dates]} if dates else {}


def _tap(design: Design, message: str) -> dict[str, Any]:
    if design.nfc is None or not 0 < len(message) <= LONGEST_TAP:
        return {}
    return {
        "nfc": {
            "message": message,
            "encryptionPublicKey": design.nfc.public_key,
            "requiresAuthentication": design.nfc.requires_authentication,
        }
    }


def write_date(instant: datetime) -> str:
    """An instant as W3C writes it, with an offset and a colon in it: readers refuse it otherwise."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def write_strings(strings: Mapping[str, str]) -> bytes:
    """`pass.strings` in UTF-8 without a mark at its begin, which is what every reader opens."""
    # JSON quotes a text as these files do: quotation marks, backslashes, line ends.
    return "".join(f"{quote_text(key)} = {quote_text(said)};\n" for key, said in strings.items()).encode()
