"""Affinities: articles before categories, what everybody buys for who is new, within bounds and never falling."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.learning import decay
from offers.learning.tastes import affinities
from offers.learning.tastes.packed_tastes import open_taste, pack_taste
from offers.learning.tastes.tastes import NO_TASTE, Taste
from wallet.purchases.basket import Products

TEA, MILK, BREAD = "gtin:03017620422003", "sku:milk-1", "sku:bread-1"
FOND = NO_TASTE._replace(
    articles={TEA: 600, MILK: 300, BREAD: 100},
    articles_total=1000,
    categories={"drinks": 700, "drinks/tea": 600, "drinks/milk": 100, "bread": 300},
    categories_total=1000,
)
NUMBERS = st.integers(0, 10**30)
TASTES = st.builds(
    Taste,
    st.dictionaries(st.sampled_from([TEA, MILK, BREAD]), NUMBERS),
    st.dictionaries(st.sampled_from(["drinks", "drinks/tea", "bread"]), NUMBERS),
    NUMBERS,
    NUMBERS,
    st.dictionaries(st.integers(1, 9), NUMBERS),
    st.dictionaries(st.integers(1, 9), NUMBERS),
)
OFFERS = st.builds(
    Products,
    categories=st.frozensets(st.sampled_from(["drinks", "drinks/tea", "drinks/tea/green", "bread"])),
    gtins=st.frozensets(st.sampled_from(["3017620422003", "4006381333931"])),
    skus=st.frozensets(st.sampled_from(["milk-1", "bread-1"])),
    but_not=st.frozensets(st.sampled_from(["drinks", "drinks/tea", "bread"])),
)


def of_skus(*skus: str) -> Products:
    return Products(skus=frozenset(skus))


def of_categories(*paths: str, but_not: tuple[str, ...] = ()) -> Products:
    return Products(categories=frozenset(paths), but_not=frozenset(but_not))


TEA_ONLY = Products(gtins=frozenset({"3017620422003"}))
ON = date(2026, 6, 1)
ONE = decay.unit_on(ON, decay.ARTICLE)
"""What one purchase of an article weighs on that day."""


def liking(products: Products) -> float:
    return affinities.liking_of(open_taste(pack_taste(FOND), None), affinities.want_articles(products))


def bought(articles: dict[str, int]) -> Taste:
    """Who bought these articles, so often each, and nothing else."""
    weights = {key: count * ONE for key, count in articles.items()}
    return NO_TASTE._replace(articles=weights, articles_total=sum(weights.values()))


def test_what_is_bought_more_goes_before_what_is_bought_less() -> None:
    assert affinities.affinity_of(FOND, of_skus("milk-1"), 0.1) > affinities.affinity_of(FOND, of_skus("bread-1"), 0.1)


def test_one_article_in_any_spelling_of_its_number_is_one_article() -> None:
    assert {liking(Products(gtins=frozenset({one}))) for one in ("3017620422003", "03017620422003")} == {
        liking(TEA_ONLY)
    }


def test_without_a_taste_what_everybody_buys_decides() -> None:
    often, seldom = (affinities.affinity_of(NO_TASTE, of_skus("milk-1"), share) for share in (0.2, 0.01))
    assert affinities.LEAST < seldom < often < affinities.MOST
    assert affinities.affinity_of(NO_TASTE, of_skus("milk-1"), 0) == affinities.LEAST


def test_a_category_stands_in_where_no_article_is_named() -> None:
    assert liking(of_categories("drinks/tea")) == pytest.approx(0.6)


def test_a_category_of_another_offer_says_nothing_of_an_article_that_was_not_bought() -> None:
    assert liking(of_skus("milk-2")) == 0


def test_a_category_inside_another_counts_once() -> None:
    assert liking(of_categories("drinks", "drinks/tea")) == liking(of_categories("drinks")) == pytest.approx(0.7)


def test_what_is_excepted_counts_not() -> None:
    assert liking(of_categories("drinks", but_not=("drinks/tea",))) == pytest.approx(0.1)
    assert liking(of_categories("drinks/tea", "bread", but_not=("drinks",))) == pytest.approx(0.3)
    assert liking(of_categories("drinks/tea", but_not=("drinks/tea",))) == 0


def test_everything_is_all_that_is_bought() -> None:
    assert liking(Products()) == 1
    assert liking(Products(but_not=frozenset({"bread"}))) == pytest.approx(0.7)


def test_an_offer_on_everything_goes_with_everybody_alike_and_not_before_what_one_likes() -> None:
    everything = Products()
    assert affinities.affinity_of(FOND, everything, 1) == pytest.approx(affinities.affinity_of(NO_TASTE, everything, 1))
    assert affinities.affinity_of(FOND, everything, 1) < affinities.affinity_of(FOND, of_categories("drinks/tea"), 0.01)


def test_an_offer_on_everything_but_what_one_buys_goes_less_with_one() -> None:
    all_but = Products(but_not=frozenset({"drinks"}))
    assert affinities.affinity_of(FOND, all_but, 0.9) < affinities.affinity_of(FOND, Products(), 1)


def is_bought(taste: Taste, products: Products) -> bool:
    return affinities.is_bought(open_taste(pack_taste(taste), None), affinities.want_articles(products))


def test_somebody_bought_what_they_bought_and_not_what_everybody_buys() -> None:
    assert is_bought(FOND, of_skus("milk-1", "milk-2"))
    assert is_bought(FOND, of_categories("drinks/tea", "fruit"))
    assert not is_bought(FOND, of_skus("milk-2"))
    assert not is_bought(NO_TASTE, of_categories("bread"))


def test_what_is_excepted_was_not_bought_of_an_offer() -> None:
    assert is_bought(FOND, of_categories("drinks", but_not=("drinks/tea",)))
    assert not is_bought(FOND, of_categories("drinks/tea", but_not=("drinks",)))


def test_a_long_list_and_a_short_one_say_the_same_of_what_is_on_both() -> None:
    long = of_skus("milk-1", *map(str, range(14_477)))
    assert liking(long) == liking(of_skus("milk-1"))


@given(TASTES, OFFERS, st.floats(-1, 2))
def test_an_affinity_is_never_out_of_its_bounds(taste: Taste, products: Products, popularity: float) -> None:
    assert affinities.LEAST <= affinities.affinity_of(taste, products, popularity) <= affinities.MOST


@given(OFFERS, st.floats(0, 1), st.floats(0, 1))
def test_to_who_is_new_more_popular_is_never_less(products: Products, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert affinities.affinity_of(NO_TASTE, products, low) <= affinities.affinity_of(NO_TASTE, products, high)


@given(TASTES, st.floats(0, 1), st.floats(0, 1))
def test_a_category_that_more_buy_is_never_liked_less(taste: Taste, one: float, other: float) -> None:
    low, high = sorted((one, other))
    tea = of_categories("drinks/tea")
    assert affinities.affinity_of(taste, tea, low) <= affinities.affinity_of(taste, tea, high)


def test_a_wide_list_of_articles_says_less_than_a_narrow_one_that_is_bought_as_often() -> None:
    narrow, wide = (affinities.affinity_of(FOND, of_skus("milk-1"), share) for share in (0.001, 0.1))
    assert narrow > wide


def test_who_bought_little_is_judged_by_what_everybody_buys_and_who_bought_much_by_themselves() -> None:
    def prefers_bread(purchases: int) -> bool:
        taste = bought({MILK: purchases})
        bread, milk = of_skus("bread-1"), of_skus("milk-1")
        return affinities.affinity_of(taste, bread, 0.2, on=ON) > affinities.affinity_of(taste, milk, 0.0001, on=ON)

    assert prefers_bread(0)
    assert not prefers_bread(100)


def test_a_count_that_has_faded_weighs_less_against_what_everybody_buys() -> None:
    taste, milk = bought({MILK: 10}), of_skus("milk-1")
    now, later = (affinities.affinity_of(taste, milk, 0.001, on=day) for day in (ON, date(2028, 6, 1)))
    assert now > later > affinities.affinity_of(NO_TASTE, milk, 0.001)


@given(st.integers(0, 10**30), st.integers(0, 10**30), st.integers(0, 10**30))
def test_an_article_bought_once_more_is_never_liked_less(milk: int, bread: int, more: int) -> None:
    def affinity(milk: int) -> float:
        taste = NO_TASTE._replace(articles={MILK: milk, BREAD: bread}, articles_total=milk + bread)
        return affinities.affinity_of(taste, of_skus("milk-1"), 0)

    assert affinity(milk) <= affinity(milk + more) + 1e-12
