"""The articles of a basket that something makes cheaper when its turn comes, and how an amount is put on them. Pure.

Amounts are minor units by the position of the line. A unit that was given for nothing is nobody's to make cheaper, nor
to give again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from wallet.purchases.basket import BasketLine, shares

LineAmounts = dict[int, int]
NO_UNITS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Worth:
    """So many points are worth so many minor units."""

    points: int
    minor: int

    def of(self, points: int) -> int:
        """What points are worth, rounded down."""
        return points * self.minor // self.points

    def at_most(self, points: int) -> int:
        """What points are worth, rounded up."""
        return -(-points * self.minor // self.points)

    def needed(self, amount_minor: int) -> int:
        """The fewest points that are worth this much."""
        return -(-amount_minor * self.points // self.minor)

    def within(self, amount_minor: int) -> int:
        """The most points that are not worth more than this."""
        return amount_minor * self.points // self.minor


@dataclass(frozen=True)
class BasketPart:
    """`units` are those of each line that are still to be paid, `base` is what is counted on for them, `left` what
    there still is to take from each line, and `caps` what a law allows to take from those that it is about.

    `all_articles`: the offer names none, so it is about the whole basket. `counts_points`: the brand has something to
    count points in; `worth` is what they are worth, null where they pay nothing. `bought` are the units of the offer's
    own articles that are still to be paid, where it gives of others.
    """

    lines: Sequence[BasketLine]
    units: LineAmounts
    base: LineAmounts
    left: LineAmounts
    caps: LineAmounts
    all_articles: bool
    counts_points: bool
    worth: Worth | None
    bought: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def limits(self) -> LineAmounts:
        """The most that can be taken from each line."""
        return {
            position: min(self.left[position], self.caps.get(position, self.left[position])) for position in self.base
        }

    def is_capped(self, *, wanted_minor: int, amount_minor: int) -> bool:
        """Whether a law is why there is less than was wanted."""
        return amount_minor < wanted_minor and any(cap < self.left[position] for position, cap in self.caps.items())


class TakenOff(NamedTuple):
    """What was wanted, what is taken from each line, the points that are given or pay, whether something is handed over
    that is no article of the basket, and how many units of each line are given for nothing."""

    wanted_minor: int
    lines: LineAmounts
    points: int = 0
    handed_over: bool = False
    freed: Mapping[int, int] = NO_UNITS

    @property
    def amount_minor(self) -> int:
        return sum(self.lines.values())


def take_amount(wanted_minor: int, part: BasketPart) -> LineAmounts:
    """Take an amount in proportion to the lines; what one of them cannot give, the others give as far as they can."""
    limits = part.limits
    first = clip_amounts(spread_amount(min(wanted_minor, sum(part.base.values())), part.base), limits)
    still = {position: limits[position] - first[position] for position in part.base}
    rest = spread_amount(min(wanted_minor - sum(first.values()), sum(still.values())), still)
    return {position: first[position] + rest[position] for position in part.base}


def spread_amount(amount_minor: int, weights: LineAmounts) -> LineAmounts:
    """Divide an amount over lines in proportion to their weights; over lines without weight, nothing."""
    parts = shares(amount_minor if sum(weights.values()) else 0, list(weights.values()))
    return dict(zip(weights, parts, strict=True))


def clip_amounts(amounts: LineAmounts, limits: LineAmounts) -> LineAmounts:
    """Amounts cut to what is allowed of each line; what is cut off is lost."""
    return {position: min(amount, limits[position]) for position, amount in amounts.items()}
