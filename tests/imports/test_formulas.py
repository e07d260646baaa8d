"""What a spreadsheet would run stands in our tables as text, and comes back as it was."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ops.imports import formulas, reports

ROOT = Path(__file__).parents[2]
FORMULAS = ["=1+1", "+A1", "-A1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋A1", "－A1", "＠SUM(1)", "=cmd|' /C calc'!A0"]
TEXT = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠(|!a7.,"), max_size=6)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_run_is_text(text: str) -> None:
    assert formulas.neutralise_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "7", "-7", "+33612345678", "-12.50", "-12,50", "a=b", "l'été", "'t Hooft"])
def test_what_runs_nothing_stays(text: str) -> None:
    assert formulas.neutralise_text(text) == text


@pytest.mark.parametrize(
    ("code", "stays"), [("+A123BJC5D6E71G", True), ("-12-34", True), ("+SUM(1)", False), ("=7", False)]
)
def test_the_code_of_a_card_changes_only_where_it_could_call_something(code: str, stays: bool) -> None:
    assert (formulas.neutralise_code(code) == code) is stays


@given(TEXT)
def test_every_text_comes_back(text: str) -> None:
    assert formulas.restore_text(formulas.neutralise_text(text)) == text


@given(TEXT)
def test_every_code_comes_back(code: str) -> None:
    assert formulas.restore_code(formulas.neutralise_code(code)) == code


def test_a_table_for_a_printer_runs_nothing(tmp_path: Path) -> None:
    reports.write_secret_table(tmp_path / "cards.csv", ("position", "code"), [(-1, "=HYPERLINK(0)")])
    assert (tmp_path / "cards.csv").read_text(encoding="utf-8").splitlines()[1] == "-1,'=HYPERLINK(0)"


def writes_csv(text: str) -> bool:
    called = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)] if "csv" in text else []
    return any(ast.unparse(node) in ("csv.writer", "csv.DictWriter") for node in called)


def test_whoever_writes_a_csv_neutralises_it() -> None:
    files = [file for top in ("app", "geo", "wallet", "offers") for file in (ROOT / top).rglob("*.py")]
    writers = [text for file in files if writes_csv(text := file.read_text(encoding="utf-8"))]
    assert len(writers) >= 2
    assert all("neutralise_text(" in written for written in writers)
