"""What a code may hold: characters, length and check digits of each symbology.

Sources: GS1 General Specifications, sections 5.2 (EAN, UPC) and 7.9 (check digit); ISO/IEC 16388 (Code 39), 15417
(Code 128), 16390 (Interleaved 2 of 5); AIM BC3 (Codabar) and BC5 (Code 93).
"""

import re
from typing import NamedTuple

from app.codes.article_numbers import check_digit
from wallet.externals import barcodes, element_strings
from wallet.externals.errors import (
    CheckDigitWrong,
    CodeCharactersWrong,
    CodeLengthWrong,
    CodeUndrawable,
    ElementStringWrong,
)
from wallet.externals.models import Encoding, Symbology

LONGEST = 2000
"""Characters of any code."""


class SymbologyRule(NamedTuple):
    """`pattern` is for the whole code, `allowed` says it to a person; `lengths` is empty where any length goes."""

    pattern: str
    allowed: str
    lengths: tuple[int, ...] = ()


DIGITS = r"[0-9]+"
LINE = r"[^\x00-\x1f\x7f]+"
ANY = r"[^\x00\ud800-\udfff]+"
"""Whatever can be kept: a matrix code holds bytes, and lines, separators (ISO/IEC 15434) and escapes are among them."""
ASCII = r"[\x01-\x7f]+"
"""All but NUL, which these symbologies can hold and a database cannot."""

RULES = {
    Symbology.NONE: SymbologyRule(LINE, "0-9 A-Z …"),
    Symbology.EAN_13: SymbologyRule(DIGITS, "0-9", (13,)),
    Symbology.EAN_8: SymbologyRule(DIGITS, "0-9", (8,)),
    Symbology.UPC_A: SymbologyRule(DIGITS, "0-9", (12,)),
    Symbology.UPC_E: SymbologyRule(DIGITS, "0-9", (8,)),
    Symbology.CODE_39: SymbologyRule(ASCII, "ASCII"),
    Symbology.CODE_93: SymbologyRule(ASCII, "ASCII"),
    Symbology.CODE_128: SymbologyRule(ASCII, "ASCII"),
    Symbology.ITF: SymbologyRule(DIGITS, "0-9"),
    Symbology.CODABAR: SymbologyRule(r"[0-9\-$:/.+]+|[A-D][0-9\-$:/.+]+[A-D]", "[A-D] 0-9 - $ : / . + [A-D]"),
    Symbology.QR: SymbologyRule(ANY, "UTF-8"),
    Symbology.AZTEC: SymbologyRule(ANY, "UTF-8"),
    Symbology.PDF_417: SymbologyRule(ANY, "UTF-8"),
    Symbology.DATA_MATRIX: SymbologyRule(ANY, "UTF-8"),
}

CALLED = {
    Symbology.NONE: "—",
    Symbology.EAN_13: "EAN-13",
    Symbology.EAN_8: "EAN-8",
    Symbology.UPC_A: "UPC-A",
    Symbology.UPC_E: "UPC-E",
    Symbology.CODE_39: "Code 39",
    Symbology.CODE_93: "Code 93",
    Symbology.CODE_128: "Code 128",
    Symbology.ITF: "ITF",
    Symbology.CODABAR: "Codabar",
    Symbology.QR: "QR",
    Symbology.AZTEC: "Aztec",
    Symbology.PDF_417: "PDF417",
    Symbology.DATA_MATRIX: "Data Matrix",
}
"""The names that are printed on scanners, the same in every language."""

WITH_CHECK_DIGIT = (Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E)


def check_code(*, symbology: Symbology, code: str, encoding: Encoding | None = None) -> None:
    """Whether a scanner could read this code once it is drawn; `encoding` is that of the bytes of a matrix code.

    Raises `CodeCharactersWrong`, `CodeLengthWrong`, `CheckDigitWrong`, `ElementStringWrong`, or `CodeUndrawable` when
    it fits no barcode.
    """
    rule, called = RULES[symbology], CALLED[symbology]
    if not re.fullmatch(rule.pattern, code) or not code.strip():
        raise CodeCharactersWrong(symbology=called, allowed=rule.allowed)
    if not is_encodable(code=code, encoding=encoding):
        raise CodeCharactersWrong(symbology=called, allowed=str(encoding))
    if symbology is Symbology.CODE_128 and element_strings.is_claimed(code) and not element_strings.bracketed(code):
        raise ElementStringWrong
    if rule.lengths and len(code) not in rule.lengths:
        raise CodeLengthWrong(symbology=called, expected=rule.lengths[0], given=len(code))
    if symbology is Symbology.UPC_E and code[0] not in "01":
        raise CodeCharactersWrong(symbology=called, allowed="0… 1…")
    if symbology is Symbology.ITF and len(code) % 2:
        raise CodeLengthWrong(symbology=called, expected=len(code) + 1, given=len(code))
    if symbology in WITH_CHECK_DIGIT:
        expected = check_digit_of(symbology=symbology, body=code[:-1])
        if code[-1] != expected:
            raise CheckDigitWrong(expected=expected, given=code[-1])
    if not barcodes.fits(symbology=symbology, code=code, encoding=encoding):
        raise CodeUndrawable(symbology=called)


def needed_encoding(*, symbology: Symbology, code: str, encoding: Encoding | None) -> Encoding | None:
    """The encoding, where it makes a difference: in codes of bytes, for characters beyond ASCII."""
    return encoding if symbology in barcodes.HOLDS_BYTES and not code.isascii() else None


def is_encodable(*, code: str, encoding: Encoding | None) -> bool:
    """Whether an encoding has every character of a code; none that is said has all."""
    try:
        return encoding is None or bool(code.encode(encoding))
    except UnicodeEncodeError:
        return False


def check_digit_of(*, symbology: Symbology, body: str) -> str:
    """The last digit of a code that has a check digit, from the digits before it."""
    return check_digit(expanded(body) if symbology is Symbology.UPC_E else body)


def expanded(body: str) -> str:
    """The eleven digits of UPC-A that the seven of UPC-E stand for (GS1 General Specifications, 5.2.2.4)."""
    system, six = body[0], body[1:]
    last = six[5]
    if last in "012":
        return f"{system}{six[:2]}{last}0000{six[2:5]}"
    if last == "3":
        return f"{system}{six[:3]}00000{six[3:5]}"
    if last == "4":
        return f"{system}{six[:4]}00000{six[4]}"
    return f"{system}{six[:5]}0000{last}"
