"""Catima's CSV, version 1 (one table) and version 2 (sections: version, groups, cards, links), as the app writes it.

Columns: Catima's `docs/EXPORT_FORMAT.md`. An expiry is an instant of the phone, midnight where its holder chose a day.
The format's example has it in milliseconds and real files in seconds, so its size decides: no card expires before
March 1973 or after the year 5138, which is where the two meet.
"""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileBroken, FileFormatUnknown
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.readers.archives import Archive, text_of
from wallet.externals.rows import Content, Raw, amount_of

CARDS = {"_id", "store", "note", "cardid", "barcodetype"}
"""Columns that every version has."""
MILLISECONDS_FROM = 10**11
ZONE = ZoneInfo("Europe/Paris")
"""Where midnight is looked for: also midnight in UTC, as newer versions write it, is the same day there."""


def is_catima(text: str) -> bool:
    """Whether a text begins as Catima's."""
    first = text.lstrip("\r\n ").partition("\n")[0].strip()
    return first == "2" or {name.strip(' "\r') for name in first.split(",")} >= CARDS


def read_catima(content: bytes) -> Content:
    """The cards of a CSV of either version. Raises `FileNotText`, `FileBroken`."""
    tables = _tables(text_of(content))
    found = Content(format="catima")
    cards = next((rows for header, rows in tables if set(header) >= CARDS), None)
    if cards is None:
        raise FileBroken(part="cards")
    links: dict[str, list[str]] = {}
    for header, rows in tables:
        if [name.lower() for name in header] == ["cardid", "groupid"]:
            for row in rows:
                links.setdefault(row[header[0]], []).append(row[header[1]])
    found.rows = [_card(row, links.get(row.get("_id", ""), []), found) for row in cards]
    return found


def read_catima_archive(archive: Archive) -> Content:
    """The CSV inside the zip of newer versions; the pictures beside it stay there."""
    name = archive.called("catima.csv")
    if name is None:
        raise FileFormatUnknown
    found = read_catima(archive.read(name))
    found.dropped[Dropped.IMAGES] += sum(one != name for one in archive.names)
    return found


def _tables(text: str) -> list[tuple[list[str], list[dict[str, str]]]]:
    """The sections, each with its header and its rows. An empty line ends one, except inside quotes."""
    tables: list[tuple[list[str], list[dict[str, str]]]] = []
    header: list[str] | None = None
    try:
        for line in csv.reader(io.StringIO(text, newline=""), strict=True):
            if not any(line):
                header = None
            elif header is None:
                header = [name.strip() for name in line]
                tables.append((header, []))
            elif len(line) > len(header):
                raise FileBroken(part=f"{len(tables)}/{len(tables[-1][1]) + 1}")
            else:
                tables[-1][1].append(dict(zip(header, line + [""] * (len(header) - len(line)), strict=True)))
    except csv.Error:
        raise FileBroken(part="CSV") from None
    return tables


def _card(row: Mapping[str, str], groups: list[str], found: Content) -> Raw:
    findings: list[Found] = []
    for column, kind in (
        ("lastused", Dropped.USAGE_TIMES),
        ("starstatus", Dropped.MARKS),
        ("validfrom", Dropped.MARKS),
    ):
        found.dropped[kind] += row.get(column, "") not in ("", "0")
    number, barcode = row["cardid"], row.get("barcodeid", "")
    return Raw(
        programme=row["store"],
        code=barcode or number,
        symbology=row["barcodetype"],
        number=number if barcode and barcode != number else None,
        note=row["note"],
        colour=_colour(row.get("headercolor", "")),
        expires_on=_day(row.get("expiry", ""), found, findings),
        balance=_amount(row.get("balance", ""), findings),
        currency=row.get("balancetype", ""),
        groups=groups,
        archived=row.get("archive", "") == "1",
        found=findings,
    )


def _day(said: str, found: Content, findings: list[Found]) -> date | None:
    if said in ("", "null"):
        return None
    try:
        number = int(said)
        milliseconds = abs(number) >= MILLISECONDS_FROM
        day = datetime.fromtimestamp(number / 1000 if milliseconds else number, UTC).astimezone(ZONE).date()
    except (ValueError, OverflowError, OSError):
        findings.append(Found(ExternalFinding.EXPIRY_UNREADABLE, "expires_on"))
        return None
    found.read_as[FileReading.EXPIRY_IN_MILLISECONDS if milliseconds else FileReading.EXPIRY_IN_SECONDS] += 1
    return day


def _amount(said: str, findings: list[Found]) -> Decimal | None:
    if said == "":
        return None
    amount = amount_of(said)
    if amount is None:
        findings.append(Found(ExternalFinding.BALANCE_UNREADABLE, "balance"))
    return amount


def _colour(said: str) -> str | None:
    """Android writes a colour as a signed number: alpha, red, green, blue."""
    try:
        return f"#{int(said) & 0xFFFFFF:06x}"
    except ValueError:
        return None
