"""Rows out of CSV, whoever's spreadsheet wrote it: separators, encodings and French or English headers.

A file is read line by line, so that one of any length takes the memory of a few rows.
"""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from app.characters import are_storable, join_halves

SEPARATORS = (";", ",", "\t", "|")
CHUNK = 1024 * 1024  # bytes
LENIENT = "surrogatepass"
"""How halves of a surrogate pair are decoded: so that they are their row's fault, and not the file's."""

Columns = Mapping[str, Sequence[str]]
"""Our name of a column → what headers call it, without case, accents, spaces and signs (`plain`)."""


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


def read_table(path: Path, *, columns: Columns, required: Sequence[str]) -> Iterator[TableLine]:
    """One line for each below the header; blank lines are skipped. Raises `TableBroken`."""
    number = 0
    try:
        with path.open(encoding=encoding_of(path), errors=LENIENT, newline="") as file:
            header = file.readline(CHUNK)
            file.seek(0)
            lines = csv.reader(file, delimiter=separator_of(header), strict=True)
            known: dict[str, int] = {}
            strange: dict[str, int] = {}
            width = 0
            for number, cells in enumerate(lines, start=1):
                if number == 1:
                    known, width = _known(path, cells, columns, required), len(cells)
                    places = set(known.values())
                    strange = {name.strip(): place for place, name in enumerate(cells) if place not in places}
                elif any(cell.strip() for cell in cells):
                    yield _line(number, cells, known, strange, width)
    except OSError as error:
        raise TableBroken(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeError as error:
        raise TableBroken(f"{path.name}: the text after row {number} is in no known encoding.") from error
    except csv.Error as error:
        raise TableBroken(f"{path.name}: row {number + 1} is not CSV: {error}. Nothing was imported.") from error
    if number == 0:
        raise TableBroken(f"{path.name} is empty.")


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
    """A header without case, accents, spaces and signs: `Code postal` and `code_postal` are one."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).lower())


def _known(path: Path, header: list[str], columns: Columns, required: Sequence[str]) -> dict[str, int]:
    """Where each of our columns is. Raises `TableBroken` when one that we cannot do without is missing."""
    found = [plain(cell) for cell in header]
    known = {
        column: found.index(alias)
        for column, aliases in columns.items()
        for alias in reversed(aliases)
        if alias in found
    }
    missing = [column for column in required if column not in known]
    if missing:
        shown = "".join(sign if sign.isprintable() else " " for sign in ", ".join(header))
        raise TableBroken(
            f"{path.name} has no column {', '.join(missing)}; its header is: "
            f"{shown if len(shown) <= 200 else shown[:199] + '…'}. Columns are: {', '.join(columns)}."
        )
    return known


def _line(number: int, cells: list[str], known: Mapping[str, int], strange: Mapping[str, int], width: int) -> TableLine:
    if not are_storable(cells):
        cells = [join_halves(cell) for cell in cells]
        if not are_storable(cells):
            return TableLine(number, {}, len(cells), width, False, (), storable=False)
    values = {column: cells[place].strip() or None for column, place in known.items() if place < len(cells)}
    filled = [name for name, place in strange.items() if place < len(cells) and cells[place].strip()]
    return TableLine(number, values, len(cells), width, any(rest.strip() for rest in cells[width:]), filled)
