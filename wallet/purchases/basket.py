"""Baskets: what a person buys, line by line, as values that rules can be tried on. No tables, no time of day.

Amounts are minor units of the basket's currency, for all units of a line. Gross is before any promotion, net what is
left to be paid in money when promotions are off and points have paid; they contain the tax when the basket says so.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.codes import article_numbers


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many units of one article; of goods that are weighed, one."""

    position: int
    """From 1, once in a basket."""
    quantity: int
    gross_minor: int
    promotion_minor: int = 0
    gtin: str | None = None
    sku: str | None = None
    category: str = ""
    """A path from broad to narrow: `food/dairy/milk`."""
    tax_bp: int | None = None
    """The rate of tax in hundredths of a percent: 550 is 5.5 %."""
    label: str = ""
    """What the receipt calls it."""
    points_minor: int = 0
    """What points of the member paid of it: a tender, no promotion."""

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.promotion_minor - self.points_minor


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought together, where and when."""

    currency: str
    bought_at: datetime
    lines: tuple[BasketLine, ...]
    store_id: uuid.UUID | None = None
    channel: str = "store"
    tax_included: bool = True

    @property
    def gross_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def promotion_minor(self) -> int:
        return sum(line.promotion_minor for line in self.lines)

    @property
    def points_minor(self) -> int:
        return sum(line.points_minor for line in self.lines)

    @property
    def net_minor(self) -> int:
        return sum(line.net_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Products:
    """Some articles: those in one of the categories, or of one of the numbers. Without any of these, all articles.

    A GTIN is the same number with 8, 12, 13 or 14 digits. What is in `but_not` (categories) is never among them.
    """

    categories: frozenset[str] = frozenset()
    gtins: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    but_not: frozenset[str] = frozenset()

    def include(self, line: BasketLine) -> bool:
        """Whether the line is of these articles."""
        if any(is_within(line.category, path) for path in self.but_not):
            return False
        if not (self.categories or self.gtins or self.skus):
            return True
        named = line.gtin is not None and not self.gtins.isdisjoint(article_numbers.spell_gtin(line.gtin))
        return named or line.sku in self.skus or any(is_within(line.category, path) for path in self.categories)


def is_within(category: str, path: str) -> bool:
    """Whether a category is this one, or inside it: `food/dairy` is within `food`, `foodstuff` is not."""
    return category == path or category.startswith(f"{path}/")


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to weights, to the unit: what is left over after rounding down goes one by one to
    the largest remainders, the first of equals first. The shares add up; none is above its weight if the amount is not
    above their sum. Raises `ValueError` for less than zero, or for something to divide over nothing.
    """
    whole = sum(weights)
    if amount < 0 or any(weight < 0 for weight in weights) or (amount and not whole):
        raise ValueError(f"cannot divide {amount} over {whole}")
    if not amount:
        return [0] * len(weights)
    parts = [divmod(amount * weight, whole) for weight in weights]
    left = amount - sum(share for share, _ in parts)
    favoured = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))[:left]
    return [share + (at in favoured) for at, (share, _) in enumerate(parts)]
