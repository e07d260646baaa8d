"""What a member likes, as far as what they bought says it, and how well an offer goes with it. Pure.

Articles come first: which articles somebody bought says most about the offers that they take up. Categories stand in
where no article is named, and what everybody buys stands in for who has bought little. All counts are weights that fade
(`decay`), and a purchase counts once for an article and once for a category, in however many lines or units: so the
order is best on a year of public baskets (docs/relevance.md, decision 48).
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from app.codes.article_numbers import FULL
from offers.learning import decay
from wallet.purchases.basket import Products, is_within

Key = TypeVar("Key")

LEAST, MOST = 0.05, 1.0
"""The bounds of an affinity: what nobody bought is still possible."""

MIDDLE = 0.01
"""The liking that is half-way: one in a hundred of what somebody buys."""

ARTICLES_OF_ALL, CATEGORIES_OF_ALL = 100, 60
"""So many purchases of what everybody buys stand beside a member's own. Who bought little is judged by these, and who
bought much by themselves."""

USUAL = 200
"""How many purchases of articles somebody has behind them, where no day is given to read it."""

WIDE = 0.02
"""The share of everything sold from which on a list of articles is wide: it then counts half, because it goes with
everybody and so says little about anybody."""

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


class ArticlesWanted(NamedTuple):
    """What an offer on some articles asks of a taste: worked out once for an offer, asked of many members.

    `keys` are those of the articles that it names by their numbers. What was bought of its categories is what is kept
    for the paths `added`, less that for `taken_off`; `is_all` begins with all categories instead.
    """

    keys: frozenset[str]
    added: tuple[str, ...]
    taken_off: tuple[str, ...]
    is_all: bool


class DatedTaste(NamedTuple):
    """A taste on a day, and how many purchases of articles and of categories are behind it."""

    taste: Taste
    of_articles: float
    of_categories: float


def affinity_of(taste: Taste, products: Products, popularity: float, *, on: date | None = None) -> float:
    """How well an offer on these articles goes with a taste, from 0.05 to 1: more the more of them the member bought.

    `popularity` is the share (0 to 1) of the brand's recent purchases that these articles have; it alone decides for a
    member who bought nothing yet. `on` is the day on which the counts are read: without it, a usual number of purchases
    is taken to be behind them. Half of the way is reached at one in a hundred of what somebody buys.
    """
    return affinity_between(date_taste(taste, on), want_articles(products), min(max(popularity, 0.0), 1.0))


def affinity_between(dated: DatedTaste, wanted: ArticlesWanted, popularity: float) -> float:
    """`affinity_of` for what is known of both sides; `popularity` from 0 to 1."""
    liking = _expect_share(dated, wanted, popularity)
    return LEAST + (MOST - LEAST) * liking / (liking + MIDDLE) if liking > 0 else LEAST


def date_taste(taste: Taste, on: date | None) -> DatedTaste:
    """A taste as it is on a day; with a usual number of purchases behind it where no day is given."""
    return DatedTaste(
        taste,
        _purchases_behind(taste.articles_total, on, decay.ARTICLE),
        _purchases_behind(taste.categories_total, on, decay.CATEGORY),
    )


def want_articles(products: Products) -> ArticlesWanted:
    """What an offer on these articles asks of a taste."""
    keys, named = keys_of(products), products.categories
    added = _outermost(named)
    taken_off = []
    for path in _outermost(products.but_not):
        if not named or any(is_within(path, part) for part in added):
            taken_off.append(path)
        else:
            taken_off += [part for part in added if is_within(part, path)]
    return ArticlesWanted(keys, tuple(added), tuple(taken_off), not (named or keys or products.lists))


def liking_of(taste: Taste, products: Products) -> float:
    """The share (0 to 1) of purchases that is of these articles: of those named, and of those categories, added."""
    wanted = want_articles(products)
    liking = _share(_bought(taste.articles, wanted.keys), taste.articles_total)
    if wanted.added or wanted.is_all:
        liking += _share(_in_categories(taste, wanted), taste.categories_total)
    return min(liking, 1.0)


def favourite_of(taste: Taste, products: Products) -> str | None:
    """The key of the article, or the path of the category, that says most about why an offer goes with a taste.

    Named articles go before categories, which say less; of equals the first by its name. None if nothing was bought.
    """
    articles = {key: taste.articles[key] for key in _common(taste.articles, keys_of(products))}
    found = articles or {path: taste.categories.get(path, 0) for path in products.categories}
    best = min(found, key=lambda name: (-found[name], name), default=None)
    return best if best is not None and found[best] > 0 else None


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


def _expect_share(dated: DatedTaste, wanted: ArticlesWanted, popularity: float) -> float:
    """The share (0 to 1) of a member's next purchases that is expected to be of these articles.

    It is that of the purchases behind them and of some of everybody's, together. Where articles are named by their
    numbers, or nothing is named at all, it is the less the wider the choice. Where an offer names articles and
    categories, the better of both counts.
    """
    taste, of_articles, of_categories = dated
    narrowness = WIDE / (WIDE + popularity)
    expected = 0.0
    if wanted.keys:
        share = _share(_bought(taste.articles, wanted.keys), taste.articles_total)
        expected = narrowness * _together(share, of_articles, popularity, ARTICLES_OF_ALL)
    if wanted.added or wanted.is_all:
        share = _share(_in_categories(taste, wanted), taste.categories_total)
        found = _together(share, of_categories, popularity, CATEGORIES_OF_ALL)
        expected = max(expected, narrowness * found if wanted.is_all else found)
    return expected


def _share(bought: int, total: int) -> float:
    return min(max(bought, 0) / total, 1.0) if total > 0 else 0.0


def _purchases_behind(total: int, on: date | None, half_life_days: int) -> float:
    """How many purchases of that day a weight is worth; a usual number of them where no day is given."""
    if total <= 0:
        return 0.0
    return USUAL if on is None else total / decay.unit_on(on, half_life_days)


def _together(share: float, behind: float, popularity: float, of_all: int) -> float:
    """The share of so many purchases of a member, and of so many of everybody's, as if one person had made them."""
    return (share * behind + popularity * of_all) / (behind + of_all)


def _bought(weights: Mapping[str, int], keys: frozenset[str]) -> int:
    return sum([weights[key] for key in _common(weights, keys)])


def _common(weights: Mapping[str, int], keys: frozenset[str]) -> list[str]:
    """What both name, looked up from the smaller side."""
    if len(keys) <= len(weights):
        return [key for key in keys if key in weights]
    return [key for key in weights if key in keys]


def _in_categories(taste: Taste, wanted: ArticlesWanted) -> int:
    """What was bought of the categories, each line once, less what is excepted from them."""
    weights = taste.categories
    bought = taste.categories_total if wanted.is_all else 0
    for path in wanted.added:
        bought += weights.get(path, 0)
    for path in wanted.taken_off:
        bought -= weights.get(path, 0)
    return bought


def _outermost(paths: frozenset[str]) -> list[str]:
    """The paths that are in none of the others."""
    return [path for path in paths if not any(path != other and is_within(path, other) for other in paths)]


def _added(one: Mapping[Key, int], other: Mapping[Key, int]) -> Mapping[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
