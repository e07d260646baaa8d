"""Numbers of articles are one number with however many digits, here as on receipts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.codes.article_numbers import LENGTHS, check_digit, full_gtin, mended_gtin, spell_gtin
from tests.availability.factories import FULL_TEA


@given(st.sampled_from(LENGTHS), st.data())
def test_every_spelling_of_an_article_is_one_number(length: int, data: st.DataObject) -> None:
    body = data.draw(st.text("0123456789", min_size=length - 1, max_size=length - 1))
    gtin = body + check_digit(body)
    assert {full_gtin(spelling) for spelling in spell_gtin(gtin)} == {gtin.zfill(14)}


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("12345678905", "00012345678905"),  # a UPC that lost its zero
        ("3017620422003.0", FULL_TEA),
        ("3,01762E+12", None),
        ("123456", None),
        ("3017620422004", None),
        ("٣٠١٧٦٢٠٤٢٢٠٠٣", None),
    ],
)
def test_what_a_spreadsheet_did_to_a_number_is_undone(written: str, full: str | None) -> None:
    assert mended_gtin(written) == full
