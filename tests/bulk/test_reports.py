"""The report of an import: a line for each row, and nothing that a terminal would obey."""

from app.bulk.rows import Found, Judged, Outcome, Summary, Words
from app.bulk.showing import Printer
from app.languages import Text
from wallet.cards.findings import Finding

WORDS = Words({Finding.NUMBER_MISSING: Text(fr="sans", en="none")}, {})


def line(judged: Judged) -> str:
    return Printer(WORDS, "en").line(judged)


def test_a_row_without_anything_to_say_has_no_colon() -> None:
    assert line(Judged(2, Outcome.ACCEPTED, reference="001")) == "row 2 001 accepted"


def test_what_was_found_follows_the_name() -> None:
    found = (Found(Finding.NUMBER_MISSING, "number"),)
    assert line(Judged(3, Outcome.REFUSED, found, name="Rivoli")) == "row 3 - refused: Rivoli — none"


def test_what_a_file_holds_does_not_steer_the_terminal() -> None:
    assert line(Judged(2, Outcome.ACCEPTED, reference="\x1b[2J1")) == "row 2  [2J1 accepted"


def test_summaries_of_batches_add_up() -> None:
    first, second = Summary(), Summary()
    for summary in (first, second, second):
        summary.count(Judged(1, Outcome.REFUSED, (Found(Finding.NUMBER_MISSING, "number"),)))
    second.dropped["IBAN"] += 1
    first.add(second)
    assert first.outcomes[Outcome.REFUSED] == 3
    assert first.findings[Outcome.REFUSED, Finding.NUMBER_MISSING] == 3
    assert first.dropped["IBAN"] == 1
