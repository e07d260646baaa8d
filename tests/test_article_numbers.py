"""One article has one number, with however many digits it is written: which those are, and who compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.codes.article_numbers import LENGTHS, check_digit, impossible_gtins, is_gtin, spell_gtin
from wallet.purchases.basket import BasketLine, Products

SYRUP = ("036000291452", "0036000291452", "00036000291452")
"""One article as UPC-A, EAN-13 and GTIN-14."""
CHOCOLATE = ("96385074", "000096385074", "0000096385074", "00000096385074")


@pytest.mark.parametrize("code", ["96385074", "036000291452", "3270190022534", "10614141000415"])
def test_article_numbers_of_every_length_are_known(code: str) -> None:
    assert is_gtin(code)


@pytest.mark.parametrize("code", ["3270190022535", "32701900225", "٣270190022534", "3270190022 34", ""])
def test_what_is_no_article_number_is_seen(code: str) -> None:
    assert not is_gtin(code)


def test_a_wrong_check_digit_and_lengths_that_no_number_has_are_impossible() -> None:
    assert impossible_gtins([*SYRUP, "4006381333932", "40063813339", "123456789"]) == [
        "123456789",
        "40063813339",
        "4006381333932",
    ]


@pytest.mark.parametrize("spellings", [SYRUP, CHOCOLATE])
def test_every_spelling_of_an_article_has_the_same_spellings(spellings: tuple[str, ...]) -> None:
    assert {spell_gtin(one) for one in spellings} == {spellings}


def test_a_case_of_an_article_is_another_article() -> None:
    assert set(spell_gtin("10036000291459")).isdisjoint(SYRUP)


@pytest.mark.parametrize("named", SYRUP)
@pytest.mark.parametrize("sold", SYRUP)
def test_an_article_is_among_articles_in_any_spelling(named: str, sold: str) -> None:
    assert Products(gtins=frozenset({named})).include(BasketLine(1, 1, 100, gtin=sold))


def test_a_line_without_a_number_is_not_among_numbers() -> None:
    assert not Products(gtins=frozenset(SYRUP)).include(BasketLine(1, 1, 100))


@given(body=st.text("0123456789", min_size=7, max_size=13), other=st.text("0123456789", min_size=7, max_size=13))
def test_two_numbers_are_one_article_when_their_fourteen_digits_are(body: str, other: str) -> None:
    one, two = (half + check_digit(half) for half in (body, other))
    if len(one) in LENGTHS and len(two) in LENGTHS:
        is_named = Products(gtins=frozenset({one})).include(BasketLine(1, 1, 100, gtin=two))
        assert is_named == (one.zfill(14) == two.zfill(14))
