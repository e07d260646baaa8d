"""The report of an import: a line for each row, and nothing that a terminal would obey."""

from pathlib import Path

import click
import pytest

from app.languages import Text
from app.ops.imports.outcomes import Found, JudgedRow, RowOutcome, Said, Summary
from app.ops.imports.reports import SOME_REFUSED, Printer


class Sample(Said):
    NUMBER_MISSING = "number_missing", Text(fr="sans numéro", en="no number"), Text(fr="sans", en="none")
    NUMBER_TWICE = "number_twice", Text(fr="en double", en="twice")


def line(judged: JudgedRow) -> str:
    return Printer("en").line(judged)


def test_a_row_without_anything_to_say_has_no_colon() -> None:
    assert line(JudgedRow(2, RowOutcome.ACCEPTED, reference="001")) == "row 2 001 accepted"


def test_what_was_found_follows_the_name() -> None:
    found = (Found(Sample.NUMBER_MISSING, "number"),)
    assert line(JudgedRow(3, RowOutcome.REFUSED, found, name="Rivoli")) == "row 3 - refused: Rivoli — none"


def test_what_a_file_holds_does_not_steer_the_terminal() -> None:
    assert line(JudgedRow(2, RowOutcome.ACCEPTED, reference="\x1b[2J1")) == "row 2  [2J1 accepted"


def test_summaries_of_batches_add_up() -> None:
    first, second = Summary(), Summary()
    for summary in (first, second, second):
        summary.count(JudgedRow(1, RowOutcome.REFUSED, (Found(Sample.NUMBER_MISSING, "number"),)))
    second.dropped["IBAN"] += 1
    first.add(second)
    assert first.outcomes[RowOutcome.REFUSED] == 3
    assert first.findings[RowOutcome.REFUSED, Sample.NUMBER_MISSING] == 3
    assert first.dropped["IBAN"] == 1


def test_a_finding_is_its_code() -> None:
    assert [f"{one}" for one in Sample] == ["number_missing", "number_twice"]


def test_a_finding_without_a_sentence_is_said_by_its_heading() -> None:
    assert Found(Sample.NUMBER_TWICE, "number").say("en") == "twice"


def test_a_finding_may_bring_words_of_its_own() -> None:
    assert Found(Sample.NUMBER_TWICE, "number", {}, Text(fr="non", en="no")).say("fr") == "non"


def test_a_file_of_which_rows_were_refused_is_no_success() -> None:
    summary = Summary()
    summary.count(JudgedRow(2, RowOutcome.ACCEPTED))
    summary.count(JudgedRow(3, RowOutcome.REFUSED))
    with pytest.raises(click.exceptions.Exit) as ended:
        Printer("en").conclude(summary, dry_run=False)
    assert ended.value.exit_code == SOME_REFUSED


def test_a_file_of_which_none_was_is_one() -> None:
    summary = Summary()
    summary.count(JudgedRow(2, RowOutcome.CORRECTED))
    Printer("en").conclude(summary, dry_run=True)


def test_every_command_that_imports_rows_ends_by_its_report() -> None:
    rooms = Path(__file__).parents[2]
    commands = [
        file for folder in ("app", "geo", "wallet", "offers") for file in (rooms / folder).rglob("commands*/*.py")
    ]
    commands += [
        file for folder in ("app", "geo", "wallet", "offers") for file in (rooms / folder).rglob("commands.py")
    ]
    importing = [text for file in commands if "Printer(" in (text := file.read_text(encoding="utf-8"))]
    assert len(importing) >= 6
    assert [text for text in importing if text.count("Printer(") != text.count("printer.conclude(")] == []
