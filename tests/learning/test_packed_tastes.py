"""A packed taste says what its text says, whoever packs it, and is never older than its text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sql import db
from offers.deciding import queries as deciding
from offers.learning.tastes.packed_tastes import (
    ARTICLES,
    CATEGORIES,
    NUMBER,
    SHOWN,
    TAKEN,
    key_numbered,
    key_of,
    open_taste,
    pack_taste,
    weight_in,
)
from offers.learning.tastes.tastes import NO_TASTE, Taste, read_taste, write_taste
from tests.factories import NOON
from tests.learning.factories import Regular

TODAY = date(2026, 6, 1)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
WEIGHTS = st.integers(1, 10**31)
NUMBERS = st.dictionaries(st.integers(1, 2**62), WEIGHTS, max_size=8)
TASTES = st.builds(
    Taste,
    st.dictionaries(NAMES.map("sku:{}".format), WEIGHTS, max_size=8),
    st.dictionaries(NAMES, WEIGHTS, max_size=8),
    WEIGHTS,
    WEIGHTS,
    NUMBERS,
    NUMBERS,
)


@given(TASTES)
def test_a_taste_comes_back_from_its_text(taste: Taste) -> None:
    assert read_taste(write_taste(taste).encode()) == taste


@given(TASTES)
def test_every_weight_is_found_by_its_key(taste: Taste) -> None:
    """As a float has it."""
    opened = open_taste(pack_taste(taste), TODAY)
    by_key = [
        {key_of(key): weight for key, weight in taste.articles.items()},
        {key_of(path): weight for path, weight in taste.categories.items()},
        {NUMBER.pack(number): weight for number, weight in taste.shown.items()},
        {NUMBER.pack(number): weight for number, weight in taste.taken.items()},
    ]
    for part, weights in zip((ARTICLES, CATEGORIES, SHOWN, TAKEN), by_key, strict=True):
        found = {key: weight_in(opened, part, key) for key in weights}
        assert found == {key: float(one) for key, one in weights.items()}
    assert set(map(key_numbered, opened.named)) == set(by_key[ARTICLES])
    assert (opened.articles_total, opened.categories_total) == (
        float(taste.articles_total),
        float(taste.categories_total),
    )


@given(NUMBERS, st.integers(1, 2**62))
def test_nothing_is_found_of_what_is_not_there(shown: dict[int, int], other: int) -> None:
    """Also where the bytes of one key end and those of the next begin like it."""
    opened = open_taste(pack_taste(NO_TASTE._replace(shown=shown, taken={other: 1})), TODAY)
    assert weight_in(opened, SHOWN, NUMBER.pack(other)) == float(shown.get(other, 0))
    shifted = pack_taste(NO_TASTE._replace(shown={1: 5, 256: 7}))
    assert weight_in(open_taste(shifted, TODAY), SHOWN, (1).to_bytes(8)[1:] + b"\0") == 7
    assert weight_in(open_taste(shifted, TODAY), SHOWN, b"\1" + bytes(7)) == 0


def packed_by_database(taste: Taste) -> bytes:
    with db.system_transaction():
        [(packed,)] = db.fetch("SELECT ici_pack_taste($1)", [write_taste(taste)])
    return bytes(packed)


@given(TASTES)
def test_the_database_packs_the_very_same_bytes(taste: Taste) -> None:
    assert packed_by_database(taste) == pack_taste(taste)


@pytest.mark.parametrize("text", ["{}", '{"articles":{},"shown":{}}'])
def test_a_text_that_says_nothing_is_packed_as_nothing(text: str) -> None:
    with db.system_transaction():
        [(packed,)] = db.fetch("SELECT ici_pack_taste($1)", [text])
    assert bytes(packed) == pack_taste(NO_TASTE)


def kept(regular: Regular) -> tuple[str, bytes | None]:
    with db.system_transaction():
        [(text, packed)] = db.fetch("SELECT taste, packed_taste FROM profile WHERE member_id = $1", [regular.member.id])
    return text, packed


def test_what_is_learnt_is_packed() -> None:
    regular = Regular()
    regular.buy()
    regular.learn()
    text, packed = kept(regular)
    assert read_taste(text.encode()) != NO_TASTE
    assert packed == pack_taste(read_taste(text.encode()))


def write(regular: Regular, statement: str) -> None:
    with db.system_transaction():
        db.fetch(f"UPDATE profile SET {statement} WHERE member_id = $1 RETURNING 1", [regular.member.id])


def test_a_server_of_the_release_before_that_writes_the_text_alone_leaves_nothing_old_behind() -> None:
    regular = Regular()
    write(regular, """taste = '{"articles":{"sku:milk":7},"articles_total":7}'""")
    assert kept(regular)[1] == pack_taste(NO_TASTE._replace(articles={"sku:milk": 7}, articles_total=7))


def test_a_taste_of_before_is_packed_when_it_is_read() -> None:
    regular = Regular()
    regular.buy()
    regular.learn()
    text, packed = kept(regular)
    write(regular, "packed_taste = NULL")
    assert kept(regular) == (text, None)
    with db.system_transaction():
        [(_, _, read)] = db.fetch(deciding.TASTES, [str(regular.member.id), [regular.brand.id], NOON])
    assert read == packed
