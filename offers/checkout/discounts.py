"""One incentive on a basket: whether it can take effect, and what it takes from each line. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from offers.planning.models import PercentBase, Stacking
from wallet.purchases.basket import Basket, BasketLine, Products, shares

Amounts = dict[int, int]
"""Minor units by position of the line."""


class IncentiveKind(StrEnum):
    """What an incentive gives. `payment` are points of the member that pay."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_ITEM = "free_item"
    POINTS = "points"
    PAYMENT = "payment"


class LeftOutReason(StrEnum):
    """Why an incentive was left out."""

    NO_ARTICLES = "no_articles"
    MINIMUM_NOT_REACHED = "minimum_not_reached"
    EXCLUSIVE_CONFLICT = "exclusive_conflict"
    PROMOTION_CAP = "promotion_cap"
    NO_EFFECT = "no_effect"
    REFUSED = "refused"


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


@dataclass(frozen=True, slots=True)
class Incentive:
    """Something that may make a basket cheaper, or give points for it. `key` names it once in a sale."""

    key: str
    kind: IncentiveKind
    percent: int = 0
    amount_minor: int = 0
    currency: str | None = None
    points: int = 0
    worth: Worth | None = None
    products: Products = field(default_factory=Products)
    minimum_minor: int = 0
    stacking: Stacking = Stacking.COMMON
    base: PercentBase = PercentBase.DISCOUNTED
    rank: int = 50
    ends_at: datetime | None = None

    @property
    def turn(self) -> tuple[Any, ...]:
        """Its place in the order."""
        ends = (self.ends_at is None, self.ends_at.timestamp() if self.ends_at else 0.0)
        return self.kind is IncentiveKind.PAYMENT, self.rank, *ends, self.key


@dataclass(frozen=True, slots=True)
class DiscountStep:
    """What one incentive did. Amounts are of the lines that it is about; `lines` is what it took from each."""

    incentive: Incentive
    base_minor: int
    before_minor: int
    wanted_minor: int
    amount_minor: int
    lines: Mapping[int, int]
    points: int
    capped: bool

    @property
    def after_minor(self) -> int:
        return self.before_minor - self.taken_minor

    @property
    def taken_minor(self) -> int:
        """What is off the basket: of points that are given nothing, although they are worth something."""
        return 0 if self.incentive.kind is IncentiveKind.POINTS else self.amount_minor


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An incentive that did nothing, so that it is not used up."""

    incentive: Incentive
    reason: LeftOutReason
    facts: Mapping[str, Any]


def price_incentive(basket: Basket, incentive: Incentive, *, left: Amounts, room: Amounts) -> DiscountStep | LeftOut:
    """What an incentive does to what is `left` of each line, where `room` is what a cap still allows."""
    lines = [line for line in basket.lines if incentive.products.include(line)]
    if not lines:
        return LeftOut(incentive, LeftOutReason.NO_ARTICLES, {})
    initial = {line.position: line.net_minor for line in basket.lines}
    amounts = initial if incentive.base is PercentBase.INITIAL else left
    base = {line.position: amounts[line.position] for line in lines}
    # A gift is for the purchase, everything else for the articles that it is about.
    reached = sum(amounts.values()) if incentive.kind is IncentiveKind.FREE_ITEM else sum(base.values())
    if reached < incentive.minimum_minor:
        facts = {"minimum_minor": incentive.minimum_minor, "reached_minor": reached}
        return LeftOut(incentive, LeftOutReason.MINIMUM_NOT_REACHED, facts)
    caps = {} if incentive.kind is IncentiveKind.PAYMENT else {p: room[p] for p in base if p in room}
    wanted, taken = _amounts(incentive, lines, base, {p: left[p] for p in base}, caps)
    amount = sum(taken.values())
    capped = amount < wanted and any(cap < left[position] for position, cap in caps.items())
    points = _points(incentive, amount, capped=capped)
    handed_over = incentive.kind is IncentiveKind.FREE_ITEM and incentive.products == Products()
    if not (amount or points or handed_over):
        return LeftOut(incentive, LeftOutReason.PROMOTION_CAP if capped else LeftOutReason.NO_EFFECT, {})
    return DiscountStep(
        incentive=incentive,
        base_minor=sum(base.values()),
        before_minor=sum(left[position] for position in base),
        wanted_minor=wanted,
        amount_minor=amount,
        lines={position: off for position, off in taken.items() if off},
        points=points,
        capped=capped,
    )


def _amounts(
    incentive: Incentive, lines: Sequence[BasketLine], base: Amounts, left: Amounts, caps: Amounts
) -> tuple[int, Amounts]:
    """What the incentive would take, and what it takes from each line."""
    limits = {position: min(left[position], caps.get(position, left[position])) for position in base}
    if incentive.kind is IncentiveKind.PERCENT:
        wanted = (sum(base.values()) * incentive.percent * 2 + 100) // 200
        return wanted, _clipped(_spread(wanted, base), limits)
    if incentive.kind is IncentiveKind.POINTS:
        wanted = incentive.worth.of(incentive.points) if incentive.worth else 0
        spread = _spread(wanted, base)
        return wanted, _clipped(spread, {position: caps.get(position, spread[position]) for position in base})
    if incentive.kind is IncentiveKind.FREE_ITEM:
        return _one_unit(incentive, lines, base, limits)
    wanted = incentive.amount_minor
    if incentive.kind is IncentiveKind.PAYMENT:
        wanted = incentive.worth.of(incentive.points) if incentive.worth else 0
    first = _clipped(_spread(min(wanted, sum(base.values())), base), limits)
    still = {position: limits[position] - first[position] for position in base}
    rest = _spread(min(wanted - sum(first.values()), sum(still.values())), still)
    return wanted, {position: first[position] + rest[position] for position in base}


def _one_unit(incentive: Incentive, lines: Sequence[BasketLine], base: Amounts, limits: Amounts) -> tuple[int, Amounts]:
    """The cheapest unit of the articles; of a gift that is no article of the basket, nothing."""
    units = [(base[line.position] // line.quantity, line.position) for line in lines if limits[line.position]]
    if incentive.products == Products() or not units:
        return 0, {}
    price, position = min(units)
    return price, {position: min(price, limits[position])}


def _points(incentive: Incentive, amount_minor: int, *, capped: bool) -> int:
    """The points that pay this amount, or that are given within it."""
    if incentive.kind is IncentiveKind.PAYMENT and incentive.worth:
        return min(incentive.worth.needed(amount_minor), incentive.points)
    if incentive.kind is IncentiveKind.POINTS:
        return (
            amount_minor * incentive.worth.points // incentive.worth.minor
            if capped and incentive.worth
            else (incentive.points)
        )
    return 0


def _spread(amount: int, weights: Amounts) -> Amounts:
    parts = shares(amount if sum(weights.values()) else 0, list(weights.values()))
    return dict(zip(weights, parts, strict=True))


def _clipped(amounts: Amounts, limits: Amounts) -> Amounts:
    return {position: min(amount, limits[position]) for position, amount in amounts.items()}
