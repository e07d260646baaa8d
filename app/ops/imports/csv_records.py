"""The rows of a CSV one by one, each of a bounded size: whoever sends one endless row does not fill the memory with it.

Python's reader bounds a cell (131,072 characters) and neither the cells of a row nor the lines that a row runs over.
"""

import csv
from collections.abc import Iterator
from typing import IO

LONGEST_ROW = 1024 * 1024
"""Characters of a row, over all its lines."""
WIDEST = 1000
"""Cells of a row: exports of whole maps have some hundreds."""


class _Lines:
    """The lines of a file, counted since the last row was whole."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.taken = file, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > LONGEST_ROW:
            raise csv.Error(f"it is longer than {LONGEST_ROW} characters")
        return line


def read_records(file: IO[str], *, separator: str = ",", strict: bool = True) -> Iterator[list[str]]:
    """The rows from where the file stands. Raises `csv.Error`, also for a row longer or wider than any file needs."""
    lines = _Lines(file)
    for cells in csv.reader(lines, delimiter=separator, strict=strict):
        lines.taken = 0
        if len(cells) > WIDEST:
            raise csv.Error(f"it has more than {WIDEST} cells")
        yield cells
