"""Any spreadsheet's CSV is read line by line, and what nobody asked for is named."""

from pathlib import Path

import pytest

from app.ops.imports.tables import TableBroken, TableLine, read_table

COLUMNS = {"number": ("number", "numero"), "name": ("name", "nom")}


def read(folder: Path, text: str, encoding: str = "utf-8") -> list[TableLine]:
    path = folder / "file.csv"
    path.write_text(text, encoding=encoding)
    return list(read_table(path, columns=COLUMNS, required=("number",)))


def test_headers_are_known_without_case_accents_and_signs(tmp_path):
    (line,) = read(tmp_path, "NUMÉRO;Nom\n1;Zoé\n")
    assert (line.get("number"), line.get("name")) == ("1", "Zoé")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_read(tmp_path, separator):
    (line,) = read(tmp_path, f"number{separator}name\n1{separator}Max\n")
    assert line.get("name") == "Max"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(tmp_path, encoding):
    (line,) = read(tmp_path, "number;name\n1;Zoé\n", encoding)
    assert line.get("name") == "Zoé"


def test_the_line_that_tells_excel_the_separator_is_no_row(tmp_path):
    (line,) = read(tmp_path, "sep=,\nnumber,name\n1,a;b\n")
    assert (line.number, line.get("name")) == (2, "a;b")


@pytest.mark.parametrize("title", ["Cartes\n", "Cartes; novembre\n\n", ";;\nle 1;2;3\n"])
def test_a_title_above_the_header_is_passed_over(tmp_path, title):
    (line,) = read(tmp_path, f"{title}number;name\n1;Zoé\n")
    assert (line.number, line.get("number")) == (title.count("\n") + 2, "1")


def test_a_refusal_shows_the_row_that_is_most_like_a_header(tmp_path):
    with pytest.raises(TableBroken, match="no column number; its header is: Nom, ville"):
        read(tmp_path, "Cartes;novembre\nNom;ville\nZoé;Lyon\n")
    with pytest.raises(TableBroken, match="no column number; its header is: Cartes, novembre"):
        read(tmp_path, "Cartes;novembre\nZoé;Lyon\n")


def test_digits_tell_columns_apart_where_they_must(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("Line 1;Line 2\na;b\n")
    columns = {"first": ("line",), "second": ("line2",)}
    (line,) = read_table(path, columns=columns, required=("first",))
    assert line.values == {"first": "a", "second": "b"}


def test_one_of_several_columns_may_be_enough(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("nom\nZoé\n")
    assert len(list(read_table(path, columns=COLUMNS, required=(("number", "name"),)))) == 1


def test_lines_are_numbered_as_a_spreadsheet_numbers_them(tmp_path):
    assert [line.number for line in read(tmp_path, "number\n1\n\n2\n")] == [2, 4]


def test_an_empty_cell_is_nothing(tmp_path):
    (line,) = read(tmp_path, "number;name\n1;  \n")
    assert line.get("name") is None


def test_a_column_that_nobody_asked_for_is_named_where_it_holds_something(tmp_path):
    first, second = read(tmp_path, "number;IBAN;GPS\n1;FR76;\n2;;\n")
    assert (first.strange, second.strange) == (["IBAN"], [])


def test_a_line_with_something_beyond_the_header_is_overfull(tmp_path):
    first, second = read(tmp_path, "number;name\n1;Max;3\n2;Max;\n")
    assert (first.overfull, second.overfull) == (True, False)


@pytest.mark.parametrize("text", ["", "name\nMax\n", 'number\n"1'], ids=["empty", "no number", "open quote"])
def test_a_file_that_is_no_such_table_says_where(tmp_path, text):
    with pytest.raises(TableBroken, match=r"file\.csv"):
        read(tmp_path, text)


def test_a_file_that_is_gone_says_so(tmp_path):
    with pytest.raises(TableBroken, match="cannot be read"):
        list(read_table(tmp_path / "gone.csv", columns=COLUMNS, required=()))
