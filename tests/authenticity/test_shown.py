"""What a till is shown is told apart by its beginning, at every till, before anything is looked up."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.test_codes import codes
from tests.wallet.test_keyboards import SYMBOLOGIES, arriving, every_till
from wallet.authenticity import patterns, symbols, vouchers
from wallet.authenticity.models import ShownForm
from wallet.authenticity.shown import LONGEST_SHOWN, PREFIXES, read_shown
from wallet.passes.codes import MINTED
from wallet.passes.errors import CodeCutOff, CodeMistyped

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SALT = bytes(16)
ENDS = datetime(2026, 6, 1, tzinfo=UTC)
FORMS = [form for form in ShownForm if form is not ShownForm.PLAIN]
QR_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")
OF_VERSION_2_M, OF_VERSION_7_M = 38, 178
"""Capitals and digits that a QR code of this size holds (ISO/IEC 18004, table 7)."""


def spelled(form: ShownForm, code: str, counter: int) -> str:
    """A code in this form, as phones show it."""
    bare = symbols.strip_checks(code)
    if form is ShownForm.VOUCHER:
        said = {"brand_id": UUID(int=counter), "offer_id": UUID(int=counter), "value_minor": None, "expires_at": ENDS}
        return vouchers.write_voucher(private_key=KEY, code=code, **said)
    if form is ShownForm.TOTP:
        return f"{PREFIXES[form]}-{bare}{counter % 10**8:08}{1_780_000_000 + counter % 10**8}"
    length = 6 if form is ShownForm.WINDOW else 8
    said, proof = (symbols.spell_number(counter, length=symbols_of) for symbols_of in (length, 10))
    return f"{PREFIXES[form]}-{bare}{said}{proof}"


shown = st.builds(spelled, st.sampled_from(FORMS), codes, st.integers(0, 2**30 - 1))


@every_till
@given(text=shown, symbology=st.sampled_from(SYMBOLOGIES))
def test_what_a_phone_shows_is_read_at_every_till(till: str, text: str, symbology: str) -> None:
    assert read_shown(arriving(till, symbology + text)) == read_shown(text)


@pytest.mark.parametrize("form", FORMS)
@given(code=codes, counter=st.integers(0, 2**30 - 1))
def test_it_says_its_code_and_its_form(form: ShownForm, code: str, counter: int) -> None:
    assert read_shown(spelled(form, code, counter))[:2] == (code, form)


@given(code=codes)
def test_a_plain_code_is_plain(code: str) -> None:
    assert read_shown(code)[:2] == (code, ShownForm.PLAIN)


@pytest.mark.parametrize("form", FORMS)
@given(code=codes, counter=st.integers(0, 2**30 - 1))
def test_it_fits_a_small_code_of_capitals_and_digits(form: ShownForm, code: str, counter: int) -> None:
    text = spelled(form, code, counter)
    assert QR_ALPHANUMERIC.fullmatch(text)
    assert len(text) <= (OF_VERSION_7_M if form is ShownForm.VOUCHER else OF_VERSION_2_M) < LONGEST_SHOWN


@given(text=shown, cut=st.integers(30, 177))
def test_what_was_cut_off_is_refused_before_any_look_up(text: str, cut: int) -> None:
    if cut < len(text):
        with pytest.raises(CodeCutOff):
            read_shown(text[:cut])


FOREIGN = [
    "HC1:6BFOXN%TSMAHN-H3ZS3XHS7N3XNW.BE96-D8UZAV",
    "https://example.org/cards/7QK3M2TDX0AH9RWJ4VNB",
    "LOY1:ABCDEFGHJKLMNPQRTUVWXABCDEFGHJKLMN",
    "01043512345678901726123110ABC123",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_code_of_somebody_else_is_no_code(text: str) -> None:
    with pytest.raises(CodeMistyped) as refusal:
        read_shown(text)
    assert type(refusal.value) is not CodeCutOff


@pytest.mark.parametrize("text", ["ICI9-" + "A" * 35, "ICI2-" + "A" * 30, "ICI2-" + "I" * 31, "ici4-" + "A" * 33])
def test_a_later_version_or_another_spelling_is_told_from_a_foreign_code(text: str) -> None:
    with pytest.raises(CodeCutOff):
        read_shown(text)


@given(shown)
def test_small_letters_and_a_colon_are_read_too(text: str) -> None:
    assert read_shown(text.lower().replace("-", ":")) == read_shown(text)


@given(st.binary(max_size=120))
def test_bytes_come_back(content: bytes) -> None:
    assert symbols.read_bytes(symbols.spell_bytes(content)) == content


@given(st.binary(max_size=120), st.sampled_from(symbols.SYMBOLS))
def test_bytes_have_one_spelling(content: bytes, symbol: str) -> None:
    text = symbols.spell_bytes(content) + symbol
    try:
        assert symbols.spell_bytes(symbols.read_bytes(text)) == text
    except ValueError:
        return


@given(codes)
def test_a_code_in_ten_bytes_comes_back(code: str) -> None:
    assert symbols.code_from_bytes(symbols.code_to_bytes(code)) == code


def test_no_symbol_is_swapped_by_a_german_keyboard() -> None:
    assert set("YZ").isdisjoint(symbols.SYMBOLS)
    assert len(set(symbols.SYMBOLS)) == 32
    assert set(MINTED) < set(symbols.SYMBOLS)


@given(codes, st.integers(0, 2**30 - 1))
def test_the_proof_of_one_step_is_not_that_of_another(code: str, counter: int) -> None:
    key = patterns.WindowKey(code, f"ICI2-{symbols.strip_checks(code)}", b"k" * 32, 30)
    at = datetime.fromtimestamp(counter * 30 % 4_000_000_000, tz=UTC)
    said, later = (
        read_shown(patterns.window_code(key, at=at.fromtimestamp(at.timestamp() + s, tz=UTC))) for s in (0, 30)
    )
    assert (said.counter + 1, said.proof == later.proof) == (later.counter, False)
