"""A card as a file says it becomes one that a member could have added, or is refused. Nothing changes silently."""

import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import get_currency_precision, is_currency

from app.characters import are_storable
from app.ops import deadlines
from app.ops.imports.outcomes import Found
from wallet.externals.errors import CodeWrong
from wallet.externals.findings import REFUSING, ExternalFinding
from wallet.externals.models import Encoding, Symbology
from wallet.externals.rows import (
    EARLIEST,
    LARGEST_BALANCE,
    LATEST,
    LONGEST_GROUP,
    LONGEST_NOTE,
    LONGEST_NUMBER,
    LONGEST_PROGRAMME,
    MOST_GROUPS,
    CardRow,
    CardWish,
    Raw,
    with_plain_ends,
)
from wallet.externals.symbologies import (
    CALLED,
    LONGEST,
    WITH_CHECK_DIGIT,
    check_code,
    check_digit_of,
    is_encodable,
    needed_encoding,
)

NO_SCREEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")
BODY_LENGTHS = {Symbology.EAN_13: 12, Symbology.EAN_8: 7, Symbology.UPC_A: 11, Symbology.UPC_E: 7}
"""Digits of a code whose file leaves its check digit to whoever draws it."""
CODABAR_ENDS = str.maketrans("TN*E", "ABCD")
"""The other names of the bars at both ends (AIM BC3)."""

NAMES = {symbology.value.replace("_", ""): symbology for symbology in Symbology} | {
    "": Symbology.NONE,
    "text": Symbology.NONE,
    "qrcode": Symbology.QR,
    "pkbarcodeformatqr": Symbology.QR,
    "pkbarcodeformatpdf417": Symbology.PDF_417,
    "pkbarcodeformataztec": Symbology.AZTEC,
    "pkbarcodeformatcode128": Symbology.CODE_128,
    "gs1128": Symbology.CODE_128,
}
"""The words of all the files for a symbology, without case and punctuation."""
ENCODINGS = {re.sub("[^a-z0-9]", "", encoding): encoding for encoding in Encoding} | {
    "latin1": Encoding.ISO_8859_1,
    "cp1252": Encoding.WINDOWS_1252,
}
"""The words of all the files for an encoding, in the same way."""


def validate_card(raw: Raw, *, currency: str) -> CardRow:
    """The card, with what was corrected; or no card, with the reason. `currency` is for balances that name none.

    Raises what a deadline raises: a file has thousands of rows, and each is looked at here.
    """
    deadlines.check_deadline()
    row = CardRow(None, archived=raw.archived, pass_identity=raw.pass_identity, is_coupon=raw.is_coupon)
    row.found = list(raw.found)
    if not are_storable(raw.texts):
        row.found = [Found(ExternalFinding.TEXT_UNSTORABLE, "row")]
        return row
    row.has_no_points = raw.balance == 0 and raw.currency == ""
    row.programme = _line(raw.programme, LONGEST_PROGRAMME, "programme", row)
    if row.programme is None and not _refused(row):
        row.found.append(Found(ExternalFinding.PROGRAMME_MISSING, "programme"))
    symbology = _symbology(raw.symbology, row)
    code = _code(raw.code, symbology, row)
    balance = _balance(raw, currency, row)
    wish = CardWish(
        programme=row.programme or "",
        code=code,
        symbology=symbology,
        encoding=_encoding(raw.encoding, symbology, code, row),
        number=_line(raw.number if raw.number != code else None, LONGEST_NUMBER, "number", row),
        note=_note(raw.note, row),
        colour=raw.colour if re.fullmatch("#[0-9a-f]{6}", raw.colour or "") else None,
        expires_on=_day(raw.expires_on, row),
        balance_minor=balance[0],
        currency=balance[1],
        balance_points=balance[2],
        groups=_groups(raw, row),
    )
    if _refused(row):
        row.found = [found for found in row.found if found.finding in REFUSING]
    else:
        row.wish = wish
    return row


def _refused(row: CardRow) -> bool:
    return any(found.finding in REFUSING for found in row.found)


def _symbology(name: str | None, row: CardRow) -> Symbology:
    known = NAMES.get(re.sub(r"[^a-z0-9]", "", (name or "").lower()))
    if known is None:
        said = _plain(name or "", spaces=" ")[:40]
        row.found.append(Found(ExternalFinding.SYMBOLOGY_UNKNOWN, "symbology", {"given": said}))
    return known or Symbology.NONE


