"""Purchases out of CSV: one row for each line, those of a receipt one after the other."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

from app.ops.imports.csv_records import LONGEST_ROW, read_records
from app.ops.imports.tables import LENIENT, TableBroken, encoding_of, separator_of
from wallet.purchases.row_validation import MOST_LINES
from wallet.purchases.rows import COLUMNS, HEAD, GivenReceipt

NEEDED = ("terminal", "receipt", "bought_at")


class ReceiptReader:
    """Reads a file once, from its beginning to its end. Raises `TableBroken`."""

    def __init__(self, path: Path) -> None:
        self.path, self.encoding = path, encoding_of(path)
        with path.open(encoding=self.encoding, errors=LENIENT, newline="") as file:
            self.separator = separator_of(file.readline(LONGEST_ROW))
            file.seek(0)
            header = self._header(file)
        self.names = [name.strip().lower().replace(" ", "_") for name in header]
        self.rows = 0
        self._check()

    def _header(self, file: IO[str]) -> list[str]:
        try:
            return next(read_records(file, separator=self.separator, strict=False), [])
        except csv.Error as error:
            raise TableBroken(f"{self.path.name}: row 1 cannot be read: {error}.") from error

    @property
    def dropped(self) -> Mapping[str, int]:
        """The columns that are not taken in, and in how many rows they stood, once the file is read."""
        return {name: self.rows for name in self.names if name and name not in COLUMNS}

    def receipts(self) -> Iterator[GivenReceipt]:
        """Every receipt in the order of the file; of one with more rows than any receipt has, one too many."""
        arrange, width = self._arranging(), len(self.names)
        rows: list[Any] = []
        head: Any = None
        began = number = 1
        try:
            with self.path.open(encoding=self.encoding, errors=LENIENT, newline="") as file:
                lines = read_records(file, separator=self.separator, strict=False)
                next(lines)
                for number, row in enumerate(lines, start=2):
                    if len(row) < width:
                        if not any(row):
                            continue
                        row = row + [""] * (width - len(row))
                    cells = arrange(row)
                    if cells[HEAD] != head:
                        if rows:
                            yield GivenReceipt(began, rows)
                        rows, head, began = [], cells[HEAD], number
                    if len(rows) <= MOST_LINES:
                        rows.append(cells)
                    self.rows += 1
        except (UnicodeDecodeError, csv.Error) as error:
            raise TableBroken(f"{self.path.name}: row {number + 1} cannot be read: {error}.") from error
        if rows:
            yield GivenReceipt(began, rows)

    def _arranging(self) -> Callable[[Sequence[str]], Any]:
        """Cells of the file in the order of `COLUMNS`; those that it lacks come from one empty cell at its end."""
        places = [self.names.index(name) if name in self.names else -1 for name in COLUMNS]
        pick = itemgetter(*places)
        return lambda row: pick([*row, ""])

    def _check(self) -> None:
        missing = [name for name in NEEDED if name not in self.names]
        missing += [] if {"card", "member"} & set(self.names) else ["card or member"]
        missing += [] if {"gross", "gross_minor"} & set(self.names) else ["gross_minor or gross"]
        twice = sorted({name for name in self.names if name in COLUMNS and self.names.count(name) > 1})
        if missing:
            raise TableBroken(f"{self.path.name} lacks columns: {', '.join(missing)}.")
        if twice:
            raise TableBroken(f"{self.path.name} has columns twice: {', '.join(twice)}.")
