"""What something that happened adds to the counts of a member. Pure.

Each function says a whole, never a change: a purchase of which something came back counts for what is left of it. What
came back is taken off by the difference of two such wholes, so that nothing is left of what came back entirely.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from offers.learning import decay
from offers.learning.models import Counted
from wallet.passes.article_numbers import FULL

Counts = Counter[tuple[Counted, str]]
"""Weights by what is counted and its key."""

ALL = ""
"""The key of all articles, or all categories, together."""

HALF_LIVES: Mapping[Counted, int] = {
    Counted.ARTICLE: decay.ARTICLE,
    Counted.CATEGORY: decay.CATEGORY,
    Counted.STORE: decay.STORE,
    Counted.CHANNEL: decay.VISIT,
    Counted.VISITS: decay.VISIT,
    Counted.SPEND: decay.SPEND,
    Counted.RECEIVED: decay.REACTION,
    Counted.REDEEMED: decay.REACTION,
    Counted.SHOWN: decay.REACTION,
    Counted.TAKEN: decay.REACTION,
    Counted.SOCIAL: decay.VISIT,
}
"""In days. What is not here does not fade."""


class Line(NamedTuple):
    """A line of a purchase, as far as anything is learnt from it. What was paid is in minor units, of all units."""

    position: int
    gtin: str | None
    sku: str | None
    category: str
    quantity: int
    net_minor: int


class Bought(NamedTuple):
    """A purchase. `day` is that of the store's own calendar."""

    day: date
    store_id: uuid.UUID | None
    channel: str
    currency: str
    lines: Sequence[Line]


class CameBack(NamedTuple):
    """So many units of the line with this position, and what was given back for them."""

    position: int
    units: int
    amount_minor: int


def count_purchase(bought: Bought, returned: Iterable[CameBack] = ()) -> Counts:
    """What is left of a purchase: nothing, if all of it came back.

    An article counts once in a purchase, on however many lines and in however many units it was bought: tills write
    six yogurts as one line or as six, and petrol in cents of a litre.
    """
    units, given_back = Counter[int](), 0
    for one in returned:
        units[one.position] += one.units
        given_back += one.amount_minor
    left = [line for line in bought.lines if line.quantity > units[line.position]]
    if not left:
        return Counts()
    counts = Counts({(Counted.VISITS, ALL): _weigh(Counted.VISITS, 1, bought.day)})
    counts[Counted.DAY, bought.day.isoformat()] = 1
    counts[Counted.CHANNEL, bought.channel] = _weigh(Counted.CHANNEL, 1, bought.day)
    if bought.store_id is not None:
        counts[Counted.STORE, str(bought.store_id)] = _weigh(Counted.STORE, 1, bought.day)
    paid = sum(line.net_minor for line in bought.lines) - given_back
    counts[Counted.SPEND, bought.currency] = _weigh(Counted.SPEND, paid, bought.day)
    for line in {article_key(line) or str(line.position): line for line in left}.values():
        _count_article(counts, line, bought.day)
    return _without_zeros(counts)


def count_coupon(day: date, offers: Iterable[int]) -> Counts:
    """A coupon that the member got, of these offers: one."""
    counts = Counts({(Counted.RECEIVED, ALL): _weigh(Counted.RECEIVED, 1, day)})
    counts.update({(Counted.TAKEN, str(offer)): _weigh(Counted.TAKEN, 1, day) for offer in offers})
    return counts


def count_redemption(day: date) -> Counts:
    """A coupon that the member used."""
    return Counts({(Counted.REDEEMED, ALL): _weigh(Counted.REDEEMED, 1, day)})


def count_showing(day: date, offers: Iterable[int]) -> Counts:
    """Offers that the member was shown together, by their numbers."""
    return Counts({(Counted.SHOWN, str(offer)): _weigh(Counted.SHOWN, 1, day) for offer in offers})


def count_referral(day: date) -> Counts:
    """Somebody whom the member brought, and who bought something."""
    return Counts({(Counted.SOCIAL, ALL): _weigh(Counted.SOCIAL, 1, day)})


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


def _count_article(counts: Counts, line: Line, day: date) -> None:
    article, category = _weigh(Counted.ARTICLE, 1, day), _weigh(Counted.CATEGORY, 1, day)
    for key in (ALL, article_key(line)):
        if key is not None:
            counts[Counted.ARTICLE, key] += article
    for path in (ALL, *paths_of(line.category)) if line.category else ():
        counts[Counted.CATEGORY, path] += category


def _weigh(what: Counted, amount: int, day: date) -> int:
    return decay.weigh(amount, day, HALF_LIVES[what])


def _without_zeros(counts: Counts) -> Counts:
    return Counts({what: weight for what, weight in counts.items() if weight})
