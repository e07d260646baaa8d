"""Cells of a CSV that a spreadsheet would take for a formula, and run: who wrote the text then runs it on who opens it.

OWASP, "CSV injection": a cell that begins with one of these signs gets an apostrophe before it, which spreadsheets do
not show. The full-width forms count too: an East Asian spreadsheet reads them alike. A plain number stays.
"""

import re

MARK = "'"
BEGINS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
"""Apostrophes before a sign are counted in, so that each text has one way to be written, and comes back."""
EVALUATES = re.compile("'*[=@＝＠]|'*[+\\-\t\r\n＋－].*[(|!]", re.DOTALL)
"""A code that a spreadsheet could call something with: `+A123BJC5D6E71G` is a barcode that calls nothing."""
NUMBER = re.compile("[+-]?[0-9]+([.,][0-9]+)?")


def neutralise_text(text: str) -> str:
    """A text as it stands in a cell that spreadsheets open."""
    return MARK + text if _is_formula(text) else text


def restore_text(cell: str) -> str:
    """The text that a cell of ours stands for."""
    return cell[1:] if cell[:1] == MARK and _is_formula(cell[1:]) else cell


def neutralise_code(code: str) -> str:
    """The code of a card as it stands in such a cell: a till compares it, so it changes only where it could be run."""
    return MARK + code if EVALUATES.match(code) else code


def restore_code(cell: str) -> str:
    """The code that a cell of ours stands for."""
    return cell[1:] if cell[:1] == MARK and EVALUATES.match(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    return BEGINS.match(text) is not None and NUMBER.fullmatch(text) is None
