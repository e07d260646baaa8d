"""Codes: unguessable, readable, and able to say that they were mistyped."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.passes.banned_words import BANNED, is_banned
from wallet.passes.codes import ALPHABET, GROUPS, MINTED, check_symbol, new_code, read_code
from wallet.passes.errors import CodeMistyped


def code_of(parts):
    """The code of these random parts."""
    return "-".join(part + check_symbol(number, part) for number, part in enumerate(parts, start=1))


parts = st.text(MINTED, min_size=3, max_size=3)
codes = st.lists(parts, min_size=GROUPS, max_size=GROUPS).map(code_of)
places = st.integers(0, GROUPS * 4 - 1)

AMERICAN_ON_FRENCH = str.maketrans("1234567890AQWM-", "&é\"'(-è_çàQAZ?)")


def put(code, place, symbol):
    """The code with another symbol at a place (dashes not counted)."""
    symbols = list(code.replace("-", ""))
    symbols[place] = symbol
    return "".join(symbols)


def text_or_group(text):
    """What reading gives: the code, or the group that is wrong."""
    try:
        return read_code(text)
    except CodeMistyped as refusal:
        return refusal.facts["group"]


def mistyped_group(text):
    with pytest.raises(CodeMistyped) as refusal:
        read_code(text)
    return refusal.value.facts["group"]


def test_the_alphabet_has_no_letter_that_looks_like_a_digit():
    assert set("OISZ") & set(ALPHABET) == set()


def test_a_fresh_code_reads_as_itself():
    code = new_code()
    assert read_code(code) == code


def test_a_code_cannot_be_guessed():
    assert math.log2(len(MINTED) ** (3 * GROUPS)) >= 60


def test_check_symbols_are_those_of_coupon_code():
    # Algorithm::CouponCode's own example, "55G2-DHM0-50NN", in this alphabet.
    assert [check_symbol(n, part) for n, part in ((1, "55G"), (2, "DHM"), (3, "50N"))] == ["2", "0", "N"]


@given(codes)
def test_a_code_reads_as_itself(code):
    assert read_code(code) == code


@given(codes, st.randoms())
def test_a_code_reads_as_itself_however_it_is_typed(code, random):
    alike = str.maketrans({"0": "O", "1": "I", "5": "S", "2": "Z"})
    typed = "".join(
        random.choice([symbol, symbol.lower(), symbol.translate(alike), symbol.translate(alike).lower()])
        for symbol in code.replace("-", random.choice(["", " ", "-", " – "]))
    )
    assert read_code(f" {typed}\n".replace("\n", "")) == code


@given(codes)
def test_an_american_scanner_on_a_french_keyboard_is_understood(code):
    typed = code.translate(AMERICAN_ON_FRENCH)
    told_apart = set(typed) - set(ALPHABET) - set("-)Z")
    assert not told_apart or read_code(typed) == code


@given(codes, places, st.sampled_from(ALPHABET))
def test_any_single_wrong_symbol_is_caught_in_its_group(code, place, symbol):
    wrong = put(code, place, symbol)
    assert wrong == code.replace("-", "") or mistyped_group(wrong) == place // 4 + 1


@given(codes, st.integers(0, GROUPS - 1), st.integers(0, 2))
def test_any_swap_of_neighbours_inside_a_group_is_caught(code, group, first):
    place = group * 4 + first
    symbols = code.replace("-", "")
    swapped = put(put(code, place, symbols[place + 1]), place + 1, symbols[place])
    assert swapped == symbols or mistyped_group(swapped) == group + 1


@given(codes, places)
def test_a_missing_symbol_is_caught(code, place):
    symbols = code.replace("-", "")
    mistyped_group(symbols[:place] + symbols[place + 1 :])


@given(codes, st.sampled_from(ALPHABET))
def test_a_symbol_too_many_is_caught(code, symbol):
    mistyped_group(code + symbol)


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_mistyped(text):
    assert text_or_group(text) in {*range(1, GROUPS + 1), text.upper()}


@pytest.mark.parametrize("word", ["SHIT", "5H1T", "CUL", "F4G", "PUTE", "PUT3"])
def test_a_word_is_found_also_when_digits_spell_it(word):
    assert is_banned(f"K7{word}W")


def test_a_hundred_thousand_codes_are_all_different_and_spell_nothing():
    made = {new_code() for _ in range(100_000)}
    assert (len(made), sum(is_banned(code.replace("-", "")) for code in made)) == (100_000, 0)


def test_banned_words_are_at_least_three_letters():
    assert min(map(len, BANNED)) >= 3
