"""Which store around has an article, at what price, how old that is; and that it is not known, where it is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.languages import LANGUAGES
from geo.availability import queries, surroundings
from geo.availability.surroundings import ArticleHere
from offers.around.wording import say_article
from tests.around.factories import A_WEEK, HOUR, TWO_DAYS, Stranger, stocked
from tests.availability.factories import FULL_TEA, TEA
from tests.speaking import Speaker


@pytest.fixture
def stranger(anyone: Speaker) -> Stranger:
    return Stranger(anyone)


def of(stranger: Stranger, **asked: Any) -> Any:
    """What the only store says of the article asked for."""
    [store] = stranger.stores(**asked)
    return store["article"]


def test_an_article_is_told_with_its_price_and_their_age(stranger: Stranger) -> None:
    at = clock.now() - HOUR
    stocked(stranger.shop(), as_of=at, label="Thé vert")
    said = of(stranger, gtin=TEA)
    assert (said["gtin"], said["label"], said["price_minor"], said["currency"]) == (FULL_TEA, "Thé vert", 249, "EUR")
    assert (said["in_stock"], said["few_left"]) == (True, False)
    assert said["price_at"] == said["stock_at"] == clock.write_instant(at)


SIX = datetime(2026, 5, 18, 6, tzinfo=UTC)
KNOWN = ArticleHere(FULL_TEA, None, "", 249, "EUR", SIX, True, 10, SIX)


@pytest.mark.parametrize(
    ("article", "fr", "en"),
    [
        (KNOWN, "En stock ; 2,49\xa0€, le 18 mai à 08:00.", "In stock; €2.49, on 18 May 08:00."),
        (
            KNOWN._replace(stock=3, stock_at=SIX + HOUR),
            "Stock presque épuisé le 18 mai à 09:00 ; 2,49\xa0€ le 18 mai à 08:00.",
            "Only a few left on 18 May 09:00; €2.49 on 18 May 08:00.",
        ),
        (
            KNOWN._replace(is_stocked=False, stock=None, price_minor=None, currency=None, price_at=None),
            "En rupture de stock le 18 mai à 08:00 ; prix inconnu.",
            "Sold out on 18 May 08:00; price unknown.",
        ),
        (
            KNOWN._replace(is_stocked=None, stock=None, stock_at=None),
            "Stock inconnu ; 2,49\xa0€ le 18 mai à 08:00.",
            "Stock unknown; €2.49 on 18 May 08:00.",
        ),
        (
            None,
            "Prix et stock inconnus dans ce magasin.",
            "Neither the price nor the stock is known in this store.",
        ),
    ],
)
def test_what_is_said_of_an_article_reads_well(article: ArticleHere | None, fr: str, en: str) -> None:
    said = [say_article(article, zone="Europe/Paris", language=language) for language in LANGUAGES]
    assert said == [fr, en]


def test_not_known_is_an_answer(stranger: Stranger) -> None:
    stranger.shop()
    [store] = stranger.stores(gtin=TEA)
    assert (store["article"], store["article_text"]) == (
        None,
        "Neither the price nor the stock is known in this store.",
    )
    assert [one["article_text"] for one in stranger.stores()] == [None]


def test_an_old_price_and_an_old_stock_are_told_no_more(stranger: Stranger) -> None:
    store = stranger.shop()
    stocked(store, as_of=clock.now() - TWO_DAYS - HOUR)
    said = of(stranger, gtin=TEA)
    assert (said["price_minor"], said["in_stock"], said["few_left"], said["stock_at"]) == (249, None, None, None)
    [whole] = stranger.stores(gtin=TEA)
    assert whole["article_text"].startswith("Stock unknown; ")


def test_what_is_older_than_both_bounds_is_not_known(stranger: Stranger) -> None:
    stocked(stranger.shop(), as_of=clock.now() - A_WEEK - HOUR)
    assert of(stranger, gtin=TEA) is None


def test_one_store_has_it_and_another_does_not(stranger: Stranger) -> None:
    stocked(stranger.shop("without", north=1), stock=0)
    stranger.shop("silent", north=2)
    stocked(stranger.shop("with", north=3))
    said = {one["store"]["name"]: one["article"] and one["article"]["in_stock"] for one in stranger.stores(gtin=TEA)}
    assert said == {"without": False, "silent": None, "with": True}
    assert stranger.names(gtin=TEA, in_stock_only=True) == ["with"]


def test_only_stores_that_have_it_are_looked_for_further_away(stranger: Stranger) -> None:
    for north in range(4):
        stranger.shop(str(north), north=north)
    stocked(stranger.shop("with", north=9))
    assert stranger.names(gtin=TEA, in_stock_only=True, limit=1) == ["with"]


def test_a_sku_is_its_brands_own(stranger: Stranger, anyone: Speaker) -> None:
    stocked(stranger.shop(), sku="T1")
    other = Stranger(anyone)
    other.shop()
    assert of(stranger, sku="T1")["gtin"] == FULL_TEA
    assert of(other, sku="T1") is None


def test_of_a_category_the_cheapest_that_is_there_stands_for_all(stranger: Stranger) -> None:
    store = stranger.shop()
    teas = {"dear": (900, 5), "cheap": (150, 3), "sold-out": (90, 0)}
    for sku, (price, stock) in teas.items():
        stocked(store, gtin=None, sku=sku, price_minor=price, stock=stock, category="tea/green")
    stocked(store, gtin=None, sku="set", price_minor=10, stock=9, category="teaware")
    assert [of(stranger, category=path)["sku"] for path in ("tea", "tea/green", "tea/")] == ["cheap"] * 3
    assert of(stranger, category="tea/gre") is None


def test_a_category_that_is_too_wide_is_refused_with_a_remedy(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_OF_CATEGORY", 1)
    store = stranger.shop()
    for sku in ("one", "two"):
        stocked(store, gtin=None, sku=sku, category="tea")
    answer = stranger.ask(category="tea")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "category_too_wide")
    assert answer.get_json()["remedy"]


def test_the_price_of_one_store_says_nothing_of_another(stranger: Stranger) -> None:
    stocked(stranger.shop("one", north=1), price_minor=100)
    stocked(stranger.shop("two", north=2), price_minor=200, as_of=clock.now() - timedelta(minutes=5))
    assert [one["article"]["price_minor"] for one in stranger.stores(gtin=TEA)] == [100, 200]


def test_more_stores_may_have_it_than_were_looked_at(stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "LOOKED_AT_FOR_CATEGORY", 2)
    for north in range(3):
        stocked(stranger.shop(str(north), north=north), gtin=None, sku="T1", category="tea")
    asked = {"category": "tea", "in_stock_only": True}
    assert stranger.told(**asked)["more"] is True
    assert stranger.names(**asked) == ["0", "1"]
