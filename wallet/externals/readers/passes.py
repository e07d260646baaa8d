"""Apple's .pkpass (a zip with a `pass.json`) and .pkpasses (a zip of them).

Apple's "Pass" reference, object `Pass`. Its signature is not verified: a pass that a member holds is theirs to keep,
and nothing here trusts what it says.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileRefused
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.readers.archives import Archive, json_of, line_of
from wallet.externals.rows import Content, Raw

PASS = "pass.json"  # noqa: S105 - the name of a file
STYLES = ("storeCard", "coupon", "generic", "eventTicket", "boardingPass")
FIELDS = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")
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
"""Keys of a pass that are not read, and what they hold."""


def read_pass(archive: Archive) -> Content:
    """The one card of a .pkpass."""
    found = Content(format="pkpass")
    found.rows = [_card(archive, found)]
    return found


def read_passes(archive: Archive) -> Content:
    """The cards of a .pkpasses: a broken pass in it is refused as its row, and the others are read."""
    found = Content(format="pkpass")
    for name in archive.names:
        if name.lower().endswith(".pkpass"):
            found.rows.append(_inside(archive, name, found))
    return found


def _inside(archive: Archive, name: str, found: Content) -> Raw:
    try:
        return _card(archive.inside(name), found)
    except FileRefused as refusal:
        if archive.budget[0] < 0:
            raise
        findings = [Found(ExternalFinding.PASS_BROKEN, "row", refusal.facts, refusal.title)]
        return Raw(programme=None, code=None, found=findings)


def _card(archive: Archive, found: Content) -> Raw:
    content = json_of(archive.read(PASS), part=PASS) if PASS in archive.names else None
    if not isinstance(content, dict):
        return Raw(programme=None, code=None, found=[Found(ExternalFinding.ROW_BROKEN, "row")])
    found.read_as[FileReading.SIGNATURE_UNVERIFIED] += 1
    for kind in {kind for name, kind in CLOSED.items() if name in content}:
        found.dropped[kind] += 1
    found.dropped[Dropped.IMAGES] += any(name.endswith(".png") for name in archive.names)
    barcode = _barcode(content)
    code, shown = line_of(barcode.get("message")), line_of(barcode.get("altText"))
    findings: list[Found] = []
    return Raw(
        programme=line_of(content.get("organizationName")) or line_of(content.get("logoText")),
        code=code,
        symbology=line_of(barcode.get("format")),
        number=shown,
        note="\n".join(_lines(content)),
        colour=_colour(content.get("backgroundColor")),
        expires_on=_day(content.get("expirationDate"), findings),
        archived=content.get("voided") is True,
        found=findings,
    )


def _barcode(content: dict[str, Any]) -> dict[str, Any]:
    """The first of `barcodes`, or the one `barcode` of older passes."""
    several = content.get("barcodes")
    found = several[0] if isinstance(several, list) and several else content.get("barcode")
    return found if isinstance(found, dict) else {}


def _lines(content: dict[str, Any]) -> Iterator[str]:
    """What is written on the pass, front then back, as `label: value`."""
    description = line_of(content.get("description"))
    if description and description != content.get("organizationName"):
        yield description
    for style in STYLES:
        parts = content.get(style)
        for name in FIELDS:
            fields = parts.get(name) if isinstance(parts, dict) else None
            for field in fields if isinstance(fields, list) else ():
                yield from _line(field)


def _line(field: Any) -> Iterator[str]:
    value = field.get("value") if isinstance(field, dict) else None
    if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
        label = line_of(field.get("label"))
        yield f"{label}: {value}" if label else str(value)


def _day(said: Any, findings: list[Found]) -> date | None:
    if said is None:
        return None
    try:
        return datetime.fromisoformat(said).date()
    except (TypeError, ValueError):
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
