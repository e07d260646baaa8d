"""Baskets as values: which lines a selection means, and how an amount is divided over lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.purchases.basket import BasketLine, Products, is_within, shares

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=12)


def test_ten_euros_off_twenty_and_eighty_are_two_and_eight() -> None:
    assert shares(1000, [2000, 8000]) == [200, 800]


def test_the_cent_that_is_left_goes_to_the_first_of_equals() -> None:
    assert shares(100, [1, 1, 1]) == [34, 33, 33]


def test_nothing_is_divided_over_nothing() -> None:
    assert shares(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="divide"):
        shares(1, [0, 0])


@given(weights=WEIGHTS, amount=st.integers(0, 200_000))
def test_shares_add_up(weights: list[int], amount: int) -> None:
    if sum(weights):
        assert sum(shares(amount, weights)) == amount


@given(weights=WEIGHTS, data=st.data())
def test_no_share_is_above_its_weight(weights: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    assert all(share <= weight for share, weight in zip(shares(amount, weights), weights, strict=True))


def test_a_category_holds_what_is_inside_it() -> None:
    assert is_within("food/dairy/milk", "food/dairy")
    assert not is_within("foodstuff", "food")


@pytest.mark.parametrize(
    ("products", "included"),
    [
        (Products(), True),
        (Products(categories=frozenset({"food"})), True),
        (Products(categories=frozenset({"drugstore"})), False),
        (Products(gtins=frozenset({"3017620422003"})), True),
        (Products(skus=frozenset({"S-2"})), False),
        (Products(but_not=frozenset({"food/spreads"})), False),
    ],
)
def test_a_selection_includes_what_it_names(products: Products, included: bool) -> None:
    line = BasketLine(1, 1, 399, gtin="3017620422003", sku="S-1", category="food/spreads/sweet")
    assert products.include(line) is included
