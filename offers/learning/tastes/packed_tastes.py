"""A taste as an answer reads it: bytes in which the few numbers that some offers ask for are found without reading all
others. Pure.

An answer to "near me" has a hundredth of the time that it would take to read such a text whole, so PostgreSQL packs
each one when it is written (`ici_pack_taste`, migration 0081), into the very bytes that `pack_taste` makes:

  4 numbers of entries (int4): articles, categories, offers shown, offers taken; 2 totals (float8): articles, categories
  then of each of these four: its keys, eight bytes each, in their order; and its weights (float8), in the same order

A key is what SHA-256 of an article or of a category begins with, and of an offer its number (int8). All in network
order. A weight beyond 2**53 is rounded as a float is, which is less than any score can show.
"""

import hashlib
import struct
from array import array
from dataclasses import dataclass
from datetime import date

from offers.learning import decay
from offers.learning.tastes.tastes import Taste

HEAD, NUMBER, WEIGHT = struct.Struct(">4i2d"), struct.Struct(">q"), struct.Struct(">d")
NATIVE = struct.Struct("=q")
WIDTH = 8
"""Bytes of a key, and of a weight."""
ENTRY, FIRST = 2 * WIDTH, HEAD.size
"""Bytes of an entry, and before the first."""

USUAL = 200
"""How many purchases of articles somebody has behind them, where no day is given to read it."""


ARTICLES, CATEGORIES, SHOWN, TAKEN = range(4)
"""The parts, in their order."""


@dataclass(slots=True)
class OpenTaste:
    """A packed taste, opened on a day."""

    packed: bytes
    parts: tuple[tuple[int, int], ...]
    """Where the keys of each part begin, and where they end and its weights begin."""
    named: frozenset[int]
    """The keys of its articles, each as the number that its bytes are on this machine (`key_numbered`)."""
    articles_total: float
    categories_total: float
    of_articles: float
    """How many purchases of articles are behind it on that day."""
    of_categories: float
    article_worth: float
    """How many purchases a weight of one is worth on that day."""
    category_worth: float


def pack_taste(taste: Taste) -> bytes:
    """A taste as bytes, the same for the same taste."""
    parts = (
        [(key_of(key), weight) for key, weight in taste.articles.items()],
        [(key_of(path), weight) for path, weight in taste.categories.items()],
        [(NUMBER.pack(number), weight) for number, weight in taste.shown.items()],
        [(NUMBER.pack(number), weight) for number, weight in taste.taken.items()],
    )
    head = HEAD.pack(*map(len, parts), float(taste.articles_total), float(taste.categories_total))
    return head + b"".join(map(_pack_part, parts))


def open_taste(packed: bytes, on: date | None) -> OpenTaste:
    """A packed taste as it is on a day; with a usual number of purchases behind it where no day is given."""
    articles, categories, shown, taken, articles_total, categories_total = HEAD.unpack_from(packed)
    second = FIRST + ENTRY * articles
    third = second + ENTRY * categories
    fourth = third + ENTRY * shown
    end = FIRST + WIDTH * articles
    of_articles = _purchases_behind(articles_total, on, decay.ARTICLE)
    of_categories = _purchases_behind(categories_total, on, decay.CATEGORY)
    return OpenTaste(
        packed,
        (
            (FIRST, end),
            (second, second + WIDTH * categories),
            (third, third + WIDTH * shown),
            (fourth, fourth + WIDTH * taken),
        ),
        frozenset(array("q", packed[FIRST:end])),
        articles_total,
        categories_total,
        of_articles,
        of_categories,
        of_articles / articles_total if of_articles else 0.0,
        of_categories / categories_total if of_categories else 0.0,
    )


def key_of(name: str) -> bytes:
    """The key of an article or of a category."""
    return hashlib.sha256(name.encode()).digest()[:WIDTH]


def key_numbered(number: int) -> bytes:
    """The key that has this number."""
    return NATIVE.pack(number)


def weight_in(taste: OpenTaste, part: int, key: bytes) -> float:
    """The weight of a key in a part; nothing for one that is not there."""
    packed, (start, end) = taste.packed, taste.parts[part]
    at = packed.find(key, start, end)
    while at >= 0:
        if (at - start) % WIDTH == 0:
            weight: float = WEIGHT.unpack_from(packed, at + end - start)[0]
            return weight
        at = packed.find(key, at + 1, end)
    return 0.0


def _pack_part(entries: list[tuple[bytes, int]]) -> bytes:
    entries.sort()
    return b"".join([key for key, _ in entries]) + b"".join([WEIGHT.pack(weight) for _, weight in entries])


def _purchases_behind(total: float, on: date | None, half_life_days: int) -> float:
    """How many purchases of that day a weight is worth; a usual number of them where no day is given."""
    if total <= 0:
        return 0.0
    return USUAL if on is None else total / decay.unit_on(on, half_life_days)
