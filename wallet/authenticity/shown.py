"""What a till may be shown, told apart by its beginning before anything is looked up. Pure.

| begins | then | shown by |
|---|---|---|
| | `7QK3-M2TD-X0AH-9RWJ-4VNB` | whatever prints or types a code |
| `ICI1-` | 173 symbols: a record of 44 bytes and its signature | a voucher, which a till verifies by itself |
| `ICI2-` | code 15, time step 6, proof 10 | the member's app |
| `ICI3-` | code 15, revision 8, proof 10 | an Apple pass |
| `ICI4-` | code 15, password 8, seconds 10 | a Google pass |

Symbols are those of `symbols`; the code stands without its check symbols. Each fits a QR code that holds capitals and
digits only, of version 2-M, and the voucher of 7-M. The dash says which keyboard a till has, as in a plain code.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from wallet.authenticity import symbols, vouchers
from wallet.authenticity.models import ShownForm
from wallet.authenticity.one_time_passwords import DIGITS, STEP_S
from wallet.passes.codes import MINTED, read_code
from wallet.passes.errors import CodeCutOff
from wallet.passes.keyboards import list_readings

LONGEST_SHOWN = 200
"""Characters of what is shown, with the name of the barcode before it: a voucher has 178."""
SHORTEST_CHANGING = 30
"""A plain code is shorter, however it is written; every other form is longer."""

PREFIXES = {
    ShownForm.VOUCHER: "ICI1",
    ShownForm.WINDOW: "ICI2",
    ShownForm.REVISION: "ICI3",
    ShownForm.TOTP: "ICI4",
}
STEP_SYMBOLS, REVISION_SYMBOLS, PROOF_SYMBOLS, SECONDS = 6, 8, 10, 10
OURS = re.compile(r"(ICI[0-9])[-:]?([0-9A-Z]+)")
BEGINS_OURS = re.compile(r"ICI[0-9][-:]?[0-9A-Z]", re.IGNORECASE)


class Shown(NamedTuple):
    """What was shown, as it says itself: nothing is verified yet. `counter` is its time step, its revision or the
    number of the voucher; `proof` what only we, or who has our key, can have made."""

    code: str
    form: ShownForm = ShownForm.PLAIN
    counter: int = 0
    proof: str = ""
    voucher: vouchers.Voucher | None = None


def read_shown(text: str) -> Shown:
    """What was scanned or typed, whatever keyboard the scanner took the till's for.

    Raises `CodeMistyped` as `codes.read_code`; `CodeCutOff` for what begins like one of ours and is none.
    """
    if len(text) < SHORTEST_CHANGING:
        return Shown(read_code(text))
    is_ours = False
    for reading in list_readings(text):
        found = OURS.fullmatch(reading.upper())
        shown = _read_changing(*found.groups()) if found else None
        if shown is not None:
            return shown
        is_ours = is_ours or BEGINS_OURS.match(reading) is not None
    if is_ours:
        raise CodeCutOff(group=None)
    return Shown(read_code(text))


def _read_changing(prefix: str, body: str) -> Shown | None:
    form = _FORMS.get(prefix)
    try:
        return None if form is None else _READERS[form](body)
    except (KeyError, ValueError):
        return None


def _read_voucher(body: str) -> Shown:
    said = vouchers.open_record(symbols.read_bytes(body))
    return Shown(said.code, ShownForm.VOUCHER, said.number, body, said)


def _read_window(body: str) -> Shown:
    return _read_counted(ShownForm.WINDOW, body, STEP_SYMBOLS)


def _read_revision(body: str) -> Shown:
    return _read_counted(ShownForm.REVISION, body, REVISION_SYMBOLS)


def _read_counted(form: ShownForm, body: str, length: int) -> Shown:
    bare, counter, proof = _cut(body, symbols.BARE, length, PROOF_SYMBOLS)
    symbols.read_number(proof)
    return Shown(_code_of(bare), form, symbols.read_number(counter), proof)


def _read_totp(body: str) -> Shown:
    bare, password, seconds = _cut(body, symbols.BARE, DIGITS, SECONDS)
    if not (password.isdecimal() and seconds.isdecimal()):
        raise ValueError("not digits")
    return Shown(_code_of(bare), ShownForm.TOTP, int(seconds) // STEP_S, password)


def _code_of(bare: str) -> str:
    if not set(bare) <= set(MINTED):
        raise ValueError("not a code that was minted")
    return symbols.add_checks(bare)


def _cut(body: str, *lengths: int) -> list[str]:
    if len(body) != sum(lengths):
        raise ValueError("another length")
    parts, start = [], 0
    for length in lengths:
        parts.append(body[start : start + length])
        start += length
    return parts


_FORMS = {prefix: form for form, prefix in PREFIXES.items()}
_READERS: Mapping[ShownForm, Callable[[str], Shown]] = {
    ShownForm.VOUCHER: _read_voucher,
    ShownForm.WINDOW: _read_window,
    ShownForm.REVISION: _read_revision,
    ShownForm.TOTP: _read_totp,
}