def _code(given: str | None, symbology: Symbology, row: CardRow) -> str:
    code = given or ""
    if not code.strip():
        if not _refused(row):
            row.found.append(Found(ExternalFinding.REFERENCE_MISSING, "code"))
        return code
    if symbology in WITH_CHECK_DIGIT and BODY_LENGTHS.get(symbology) == len(code) and re.fullmatch("[0-9]+", code):
        digit = check_digit_of(symbology=symbology, body=code)
        row.found.append(
            Found(ExternalFinding.CHECK_DIGIT_ADDED, "code", {"digit": digit, "symbology": CALLED[symbology]})
        )
        code += digit
    if symbology is Symbology.CODABAR and not re.fullmatch("[A-D]?[^A-Za-z]+[A-D]?", code):
        capitals = code[:1].upper().translate(CODABAR_ENDS) + code[1:-1] + code[-1:].upper().translate(CODABAR_ENDS)
        if re.fullmatch("[A-D][^A-Za-z]+[A-D]", capitals):
            facts = {"symbology": CALLED[symbology], "code": capitals}
            row.found.append(Found(ExternalFinding.CODE_RESPELLED, "code", facts))
            code = capitals
    try:
        check_code(symbology=symbology, code=code[: LONGEST + 1])
    except CodeWrong as refusal:
        row.found.append(Found(ExternalFinding.CODE_REFUSED, "code", refusal.facts, refusal.title))
    return code


def _encoding(given: str | None, symbology: Symbology, code: str, row: CardRow) -> Encoding | None:
    if not given or needed_encoding(symbology=symbology, code=code, encoding=Encoding.UTF_8) is None:
        return None
    known = ENCODINGS.get(re.sub(r"[^a-z0-9]", "", given.lower()))
    if known is not None and is_encodable(code=code, encoding=known):
        return known
    row.found.append(Found(ExternalFinding.ENCODING_UNKNOWN, "encoding", {"given": _plain(given, spaces=" ")[:40]}))
    return Encoding.UTF_8


def _day(given: date | None, row: CardRow) -> date | None:
    if given is None or EARLIEST <= given <= LATEST:
        return given
    row.found.append(Found(ExternalFinding.EXPIRY_UNREADABLE, "expires_on"))
    return None


def _balance(raw: Raw, currency: str, row: CardRow) -> tuple[int | None, str | None, int | None]:
    """Minor units and their currency, or points. Nothing for a zero of points: files write it where there is none."""
    if raw.balance is None or (raw.balance == 0 and not raw.currency):
        return None, None, None
    assumed = raw.currency is None
    unit = currency if assumed else raw.currency or ""
    scale = get_currency_precision(unit) if unit else 0
    fits = abs(raw.balance) <= Decimal(LARGEST_BALANCE).scaleb(-scale)
    if not fits or (unit and not is_currency(unit)):
        row.found.append(Found(ExternalFinding.BALANCE_UNREADABLE, "balance"))
        return None, None, None
    if assumed:
        row.found.append(Found(ExternalFinding.CURRENCY_ASSUMED, "balance", {"currency": unit}))
    exact = raw.balance.scaleb(scale)
    whole = exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if whole != exact:
        row.found.append(Found(ExternalFinding.BALANCE_ROUNDED, "balance"))
    return (int(whole), unit, None) if unit else (None, None, int(whole))


def _groups(raw: Raw, row: CardRow) -> tuple[str, ...]:
    named = [_line(name, LONGEST_GROUP, "groups", row) for name in raw.groups]
    groups = list(dict.fromkeys(name for name in named if name))
    if len(groups) > MOST_GROUPS:
        row.found.append(Found(ExternalFinding.GROUPS_CUT, "groups", {"most": MOST_GROUPS}))
    return tuple(groups[:MOST_GROUPS])


def _line(given: str | None, longest: int, about: str, row: CardRow) -> str | None:
    return _cut(_plain(given or "", spaces="\t\n\r").strip(), longest, about, row)


def _note(given: str | None, row: CardRow) -> str | None:
    return _cut(_plain(with_plain_ends(given or ""), spaces="").strip(), LONGEST_NOTE, "note", row)


def _cut(said: str, longest: int, about: str, row: CardRow) -> str | None:
    if len(said) > longest:
        row.found.append(Found(ExternalFinding.SHORTENED, about, {"longest": longest}))
    return said[:longest].strip() or None


def _plain(given: str, *, spaces: str) -> str:
    """The text without what no database or screen could hold; the characters of `spaces` become spaces."""
    return NO_SCREEN.sub("", given).translate(dict.fromkeys(map(ord, spaces), " "))
