"""Stamps as cards, in words. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.stamps.cells import StampState, read_cells, tell_cells, write_cells


@pytest.mark.parametrize(
    ("available", "used", "owed", "state", "fr", "en"),
    [
        (0, 0, 0, StampState.EMPTY, "0 tampon sur 10", "0 of 10 stamps"),
        (1, 0, 0, StampState.STARTED, "1 tampon sur 10", "1 of 10 stamps"),
        (7, 2, 0, StampState.STARTED, "7 tampons sur 10", "7 of 10 stamps"),
        (10, 0, 0, StampState.FULL, "Carte pleine : 10 tampons sur 10", "Full card: 10 of 10 stamps"),
        (
            *(13, 0, 0, StampState.FULL, "Carte pleine : 10 tampons sur 10 ; sur la suivante, 3 tampons sur 10"),
            "Full card: 10 of 10 stamps; on the next one, 3 of 10 stamps",
        ),
        (20, 0, 0, StampState.FULL, "2 cartes pleines de 10 tampons", "2 full cards of 10 stamps"),
        (
            *(0, 1, 0, StampState.USED, "Carte utilisée ; sur la suivante, 0 tampon sur 10"),
            "Card used; on the next one, 0 of 10 stamps",
        ),
        (
            *(0, 1, 2, StampState.USED),
            "Carte utilisée ; sur la suivante, 0 tampon sur 10 ; 2 tampons d'achats rendus à compenser d'abord",
            "Card used; on the next one, 0 of 10 stamps; 2 stamps of returned purchases to make up for first",
        ),
    ],
)
def test_a_card_is_told_in_both_languages(
    available: int, used: int, owed: int, state: StampState, fr: str, en: str
) -> None:
    known = read_cells(size=10, available=available, used=used, owed=owed)
    assert (known.state, tell_cells(known, "fr"), tell_cells(known, "en")) == (state, fr, en)


@pytest.mark.parametrize(("available", "short"), [(0, "0/10"), (7, "7/10"), (10, "10/10"), (13, "10/10")])
def test_where_there_is_room_for_no_word_a_card_is_a_fraction(available: int, short: str) -> None:
    assert write_cells(read_cells(size=10, available=available)) == short


@given(size=st.integers(2, 100), available=st.integers(0, 10_000))
def test_no_stamp_is_lost_between_cards(size: int, available: int) -> None:
    known = read_cells(size=size, available=available)
    assert known.full * size + known.stamps == available
    assert 0 <= known.stamps < size
