"""Rows of a bounded size, however a file is written."""

import csv
import io
from pathlib import Path

import pytest

from app.ops.imports.csv_records import LONGEST_ROW, WIDEST, read_records
from app.ops.imports.tables import TableBroken, read_table

COLUMNS = {"name": ("name",), "number": ("number",)}


class Counted(io.StringIO):
    """Knows how much of it was read."""

    taken = 0

    def readline(self, size: int = -1, /) -> str:
        line = super().readline(size)
        self.taken += len(line)
        return line


@pytest.mark.parametrize("content", ["a," * LONGEST_ROW * 4, '"\n",' * LONGEST_ROW, '"' + "\n" * LONGEST_ROW * 4])
def test_an_endless_row_is_read_no_further_than_a_row_goes(content: str) -> None:
    file = Counted(content, newline="")
    with pytest.raises(csv.Error):
        list(read_records(file))
    assert file.taken <= 2 * LONGEST_ROW


def test_a_row_wider_than_any_table_is_refused() -> None:
    assert len(next(read_records(io.StringIO("," * (WIDEST - 1))))) == WIDEST
    with pytest.raises(csv.Error):
        next(read_records(io.StringIO("," * WIDEST)))


def test_rows_are_those_of_the_reader_that_everybody_has() -> None:
    content = 'a;"b\n""c"""\r\n\r\nd;e\n'
    assert list(read_records(io.StringIO(content, newline=""), separator=";")) == [["a", 'b\n"c"'], [], ["d", "e"]]


@pytest.mark.parametrize("content", ["name,number" + ",a" * WIDEST, "name,number\n" + '"\n",' * LONGEST_ROW])
def test_a_table_of_an_endless_row_is_broken(tmp_path: Path, content: str) -> None:
    (tmp_path / "f.csv").write_text(content, encoding="utf-8")
    with pytest.raises(TableBroken):
        list(read_table(tmp_path / "f.csv", columns=COLUMNS, required=("name",)))


def test_a_column_that_nobody_asked_for_is_named_where_it_holds_something(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("name,x,y\nA,1,\nB,,\n", encoding="utf-8")
    assert [line.strange for line in read_table(tmp_path / "f.csv", columns=COLUMNS, required=("name",))] == [["x"], []]
