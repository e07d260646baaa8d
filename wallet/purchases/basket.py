"""Baskets: what a person buys, line by line, as values that rules can be tried on. No tables, no time of day.

Amounts are minor units of the basket's currency, for all units of a line. Gross is before any promotion, net what is
left to be paid in money when promotions are off and points have paid; they contain the tax when the basket says so.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.codes import article_numbers
from wallet.purchases.tender_kinds import Tender


class MeasureUnit(StrEnum):
    """What goods are weighed or measured in."""

    KILOGRAM = "kg"
    LITRE = "l"
    METRE = "m"

    @property
    def thousandth(self) -> str:
        """What a thousandth of it is called."""
        return {"kg": "g", "l": "ml", "m": "mm"}[self.value]


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many units of one article; of goods that are weighed, one, with `quantity_thousandths` of its `unit`.

    A deposit is packaging that is charged, or given back for an amount below zero: a matter of the till alone, which
    stands in `Basket.deposits`.
    """

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
    quantity_thousandths: int | None = None
    """What was weighed or measured, in thousandths of the unit: 456 is 0.456 kg."""
    unit: str | None = None
    """One of `MeasureUnit`."""
    unit_price_minor: int | None = None
    """The price of one unit."""
    deposit: bool = False
    lists: frozenset[str] = frozenset()
    """The codes of the brand's lists that it was on when it was bought, where somebody looked."""
    given: int = 0
    """Of its units, how many are for nothing."""

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.promotion_minor - self.points_minor

    @property
    def parts(self) -> int:
        """In how many equal parts the line can come back: its units, or the thousandths of what was weighed."""
        return self.quantity if self.quantity_thousandths is None else self.quantity_thousandths

    def tax_minor(self, *, tax_included: bool) -> int:
        """The tax on what is paid, inside it or on top of it, rounded half away from zero."""
        return self.tax_on(self.net_minor, tax_included=tax_included)

    def tax_on(self, amount_minor: int, *, tax_included: bool) -> int:
        """The tax on an amount at the line's rate, inside it or on top of it, rounded half away from zero."""
        rate = self.tax_bp or 0
        whole = 10_000 + rate if tax_included else 10_000
        tax = (abs(amount_minor) * rate * 2 + whole) // (2 * whole)
        return tax if amount_minor >= 0 else -tax


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought together, where and when."""

    currency: str
    bought_at: datetime
    lines: tuple[BasketLine, ...]
    store_id: uuid.UUID | None = None
    channel: str = "store"
    tax_included: bool = True
    deposits: tuple[BasketLine, ...] = ()
    """Packaging that is charged or given back. It earns nothing, nothing is taken off it, and no sum below holds it."""
    tenders: tuple[Tender, ...] = ()
    """How it is paid, where the till says so."""

    @property
    def deposit_minor(self) -> int:
        """What packaging adds to what is to be paid: below zero when more comes back than goes."""
        return sum(line.gross_minor for line in self.deposits)

    @property
    def due_minor(self) -> int:
        """What is to be paid in money, without taxes that come on top."""
        return self.net_minor + self.deposit_minor

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
    """Some articles: those in one of the categories, of one of the numbers, or on one of the lists. Without any of
    these, all articles.

    A GTIN is the same number with 8, 12, 13 or 14 digits. What is in `but_not` (categories) or on a list of
    `but_not_lists` is never among them. Lists are named by their codes; a line says on which it is.
    """

    categories: frozenset[str] = frozenset()
    gtins: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    but_not: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    but_not_lists: frozenset[str] = frozenset()

    @property
    def names_all(self) -> bool:
        """Whether it is about all articles, but for those that are left out."""
        return not (self.categories or self.gtins or self.skus or self.lists)

    @property
    def named_lists(self) -> frozenset[str]:
        """Every list on which it depends."""
        return self.lists | self.but_not_lists

    def include(self, line: BasketLine) -> bool:
        """Whether the line is of these articles."""
        if any(is_within(line.category, path) for path in self.but_not) or self.but_not_lists & line.lists:
            return False
        if self.names_all:
            return True
        named = line.gtin is not None and not self.gtins.isdisjoint(article_numbers.spell_gtin(line.gtin))
        if named or line.sku in self.skus or self.lists & line.lists:
            return True
        return any(is_within(line.category, path) for path in self.categories)


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
