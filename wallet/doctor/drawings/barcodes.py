"""The codes of a pass: of a kind that wallets draw, with a message that fits, and that a scanner reads back."""

import codecs
from collections.abc import Mapping
from itertools import islice
from typing import Any

import zxingcpp

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.findings import IdentityAilment
from wallet.doctor.content.kinds import PASS, TEXT, entries_of
from wallet.doctor.drawings.findings import BarcodeAilment

FORMATS = {
    "PKBarcodeFormatQR": zxingcpp.BarcodeFormat.QRCode,
    "PKBarcodeFormatPDF417": zxingcpp.BarcodeFormat.PDF417,
    "PKBarcodeFormatAztec": zxingcpp.BarcodeFormat.Aztec,
    "PKBarcodeFormatCode128": zxingcpp.BarcodeFormat.Code128,
}
OF_IOS_27 = tuple(f"PKBarcodeFormat{kind}" for kind in ("Code39", "Codabar", "EAN13", "I2of5"))
"""Formats that older phones do not draw: they take the next of `barcodes`."""
LINEAR = "PKBarcodeFormatCode128"
MOST_MODULES = {"PKBarcodeFormatCode128": 260, "PKBarcodeFormatPDF417": 260}
MOST_SQUARE_MODULES = 97
"""Modules across that a scanner reads from a phone: a QR code of version 20 on a screen of 360 points has under four
points for each; a row of bars may be twice as fine."""
LONGEST = 4_296
"""Characters of the largest QR code (ISO/IEC 18004, table 7): no message is longer."""
SCALE = 4
MOST_CODES = 10
"""Codes that are drawn: there are eight formats, and a pass needs one of each at most."""


def check_barcodes(content: Mapping[str, Any], *, symptoms: Symptoms) -> None:
    """Note codes that wallets do not draw, tills do not read, or older readers do not find."""
    codes = list(islice(entries_of(content, "barcodes", symptoms), MOST_CODES))
    for about, barcode in codes:
        _check_barcode(barcode, about, symptoms)
    legacy = content.get("barcode")
    if not isinstance(legacy, dict):
        _check_absent(codes, content, symptoms)
        return
    about = f"{PASS}#/barcode"
    if legacy.get("format") == LINEAR:
        symptoms.note(BarcodeAilment.LEGACY_LINEAR, about)
    if codes and legacy.get("message") not in [barcode.get("message") for _, barcode in codes]:
        symptoms.note(BarcodeAilment.LEGACY_OTHER, about)
    if all(legacy != barcode for _, barcode in codes):
        _check_barcode(legacy, about, symptoms)


def _check_absent(codes: list[tuple[str, Mapping[str, Any]]], content: Mapping[str, Any], symptoms: Symptoms) -> None:
    if not codes and "nfc" not in content:
        symptoms.note(BarcodeAilment.BARCODE_NONE, PASS)
    elif codes and codes[0][1].get("format") != LINEAR:
        symptoms.note(BarcodeAilment.LEGACY_MISSING, f"{PASS}#/barcodes")


def _check_barcode(barcode: Mapping[str, Any], about: str, symptoms: Symptoms) -> None:
    form = str(barcode.get("format"))
    message, encoding = barcode.get("message"), barcode.get("messageEncoding")
    if "altText" in barcode and not isinstance(barcode["altText"], str):
        symptoms.note(IdentityAilment.KIND_WRONG, f"{about}/altText", key="altText", kind=TEXT)
    if form in OF_IOS_27:
        symptoms.note(BarcodeAilment.BARCODE_FORMAT_NEW, f"{about}/format", said=form)
    elif form not in FORMATS:
        symptoms.note(BarcodeAilment.BARCODE_FORMAT, f"{about}/format", said=form)
    if not isinstance(message, str) or not message:
        symptoms.note(BarcodeAilment.BARCODE_MESSAGE, f"{about}/message")
        return
    written = _encoded(message, encoding)
    if written is None:
        symptoms.note(BarcodeAilment.BARCODE_ENCODING, f"{about}/messageEncoding", said=str(encoding))
    elif form in FORMATS:
        _check_drawing(form, written, about, symptoms)


def _encoded(message: str, encoding: Any) -> bytes | None:
    try:
        return message.encode(codecs.lookup(encoding).name) if isinstance(encoding, str) else None
    except (LookupError, UnicodeEncodeError, ValueError):
        return None


def _check_drawing(form: str, written: bytes, about: str, symptoms: Symptoms) -> None:
    called = form.removeprefix("PKBarcodeFormat")
    try:
        if len(written) > LONGEST:
            raise ValueError
        drawn = zxingcpp.create_barcode(written.decode("ascii") if written.isascii() else written, FORMATS[form])
    except ValueError:
        symptoms.note(BarcodeAilment.BARCODE_UNDRAWABLE, f"{about}/message", format=called)
        return
    modules = zxingcpp.write_barcode_to_image(drawn, scale=1, add_quiet_zones=False).shape[1]
    if modules > MOST_MODULES.get(form, MOST_SQUARE_MODULES):
        symptoms.note(BarcodeAilment.BARCODE_DENSE, f"{about}/message", modules=modules)
    image: Any = zxingcpp.write_barcode_to_image(drawn, scale=SCALE)
    read = [bytes(one.bytes) for one in zxingcpp.read_barcodes(image)]
    if read != [written]:
        symptoms.note(BarcodeAilment.BARCODE_UNREADABLE, f"{about}/message")
