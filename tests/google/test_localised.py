"""Short fields hold what fits, and no half of a sign."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from wallet.google.resources.localised import shorten


def test_what_fits_stays():
    assert shorten("Un café offert", most=20) == "Un café offert"


def test_it_is_cut_behind_a_word():
    assert shorten("Un petit déjeuner complet offert", most=20) == "Un petit déjeuner…"


def test_a_long_word_is_cut_within():
    assert shorten("Hexakosioihexekontahexaphobie", most=10) == "Hexakosio…"


def test_a_family_stays_together():
    family = "👨‍👩‍👧‍👦"
    assert shorten(f"abcdefgh{family}xyz", most=12) == "abcdefgh…"


def test_a_flag_is_not_halved():
    assert shorten("abcdefg🇫🇷🇧🇪xy", most=11) == "abcdefg🇫🇷…"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.integers(5, 30))
def test_it_is_never_longer_and_never_begins_behind_a_cut_sign(text, most):
    short = shorten(text, most=most)
    assert len(short) <= most
    if short != text:
        kept = short[:-1]
        assert text.startswith(kept)
        rest = text[len(kept) :]
        assert not unicodedata.combining(rest[0]) or not kept
