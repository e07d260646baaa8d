"""FidMe's zip: of its tables only the cards are opened. They name no symbology, so each comes in as a number."""

import csv
import io
from collections.abc import Mapping
from itertools import islice

from app.characters import are_storable
from app.ops.imports.csv_records import read_records
from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileBroken, FileFormatUnknown, FileTooLong
from wallet.externals.findings import Dropped, ExternalFinding
from wallet.externals.readers.archives import Archive, text_of
from wallet.externals.rows import MOST_CARDS, Content, Raw

CARDS = "loyalty_programs.csv"
MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 2 * MOST_CARDS
"""Lines of the table of cards, those without anything too."""
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
    lines = read_records(io.StringIO(text_of(archive.read(name, most_bytes=MOST_BYTES)), newline=""), separator=";")
    try:
        header = [title.strip().lower() for title in next(lines, [])]
        if not {"retailer", "reference"} <= set(header):
            raise FileBroken(part=CARDS)
        for line in islice(lines, MOST_LINES):
            if any(line):
                found.add(_card(dict(zip(header, line, strict=False)), found))
        if next(lines, None) is not None:
            raise FileTooLong
    except csv.Error:
        raise FileBroken(part=CARDS) from None
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
