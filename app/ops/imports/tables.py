"""Rows out of CSV, whoever's spreadsheet wrote it: separators, encodings and French or English headers.

A file is read line by line, so that one of any length takes the memory of a few rows.
"""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from app.characters import are_storable, join_halves
from app.ops.imports.csv_records import LONGEST_ROW, WIDEST, read_records

SEPARATORS = (";", ",", "\t", "|")
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
CHUNK = 1024 * 1024  # bytes
TITLE_ROWS = 20
"""How many rows may stand above the header: a title, a date, an empty row."""
LENIENT = "surrogatepass"
"""How halves of a surrogate pair are decoded: so that they are their row's fault, and not the file's."""

Columns = Mapping[str, Sequence[str]]
"""Our name of a column → what headers call it, without case, accents, spaces and signs (`plain`); with its digits where
they tell columns apart."""

Required = Sequence[str | tuple[str, ...]]
"""The columns that a table cannot do without; of several in one entry, one is enough."""


class TableBroken(Exception):
    """The file as a whole cannot be read; the message says where and why, for the person who brought it."""


class TableLine(NamedTuple):
    """One line below the header, by our names of the columns; what is empty or absent is null.

    `number` is as a spreadsheet numbers it (the header is row 1). `cells` are how many there are, `width` how many the
    header has: a line with something beyond cannot be trusted. `strange` are the columns that nobody asked for and
    that hold something here, by their header. A line that is not `storable` has a character that nothing can keep; its
    values are left out, so that none of them reaches the database.
    """

    number: int
    values: Mapping[str, str | None]
    cells: int
    width: int
    overfull: bool
    strange: Sequence[str]
    storable: bool = True

    def get(self, column: str) -> str | None:
        """What the line has in one of our columns."""
        return self.values.get(column)


def read_table(path: Path, *, columns: Columns, required: Required) -> Iterator[TableLine]:
    """One line for each below the header; blank lines are skipped. Raises `TableBroken`.

    The header is the first row, or the first below a title that has what is required. A line `sep=;`, by which Excel
    is told the separator, is not counted as a row.
    """
    number = 0
    try:
        with path.open(encoding=encoding_of(path), errors=LENIENT, newline="") as file:
            told = SEPARATOR_LINE.fullmatch(file.readline(LONGEST_ROW))
            start = file.tell() if told else 0
            file.seek(start)
            separator, above = _header_of([told[1]] if told else SEPARATORS, file, columns, required)
            file.seek(start)
            lines = read_records(file, separator=separator)
            known: dict[str, int] = {}
            strange: dict[int, str] = {}
            width = 0
            for number, cells in enumerate(lines, start=1):
                if number == above + 1:
                    known, width = _known(path, cells, columns, required), len(cells)
                    places = set(known.values())
                    strange = {place: name.strip() for place, name in enumerate(cells) if place not in places}
                elif number > above and any(cell.strip() for cell in cells):
                    yield _line(number, cells, known, strange, width)
    except OSError as error:
        raise TableBroken(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeError as error:
        raise TableBroken(f"{path.name}: the text after row {number} is in no known encoding.") from error
    except csv.Error as error:
        raise TableBroken(f"{path.name}: row {number + 1} is not CSV: {error}. Nothing was imported.") from error
    if number == 0:
        raise TableBroken(f"{path.name} is empty.")


def _header_of(separators: Sequence[str], file: IO[str], columns: Columns, required: Required) -> tuple[str, int]:
    """What separates the cells, and how many rows stand above the header; the first row unless another is better."""
    beginning = [line for line in (file.readline(LONGEST_ROW) for _ in range(TITLE_ROWS)) if line]
    whole, part = [], []
    for separator in separators:
        try:
            rows = list(csv.reader(beginning, delimiter=separator))
        except csv.Error:
            continue  # the reader of the whole file says which row it is
        for above, cells in enumerate(rows):
            known = _places(cells[:WIDEST], columns)
            if not _missing(known, required):
                whole.append((above, -len(known), separator))
            elif known:
                part.append((-len(known), above, separator))
    if whole:
        above, _, separator = min(whole)
        return separator, above
    if part:  # the refusal shows it
        _, above, separator = min(part)
        return separator, above
    return (separators[0] if len(separators) == 1 else separator_of(beginning[0] if beginning else "")), 0


def encoding_of(path: Path) -> str:
    """UTF-8 if every byte agrees, else what Excel writes in western Europe."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")(LENIENT)
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def separator_of(header: str) -> str:
    """What stands between the names of the first line."""
    return max(SEPARATORS, key=header.count)


def plain(name: str) -> str:
    """A header without case, accents, spaces, signs and digits: `Code postal` and `code_postal` are one."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).lower())


def plain_with_digits(name: str) -> str:
    """A header as `plain` makes it, but with its digits: `Address line 2` is not `Address line 1`."""
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFKD", name).lower())


def _places(header: Sequence[str], columns: Columns) -> dict[str, int]:
    """Where each of our columns is."""
    exact, loose = [plain_with_digits(cell) for cell in header], [plain(cell) for cell in header]
    return {
        column: (exact if alias in exact else loose).index(alias)
        for column, aliases in columns.items()
        for alias in reversed(aliases)
        if alias in exact or alias in loose
    }


def _missing(known: Mapping[str, int], required: Required) -> list[str]:
    choices = [(entry,) if isinstance(entry, str) else entry for entry in required]
    return [choice[0] for choice in choices if not any(column in known for column in choice)]


def _known(path: Path, header: list[str], columns: Columns, required: Required) -> dict[str, int]:
    """Where each of our columns is. Raises `TableBroken` when one that we cannot do without is missing."""
    known = _places(header, columns)
    missing = _missing(known, required)
    if missing:
        shown = "".join(sign if sign.isprintable() else " " for sign in ", ".join(header))
        raise TableBroken(
            f"{path.name} has no column {', '.join(missing)}; its header is: "
            f"{shown if len(shown) <= 200 else shown[:199] + '…'}. Columns are: {', '.join(columns)}."
        )
    return known


def _line(number: int, cells: list[str], known: Mapping[str, int], strange: Mapping[int, str], width: int) -> TableLine:
    if not are_storable(cells):
        cells = [join_halves(cell) for cell in cells]
        if not are_storable(cells):
            return TableLine(number, {}, len(cells), width, False, (), storable=False)
    values = {column: cells[place].strip() or None for column, place in known.items() if place < len(cells)}
    filled = list(
        dict.fromkeys(strange[place] for place, cell in enumerate(cells) if place in strange and cell.strip())
    )
    return TableLine(number, values, len(cells), width, any(rest.strip() for rest in cells[width:]), list(filled))
