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
from app.ops.imports.csv_records import read_records
from app.ops.imports.formulas import restore_code, restore_text
from app.ops.imports.outcomes import Found
from wallet.externals.errors import FileBroken, FileFormatUnknown, FileTooLong, TooManyRows
from wallet.externals.findings import Dropped, ExternalFinding, FileReading
from wallet.externals.readers.archives import Archive, text_of
from wallet.externals.rows import MOST_CARDS, MOST_GROUPS, Content, Holder, Raw, amount_of

CARDS = {"_id", "store", "note", "cardid", "barcodetype"}
"""Columns that every version has."""
LINKS = ["cardid", "groupid"]
GIVEN: dict[str, None] = {}
"""Stands for the groups of an id whose card has come."""
MOST_LINES = 2 * MOST_CARDS * (1 + MOST_GROUPS)
"""Rows of all sections: each card of a full wallet in as many groups as it may be, each group of one card only."""
MOST_BYTES = 8 * 1024 * 1024
"""Of the CSV in an archive, as of one that is sent alone."""
LONGEST_HEADER = 4096
"""Characters in which a file says what it is."""
MILLISECONDS_FROM = 10**11
QUARTER_S = 15 * 60
"""Time zones differ by quarters of an hour, so every midnight is at one."""
NOON_S, DAY_S = 12 * 3600, 24 * 3600


def is_catima(text: str) -> bool:
    """Whether a text begins as Catima's."""
    first = text[:LONGEST_HEADER].lstrip("\r\n ").partition("\n")[0].strip()
    return first == "2" or {name.strip(' "\r') for name in first.split(",")} >= CARDS


def read_catima(content: bytes, *, holder: Holder) -> Content:
    """The cards of a CSV of either version, whose days are those of the holder. Raises `FileNotText`, `FileBroken`."""
    tables = _Tables()
    tables.read(text_of(content))
    if tables.cards is None:
        raise FileBroken(part="cards")
    found = Content(format="catima")
    for row in tables.cards:
        # Of two cards with one id the first is the one that the links mean: the app itself writes no id twice.
        groups = tables.links.get(row.get("_id", ""), {})
        noticed = [Found(ExternalFinding.ID_REPEATED, "groups")] if groups is GIVEN else []
        found.add(_card(row, list(groups), noticed, found, holder))
        if groups:
            tables.links[row["_id"]] = GIVEN
    return found


def read_catima_archive(archive: Archive, *, holder: Holder) -> Content:
    """The CSV inside the zip of newer versions; the pictures beside it stay there."""
    name = archive.called("catima.csv")
    if name is None:
        raise FileFormatUnknown
    found = read_catima(archive.read(name, most_bytes=MOST_BYTES), holder=holder)
    found.dropped[Dropped.IMAGES] += sum(one != name for one in archive.names)
    return found


class _Tables:
    """The sections of a file as far as they are needed: the first one of cards, and which groups each card is in.

    Rows are counted as they come, and what no card needs is not kept: a file costs what its lines cost.
    """

    def __init__(self) -> None:
        self.cards: list[dict[str, str]] | None = None
        self.links: dict[str, dict[str, None]] = {}
        """Groups by the id of their card, in their order, each once, and one more than are kept of a card."""
        self.section, self.row = 0, 0

    def read(self, text: str) -> None:
        """Take every section. An empty line ends one, except inside quotes. Raises `FileBroken`, `FileTooLong`."""
        header: list[str] = []
        lines = 0
        try:
            for lines, line in enumerate(read_records(io.StringIO(text, newline="")), start=1):
                if lines > MOST_LINES:
                    raise FileTooLong
                if not any(line):
                    header = []
                elif not header:
                    header = [name.strip() for name in line]
                    self._begin(header)
                else:
                    self.row += 1
                    self._take(header, line)
        except csv.Error:
            raise FileBroken(part="CSV") from None

    def _begin(self, header: list[str]) -> None:
        self.section, self.row = self.section + 1, 0
        self.is_of_cards = self.cards is None and set(header) >= CARDS
        self.is_of_links = [name.lower() for name in header] == LINKS
        if self.is_of_cards:
            self.cards = []

    def _take(self, header: list[str], line: list[str]) -> None:
        if len(line) > len(header):
            raise FileBroken(part=f"{self.section}/{self.row}")
        if self.is_of_cards and self.cards is not None:
            if len(self.cards) >= MOST_CARDS:
                raise TooManyRows(most=MOST_CARDS)
            self.cards.append(dict(zip(header, line, strict=False)))
        elif self.is_of_links and len(line) == len(header):
            groups = self.links.setdefault(line[0], {})
            if len(groups) <= MOST_GROUPS:
                groups[restore_text(line[1])] = None


def _card(row: Mapping[str, str], groups: list[str], noticed: list[Found], found: Content, holder: Holder) -> Raw:
    is_sound = are_storable((*row.values(), *groups))
    findings = noticed if is_sound else [Found(ExternalFinding.TEXT_UNSTORABLE, "row")]
    for column, kind in (
        ("lastused", Dropped.USAGE_TIMES),
        ("starstatus", Dropped.MARKS),
        ("validfrom", Dropped.MARKS),
    ):
        found.dropped[kind] += row.get(column, "") not in ("", "0")
    number, barcode = (restore_code(row.get(column, "")) for column in ("cardid", "barcodeid"))
    return Raw(
        programme=restore_text(row.get("store", "")),
        code=barcode or number,
        symbology=row.get("barcodetype", ""),
        encoding=row.get("barcodeencoding", ""),
        number=number if barcode and barcode != number else None,
        note=restore_text(row.get("note", "")),
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
