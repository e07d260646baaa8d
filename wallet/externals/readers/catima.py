"""Catima's CSV, version 1 (one table) and version 2 (sections: version, groups, cards, links), as the app writes it.

Columns: Catima's `docs/EXPORT_FORMAT.md`, and `barcodeencoding` of its exporter (2.41). An expiry is an instant of the
phone, midnight where its holder chose a day. The format's example has it in milliseconds and real files in seconds, so
its size decides: no card expires before March 1973 or after the year 5138, which is where the two meet.
"""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.characters import are_storable
from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileBroken, FileFormatUnknown
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.readers.archives import Archive, text_of
from wallet.externals.rows import Content, Holder, Raw, amount_of

CARDS = {"_id", "store", "note", "cardid", "barcodetype"}
"""Columns that every version has."""
MILLISECONDS_FROM = 10**11
QUARTER_S = 15 * 60
"""Time zones differ by quarters of an hour, so every midnight is at one."""
NOON_S, DAY_S = 12 * 3600, 24 * 3600


def is_catima(text: str) -> bool:
    """Whether a text begins as Catima's."""
    first = text.lstrip("\r\n ").partition("\n")[0].strip()
    return first == "2" or {name.strip(' "\r') for name in first.split(",")} >= CARDS


def read_catima(content: bytes, *, holder: Holder) -> Content:
    """The cards of a CSV of either version, whose days are those of the holder. Raises `FileNotText`, `FileBroken`."""
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
    found.rows = [_card(row, links.get(row.get("_id", ""), []), found, holder) for row in cards]
    return found


def read_catima_archive(archive: Archive, *, holder: Holder) -> Content:
    """The CSV inside the zip of newer versions; the pictures beside it stay there."""
    name = archive.called("catima.csv")
    if name is None:
        raise FileFormatUnknown
    found = read_catima(archive.read(name), holder=holder)
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


def _card(row: Mapping[str, str], groups: list[str], found: Content, holder: Holder) -> Raw:
    findings = [] if are_storable((*row.values(), *groups)) else [Found(ExternalFinding.TEXT_UNSTORABLE, "row")]
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
        encoding=row.get("barcodeencoding", ""),
        number=number if barcode and barcode != number else None,
        note=row["note"],
        colour=_colour(row.get("headercolor", "")),
        expires_on=_day(row.get("expiry", ""), found, findings, holder),
        balance=_amount(row.get("balance", ""), findings),
        currency=row.get("balancetype", ""),
        groups=groups,
        archived=row["archive"] == "1" if row.get("archive") else None,
        found=findings,
    )


def _day(said: str, found: Content, findings: list[Found], holder: Holder) -> date | None:
    if said in ("", "null"):
        return None
    try:
        number = int(said)
        milliseconds = abs(number) >= MILLISECONDS_FROM
        instant = datetime.fromtimestamp(number // 1000 if milliseconds else number, UTC)
        day = day_of_midnight(instant) if holder.zone is None else _day_in_zone(instant, holder.zone)
    except (ValueError, OverflowError, OSError):
        findings.append(Found(ExternalFinding.EXPIRY_UNREADABLE, "expires_on"))
        return None
    found.read_as[FileReading.EXPIRY_IN_MILLISECONDS if milliseconds else FileReading.EXPIRY_IN_SECONDS] += 1
    if holder.zone is None and instant.timestamp() % DAY_S != NOON_S:
        found.read_as[FileReading.EXPIRY_WITHOUT_TIME_ZONE] += 1
    return day


def day_of_midnight(instant: datetime) -> date:
    """The day that begins at an instant which is midnight on some phone, or that ends a second or a minute after it.

    Midnight is between 12 hours before that of UTC and 12 hours after: right from Honolulu (UTC-10) to Noumea (UTC+11).
    Noon of UTC itself, as our own files have it, is that day.
    """
    second = int(instant.timestamp())
    ends = -second % QUARTER_S  # seconds to the next quarter of an hour
    begins = second + ends
    day = datetime.fromtimestamp((begins + NOON_S - 1) // DAY_S * DAY_S, UTC).date()
    return day - timedelta(days=1) if 0 < ends <= 60 else datetime.fromtimestamp(second, UTC).date() if ends else day


def _day_in_zone(instant: datetime, zone: ZoneInfo) -> date:
    """The phone's own day; midnight in UTC, as some versions write it, is that day everywhere, and noon as ours do."""
    local = instant.astimezone(zone)
    is_day_of_utc = local.time() != time() and instant.timestamp() % DAY_S in (0, NOON_S)
    return instant.date() if is_day_of_utc else local.date()


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
