"""How well an offer goes with what a member likes, as far as what they bought says it. Pure.

Articles come first: which articles somebody bought says most about the offers that they take up. Categories stand in
where no article is named, and what everybody buys stands in for who has bought little: so the order is best on a year
of public baskets (docs/relevance.md, decision 48).
"""

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from math import fsum

from offers.learning.tastes.packed_tastes import (
    ARTICLES,
    CATEGORIES,
    OpenTaste,
    key_numbered,
    key_of,
    open_taste,
    pack_taste,
    weight_in,
)
from offers.learning.tastes.tastes import Taste, keys_of
from wallet.purchases.basket import Products, is_within

LEAST, MOST = 0.05, 1.0
"""The bounds of an affinity: what nobody bought is still possible."""

MIDDLE = 0.01
"""The liking that is half-way: one in a hundred of what somebody buys."""

ARTICLES_OF_ALL, CATEGORIES_OF_ALL = 100, 60
"""So many purchases of what everybody buys stand beside a member's own. Who bought little is judged by these, and who
bought much by themselves."""

WIDE = 0.02
"""The share of everything sold from which on a list of articles is wide: it then counts half, because it goes with
everybody and so says little about anybody."""


@dataclass(frozen=True, slots=True)
class ArticlesWanted:
    """What an offer on some articles asks of a taste: worked out once for an offer, asked of many members.

    `named` are the keys of the articles that it names by their numbers, one behind the other: a process knows many
    offers, and what lies together in memory is read sooner than a set. What was bought of its categories is what is
    kept for the keys `added`, less that for `taken_off`; `is_all` begins with all categories instead.
    """

    named: bytes
    added: tuple[bytes, ...]
    taken_off: tuple[bytes, ...]
    is_all: bool


def want_articles(products: Products) -> ArticlesWanted:
    """What an offer on these articles asks of a taste."""
    keys, categories = keys_of(products), products.categories
    added = _outermost(categories)
    taken_off = []
    for path in _outermost(products.but_not):
        if not categories or any(is_within(path, part) for part in added):
            taken_off.append(path)
        else:
            taken_off += [part for part in added if is_within(part, path)]
    return ArticlesWanted(
        b"".join(sorted(map(key_of, keys))),
        tuple(sorted(map(key_of, added))),
        tuple(sorted(map(key_of, taken_off))),
        not (categories or keys or products.lists),
    )


def affinity_of(taste: Taste, products: Products, popularity: float, *, on: date | None = None) -> float:
    """How well an offer on these articles goes with a taste, from 0.05 to 1: more the more of them the member bought.

    `popularity` is the share (0 to 1) of the brand's recent purchases that these articles have; it alone decides for a
    member who bought nothing yet. `on` is the day on which the counts are read: without it, a usual number of purchases
    is taken to be behind them. Half of the way is reached at one in a hundred of what somebody buys.
    """
    opened = open_taste(pack_taste(taste), on)
    return affinity_between(opened, want_articles(products), min(max(popularity, 0.0), 1.0))[0]


def affinity_between(taste: OpenTaste, wanted: ArticlesWanted, popularity: float) -> tuple[float, bool]:
    """`affinity_of` for what is known of both sides, and `is_bought`; `popularity` is from 0 to 1.

    The share of a member's next purchases that is expected to be of these articles is that of the purchases behind them
    and of some of everybody's, together. Where articles are named by their numbers, or nothing is named at all, it is
    the less the wider the choice. Where an offer names articles and categories, the better of both counts.
    """
    expected, is_own = 0.0, False
    if wanted.named:
        bought = bought_by_name(taste, wanted)
        expected = _expect_share(bought, taste.article_worth, taste.of_articles, popularity, ARTICLES_OF_ALL)
        expected *= WIDE / (WIDE + popularity)
        is_own = bought > 0
    if wanted.added or wanted.is_all:
        bought = bought_by_category(taste, wanted)
        found = _expect_share(bought, taste.category_worth, taste.of_categories, popularity, CATEGORIES_OF_ALL)
        if wanted.is_all:
            found *= WIDE / (WIDE + popularity)
        elif bought > 0:
            is_own = True
        if found > expected:
            expected = found
    return LEAST + (MOST - LEAST) * expected / (expected + MIDDLE) if expected > 0 else LEAST, is_own


def liking_of(taste: OpenTaste, wanted: ArticlesWanted) -> float:
    """The share (0 to 1) of purchases that is of these articles: of those named, and of those categories, added."""
    liking = _share(bought_by_name(taste, wanted), taste.articles_total)
    if wanted.added or wanted.is_all:
        liking += _share(bought_by_category(taste, wanted), taste.categories_total)
    return min(liking, 1.0)


def is_bought(taste: OpenTaste, wanted: ArticlesWanted) -> bool:
    """Whether the member themselves bought something of what is named, be it an article or a category."""
    return affinity_between(taste, wanted, 0.0)[1]


def bought_by_name(taste: OpenTaste, wanted: ArticlesWanted) -> float:
    """What was bought of the articles that are named by their numbers: a weight."""
    common = taste.named.intersection(array("q", wanted.named))
    return fsum([weight_in(taste, ARTICLES, key_numbered(number)) for number in common]) if common else 0.0


def bought_by_category(taste: OpenTaste, wanted: ArticlesWanted) -> float:
    """What was bought of the categories, each line once, less what is excepted from them: a weight."""
    bought = taste.categories_total if wanted.is_all else 0.0
    for path in wanted.added:
        bought += weight_in(taste, CATEGORIES, path)
    for path in wanted.taken_off:
        bought -= weight_in(taste, CATEGORIES, path)
    return bought


def _share(bought: float, total: float) -> float:
    return min(max(bought, 0.0) / total, 1.0) if total > 0 else 0.0


def _expect_share(bought: float, worth: float, behind: float, popularity: float, of_all: int) -> float:
    """The share of so many purchases of a member, of which so much was bought (a weight, of which one is worth so many
    purchases), and of so many of everybody's, as if one person had made them."""
    own = bought * worth if bought > 0 else 0.0
    return ((own if own < behind else behind) + popularity * of_all) / (behind + of_all)


def _outermost(paths: Collection[str]) -> list[str]:
    """The paths that are in none of the others."""
    return [path for path in paths if not any(path != other and is_within(path, other) for other in paths)]
