"""The report of an import: a line for each row, and nothing that a terminal would obey."""

from app.languages import Text
from app.ops.imports.outcomes import Found, JudgedRow, RowOutcome, Said, Summary
from app.ops.imports.reports import Printer


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
