"""What something that happened adds to the counts of a member. Pure.

Each function says a whole, never a change: a purchase of which something came back counts for what is left of it. What
came back is taken off by the difference of two such wholes, so that nothing is left of what came back entirely.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.codes.article_numbers import FULL
from offers.learning import decay
from offers.learning.models import CountKind

Counts = Counter[tuple[CountKind, str]]
"""Weights by what is counted and its key."""

ALL = ""
"""The key of all articles, or all categories, together."""

HALF_LIVES: Mapping[CountKind, int] = {
    CountKind.ARTICLE: decay.ARTICLE,
    CountKind.CATEGORY: decay.CATEGORY,
    CountKind.STORE: decay.STORE,
    CountKind.CHANNEL: decay.VISIT,
    CountKind.VISITS: decay.VISIT,
    CountKind.SPEND: decay.SPEND,
    CountKind.RECEIVED: decay.REACTION,
    CountKind.REDEEMED: decay.REACTION,
    CountKind.SHOWN: decay.REACTION,
    CountKind.TAKEN: decay.REACTION,
    CountKind.SOCIAL: decay.VISIT,
}
"""In days. What is not here does not fade."""


class Line(NamedTuple):
    """A line of a purchase, as far as anything is learnt from it. What was paid is in minor units, of all units."""

    position: int
    gtin: str | None
    sku: str | None
    category: str
    parts: int
    """In how many it can come back: units, or the thousandths of what was weighed."""
    net_minor: int


class Bought(NamedTuple):
    """A purchase. `day` is that of the store's own calendar."""

    day: date
    store_id: uuid.UUID | None
    channel: str
    currency: str
    lines: Sequence[Line]


class CameBack(NamedTuple):
    """So many parts of the line with this position, and what was given back for them."""

    position: int
    parts: int
    amount_minor: int


def count_purchase(bought: Bought, returned: Iterable[CameBack] = ()) -> Counts:
    """What is left of a purchase: nothing, if all of it came back.

    An article counts once in a purchase, and so does a category, on however many lines and in however many units it was
    bought: tills write six yogurts as one line or as six, and petrol in cents of a litre; and so the order of offers is
    best on public baskets (docs/relevance.md).
    """
    parts, given_back = Counter[int](), 0
    for one in returned:
        parts[one.position] += one.parts
        given_back += one.amount_minor
    left = [line for line in bought.lines if line.parts > parts[line.position]]
    if not left:
        return Counts()
    counts = Counts({(CountKind.VISITS, ALL): _weigh(CountKind.VISITS, 1, bought.day)})
    counts[CountKind.DAY, bought.day.isoformat()] = 1
    counts[CountKind.CHANNEL, bought.channel] = _weigh(CountKind.CHANNEL, 1, bought.day)
    if bought.store_id is not None:
        counts[CountKind.STORE, str(bought.store_id)] = _weigh(CountKind.STORE, 1, bought.day)
    paid = sum(line.net_minor for line in bought.lines) - given_back
    counts[CountKind.SPEND, bought.currency] = _weigh(CountKind.SPEND, paid, bought.day)
    _count_articles(counts, left, bought.day)
    return _without_zeros(counts)


def count_coupon(day: date, offers: Iterable[int]) -> Counts:
    """A coupon that the member got, of these offers: one."""
    counts = Counts({(CountKind.RECEIVED, ALL): _weigh(CountKind.RECEIVED, 1, day)})
    counts.update({(CountKind.TAKEN, str(offer)): _weigh(CountKind.TAKEN, 1, day) for offer in offers})
    return counts


def count_redemption(day: date) -> Counts:
    """A coupon that the member used."""
    return Counts({(CountKind.REDEEMED, ALL): _weigh(CountKind.REDEEMED, 1, day)})


def count_showing(day: date, offers: Iterable[int]) -> Counts:
    """Offers that the member was shown together, by their numbers."""
    return Counts({(CountKind.SHOWN, str(offer)): _weigh(CountKind.SHOWN, 1, day) for offer in offers})


def count_referral(day: date) -> Counts:
    """Somebody whom the member brought, and who bought something."""
    return Counts({(CountKind.SOCIAL, ALL): _weigh(CountKind.SOCIAL, 1, day)})


def less(more: Counts, fewer: Counts) -> Counts:
    """The difference of two counts, exactly; what is equal in both is not in it."""
    counts = Counts(more)
    counts.subtract(fewer)
    return _without_zeros(counts)


def article_key(line: Line) -> str | None:
    """What an article is called here: one key for all spellings of its number. None for goods without any."""
    if line.gtin is not None:
        return f"gtin:{line.gtin.zfill(FULL)}"
    return None if line.sku is None else f"sku:{line.sku}"


def paths_of(category: str) -> list[str]:
    """A category and each part above it: `food/dairy` is `food` and `food/dairy`. Nothing for no category."""
    parts = category.split("/") if category else []
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _count_articles(counts: Counts, lines: Iterable[Line], day: date) -> None:
    """Every article once, and of categories: each that was bought once in all, and once what it is a part of."""
    article, category = _weigh(CountKind.ARTICLE, 1, day), _weigh(CountKind.CATEGORY, 1, day)
    different = {article_key(line) or str(line.position): line for line in lines}.values()
    keys = [key for key in map(article_key, different) if key is not None]
    counts.update({(CountKind.ARTICLE, key): article for key in keys})
    counts[CountKind.ARTICLE, ALL] = article * len(different)
    categories = {line.category for line in different if line.category}
    paths = {path for one in categories for path in paths_of(one)}
    counts.update({(CountKind.CATEGORY, path): category for path in paths})
    counts[CountKind.CATEGORY, ALL] = category * len(categories)


def _weigh(what: CountKind, amount: int, day: date) -> int:
    return decay.weigh_event(amount, day, HALF_LIVES[what])


def _without_zeros(counts: Counts) -> Counts:
    return Counts({what: weight for what, weight in counts.items() if weight})
