"""What a member likes, as far as what they bought says it. Pure.

All counts are weights that fade (`decay`), and a purchase counts once for an article and once for a category, in
however many lines or units. How well an offer goes with it is said by `affinities`.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from app.codes.article_numbers import FULL
from wallet.purchases.basket import Products

Key = TypeVar("Key")

KEPT = 1024
"""Sets of articles whose keys a process remembers."""


class Taste(NamedTuple):
    """What one member bought of one brand, and how they took its offers: all of it weights (`decay`)."""

    articles: Mapping[str, int]
    """By key (`gtin:` and fourteen digits, else `sku:` and the text). Maybe only those bought most."""
    categories: Mapping[str, int]
    """By path: purchases in which there was something of it, or of a part of it."""
    articles_total: int
    """All purchases of an article, also of articles that are not named here."""
    categories_total: int
    """All purchases of a category, each at its whole path only."""
    shown: Mapping[int, int]
    """How often each offer was shown, by its number."""
    taken: Mapping[int, int]


NO_TASTE = Taste({}, {}, 0, 0, {}, {})


@lru_cache(maxsize=KEPT)
def keys_of(products: Products) -> frozenset[str]:
    """The keys of the articles that are named: a number in any of its spellings is one article."""
    return frozenset({f"gtin:{gtin.zfill(FULL)}" for gtin in products.gtins} | {f"sku:{sku}" for sku in products.skus})


def add_tastes(one: Taste, other: Taste) -> Taste:
    """The taste of one person who did what both did."""
    return Taste(
        _added(one.articles, other.articles),
        _added(one.categories, other.categories),
        one.articles_total + other.articles_total,
        one.categories_total + other.categories_total,
        _added(one.shown, other.shown),
        _added(one.taken, other.taken),
    )


def read_taste(text: bytes) -> Taste:
    """A taste from its JSON text; whatever a text leaves out is nothing. Raises `ValueError` for what is no JSON."""
    kept = json.loads(text)
    return Taste(
        kept.get("articles", {}),
        kept.get("categories", {}),
        kept.get("articles_total", 0),
        kept.get("categories_total", 0),
        {int(number): weight for number, weight in kept.get("shown", {}).items()},
        {int(number): weight for number, weight in kept.get("taken", {}).items()},
    )


def write_taste(taste: Taste) -> str:
    """A taste as compact JSON text, the same text for the same taste. Weights are whole numbers of any length."""
    return json.dumps(taste._asdict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _added(one: Mapping[Key, int], other: Mapping[Key, int]) -> Mapping[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
