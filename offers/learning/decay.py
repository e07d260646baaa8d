"""Counts that fade, as exact integers. Pure.

An event of some amount on a day weighs `amount * SCALE * 2 ** ((day - EPOCH) / half-life)`: later events weigh more,
instead of earlier ones less and less. So nothing kept ever has to be aged, and since weights are integers their sums
are exact in any order: two members who become one are added, what is parted or returned is subtracted, and nothing is
left over. What a weight is worth on a day is its quotient by the weight of one unit on that day. The quotient of two
weights with one half-life needs no day at all.
"""

import decimal
from datetime import date
from functools import lru_cache

EPOCH = date(2020, 1, 1)
SCALE = 1000
"""What one unit weighs on the day of `EPOCH`."""

ARTICLE, CATEGORY, VISIT, SPEND, STORE, REACTION, POPULARITY = 168, 365, 168, 168, 56, 30, 56
"""Half-lives in days. Those of articles, categories and stores are the best of those tried on a year of public baskets;
reactions to offers and showings fade within a month, as does what they say."""

KEPT = 20_000
"""Days whose weight a process remembers."""

EXACT = decimal.Context(prec=50, rounding=decimal.ROUND_HALF_EVEN)
"""The precision of a power of two: the same on every machine, whatever its floating point."""


def weigh_event(amount: int, day: date, half_life_days: int) -> int:
    """The weight of so many units of an event of that day. So many times as many units weigh exactly so many times as
    much."""
    return amount * unit_on(day, half_life_days)


@lru_cache(maxsize=KEPT)
def unit_on(day: date, half_life_days: int) -> int:
    """What one unit of an event of that day weighs."""
    with decimal.localcontext(EXACT):
        grown = decimal.Decimal(2) ** (decimal.Decimal((day - EPOCH).days) / half_life_days)
        return int((SCALE * grown).to_integral_value())


def value_at(weight: int, day: date, half_life_days: int) -> float:
    """What a weight is worth on a day: one unit of that same day is 1, one of a half-life before is a half.

    Raises `ZeroDivisionError` for a day so long before `EPOCH` that nothing weighed anything.
    """
    return weight / unit_on(day, half_life_days)
