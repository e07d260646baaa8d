"""The report of an import: a line for each row, and nothing that a terminal would obey."""

from app.languages import Text
from app.ops.imports.outcomes import Found, ImportWords, JudgedRow, RowOutcome, Summary
from app.ops.imports.reports import Printer
from wallet.cards.findings import CardFinding

WORDS = ImportWords({CardFinding.NUMBER_MISSING: Text(fr="sans", en="none")}, {})


def line(judged: JudgedRow) -> str:
    return Printer(WORDS, "en").line(judged)


def test_a_row_without_anything_to_say_has_no_colon() -> None:
    assert line(JudgedRow(2, RowOutcome.ACCEPTED, reference="001")) == "row 2 001 accepted"


def test_what_was_found_follows_the_name() -> None:
    found = (Found(CardFinding.NUMBER_MISSING, "number"),)
    assert line(JudgedRow(3, RowOutcome.REFUSED, found, name="Rivoli")) == "row 3 - refused: Rivoli — none"


def test_what_a_file_holds_does_not_steer_the_terminal() -> None:
    assert line(JudgedRow(2, RowOutcome.ACCEPTED, reference="\x1b[2J1")) == "row 2  [2J1 accepted"


def test_summaries_of_batches_add_up() -> None:
    first, second = Summary(), Summary()
    for summary in (first, second, second):
        summary.count(JudgedRow(1, RowOutcome.REFUSED, (Found(CardFinding.NUMBER_MISSING, "number"),)))
    second.dropped["IBAN"] += 1
    first.add(second)
    assert first.outcomes[RowOutcome.REFUSED] == 3
    assert first.findings[RowOutcome.REFUSED, CardFinding.NUMBER_MISSING] == 3
    assert first.dropped["IBAN"] == 1
