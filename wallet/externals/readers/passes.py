"""Apple's .pkpass (a zip with a `pass.json`) and .pkpasses (a zip of them).

Apple's "Pass" reference, object `Pass`. Its signature is not verified: a pass that a member holds is theirs to keep,
and nothing here trusts what it says.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.characters import holds_only_storable
from app.ops.imports.outcomes import Found
from wallet.externals.errors import ArchiveTooLarge, CodeWrong, FileBroken, FileNotText, FileRefused, PassBroken
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.models import Symbology
from wallet.externals.readers.archives import Archive, line_of, text_of
from wallet.externals.readers.json_outline import check_outline
from wallet.externals.readers.lenient_json import read_lenient
from wallet.externals.readers.pass_texts import MOST_LINES, Words, first_lines, lines_of, words_of
from wallet.externals.rows import Content, Holder, Raw
from wallet.externals.symbologies import LONGEST, check_code

PASS = "pass.json"  # noqa: S105 - the name of a file
COUPONS = ("coupon", "eventTicket", "boardingPass")
"""Styles of passes that are for one use: such a pass is never the card whose number it carries."""
FORMATS = {
    "PKBarcodeFormatQR": Symbology.QR,
    "PKBarcodeFormatPDF417": Symbology.PDF_417,
    "PKBarcodeFormatAztec": Symbology.AZTEC,
    "PKBarcodeFormatCode128": Symbology.CODE_128,
}
CLOSED = {
    "locations": Dropped.POSITIONS,
    "beacons": Dropped.POSITIONS,
    "relevantDate": Dropped.POSITIONS,
    "relevantDates": Dropped.POSITIONS,
    "maxDistance": Dropped.POSITIONS,
    "authenticationToken": Dropped.ACCESS,
    "webServiceURL": Dropped.ACCESS,
    "nfc": Dropped.ACCESS,
    "userInfo": Dropped.DEVICE_DATA,
    "serialNumber": Dropped.DEVICE_DATA,
    "associatedStoreIdentifiers": Dropped.DEVICE_DATA,
}
"""Keys of a pass that are not kept, and what they hold; of the serial number a digest is."""
A_MOMENT = timedelta(microseconds=1)
MOST_BARCODES = 10
"""Barcodes of a pass that are looked at: there are four kinds, and a pass has one of each at most."""


def read_pass(archive: Archive, *, holder: Holder) -> Content:
    """The one card of a .pkpass. Raises `PassBroken` and what an archive raises."""
    found = Content(format="pkpass")
    found.add(_card(archive, found, holder))
    return found


def read_passes(archive: Archive, *, holder: Holder) -> Content:
    """The cards of a .pkpasses: a broken pass in it is refused as its row, and the others are read."""
    found = Content(format="pkpass")
    for name in archive.names:
        if name.lower().endswith(".pkpass"):
            found.add(_inside(archive, name, found, holder))
    return found


def _inside(archive: Archive, name: str, found: Content, holder: Holder) -> Raw:
    try:
        return _card(archive.inside(name), found, holder)
    except ArchiveTooLarge:
        raise
    except FileRefused as refusal:
        return _refused(Found(ExternalFinding.PASS_BROKEN, "row", refusal.facts, refusal.title))


def _refused(why: Found) -> Raw:
    return Raw(programme=None, code=None, found=[why])


def _card(archive: Archive, found: Content, holder: Holder) -> Raw:
    findings: list[Found] = []
    content = _content(archive, findings) if PASS in archive.names else None
    if not isinstance(content, dict):
        return _refused(Found(ExternalFinding.ROW_BROKEN, "row"))
    if not holds_only_storable(content):
        return _refused(Found(ExternalFinding.TEXT_UNSTORABLE, "row"))
    found.read_as[FileReading.SIGNATURE_UNVERIFIED] += 1
    for kind in {kind for name, kind in CLOSED.items() if name in content}:
        found.dropped[kind] += 1
    found.dropped[Dropped.IMAGES] += any(name.endswith(".png") for name in archive.names)
    barcode, words = _barcode(content), _words(archive, holder, findings)
    lines = list(first_lines(lines_of(content, words, holder=holder)))
    if len(lines) > MOST_LINES:
        findings.append(Found(ExternalFinding.LINES_CUT, "note", {"most": MOST_LINES}))
    named = line_of(content.get("organizationName")) or line_of(content.get("logoText"))
    return Raw(
        programme=named and words.get(named, named),
        code=line_of(barcode.get("message")),
        symbology=line_of(barcode.get("format")),
        encoding=line_of(barcode.get("messageEncoding")),
        number=line_of(barcode.get("altText")),
        note="\n".join(lines[:MOST_LINES]),
        colour=_colour(content.get("backgroundColor")),
        expires_on=_day(content.get("expirationDate"), holder, findings),
        archived=content.get("voided") is True,
        pass_identity=_identity(content),
        is_coupon=any(isinstance(content.get(style), dict) for style in COUPONS),
        found=findings,
    )


def _content(archive: Archive, findings: list[Found]) -> Any:
    """What the pass says. Raises `PassBroken`."""
    try:
        text = text_of(archive.read(PASS))
        check_outline(text, part=PASS)
        content, mended = read_lenient(text)
    except (ValueError, RecursionError, FileNotText, FileBroken):
        raise PassBroken(part=PASS) from None
    if mended:
        findings.append(Found(ExternalFinding.PASS_MENDED, "row"))
    return content


def _words(archive: Archive, holder: Holder, findings: list[Found]) -> Words:
    try:
        return words_of(archive, language=holder.language)
    except FileNotText:
        findings.append(Found(ExternalFinding.WORDS_UNREADABLE, "note"))
        return {}


def _identity(content: Mapping[str, Any]) -> bytes | None:
    """A digest of what makes a pass itself, and its newer copies with it; None for one that does not say."""
    said = [line_of(content.get(name)) for name in ("passTypeIdentifier", "serialNumber")]
    return hashlib.sha256("\0".join(map(str, said)).encode()).digest() if all(said) else None


def _barcode(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first of `barcodes`, or the `barcode` of older passes, that can be shown; else the first that says anything.

    Apple: a device takes the first that it knows.
    """
    several = content.get("barcodes")
    given = [*(several[:MOST_BARCODES] if isinstance(several, list) else ()), content.get("barcode")]
    said = [one for one in given if isinstance(one, dict) and line_of(one.get("message"))]
    return next((one for one in said if _can_be_shown(one)), said[0] if said else {})


def _can_be_shown(barcode: Mapping[str, Any]) -> bool:
    symbology = FORMATS.get(line_of(barcode.get("format")) or "")
    if symbology is None:
        return False
    try:
        check_code(symbology=symbology, code=(line_of(barcode.get("message")) or "")[: LONGEST + 1])
    except CodeWrong:
        return False
    return True


def _day(said: Any, holder: Holder, findings: list[Found]) -> date | None:
    """The last day on which a pass holds: one that ends at midnight holds on the day before."""
    if said is None:
        return None
    try:
        ends = datetime.fromisoformat(said)
        if len(said) == len("2027-01-31"):
            return ends.date()
        last = ends - A_MOMENT
        return (last if holder.zone is None or ends.tzinfo is None else last.astimezone(holder.zone)).date()
    except (TypeError, ValueError, OverflowError):
        findings.append(Found(ExternalFinding.EXPIRY_UNREADABLE, "expires_on"))
        return None


def _colour(said: Any) -> str | None:
    found = (
        re.fullmatch(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", said) if isinstance(said, str) else None
    )
    if found is None or any(int(part) > 255 for part in found.groups()):
        return None
    red, green, blue = (int(part) for part in found.groups())
    return f"#{red:02x}{green:02x}{blue:02x}"
