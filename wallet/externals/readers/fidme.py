"""FidMe's zip: of its tables only the cards are opened. They name no symbology, so each comes in as a number."""

import csv
import io
from collections.abc import Mapping

from app.characters import are_storable
from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileBroken, FileFormatUnknown
from wallet.externals.findings import Dropped, ExternalFinding
from wallet.externals.readers.archives import Archive, text_of
from wallet.externals.rows import Content, Raw

CARDS = "loyalty_programs.csv"
CLOSED = {
    "user_profile.csv": (Dropped.BANK_DETAILS, Dropped.POSITIONS, Dropped.HOLDER),
    "tickets.csv": (Dropped.PURCHASES,),
    "loyalty_points.csv": (Dropped.POINTS_HISTORY,),
    "loyalty_stamps.csv": (Dropped.POINTS_HISTORY,),
    "loyalty_stamp_rewards.csv": (Dropped.POINTS_HISTORY,),
}
"""Files that are never opened, and what they are known to hold."""
HOLDER = ("firstname", "lastname", "first name", "last name")
USED = ("added at", "created at", "updated at", "last used at")


def read_fidme(archive: Archive) -> Content:
    """The cards of the archive. Raises `FileFormatUnknown`, `FileNotText`, `FileBroken`."""
    name = archive.called(CARDS)
    if name is None:
        raise FileFormatUnknown
    found = Content(format="fidme")
    for closed, kinds in CLOSED.items():
        if archive.called(closed) is not None:
            found.dropped.update(kinds)
    try:
        lines = list(csv.reader(io.StringIO(text_of(archive.read(name)), newline=""), delimiter=";", strict=True))
    except csv.Error:
        raise FileBroken(part=CARDS) from None
    header = [title.strip().lower() for title in lines[0]] if lines else []
    if not {"retailer", "reference"} <= set(header):
        raise FileBroken(part=CARDS)
    found.rows = [_card(dict(zip(header, line, strict=False)), found) for line in lines[1:] if any(line)]
    return found


def _card(row: Mapping[str, str], found: Content) -> Raw:
    found.dropped[Dropped.HOLDER] += any(row.get(name) for name in HOLDER)
    found.dropped[Dropped.USAGE_TIMES] += any(row.get(name) for name in USED)
    retailer, programme = row.get("retailer", "").strip(), row.get("program", "").strip()
    reference = row.get("reference", "").strip()
    findings = [] if reference else [Found(ExternalFinding.REFERENCE_MISSING, "code")]
    if not are_storable(row.values()):
        findings = [Found(ExternalFinding.TEXT_UNSTORABLE, "row")]
    return Raw(
        programme=retailer or programme,
        code=reference,
        note=programme if retailer and programme.casefold() != retailer.casefold() else None,
        found=findings,
    )
