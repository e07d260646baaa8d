"""One incentive on a basket: whether it can take effect, and what it takes from each line. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from offers.benefits.basket_part import BasketPart, LineAmounts, TakenOff, Worth, take_amount
from offers.benefits.kinds import PriceEffect
from offers.planning.models import PercentBase, Stacking
from offers.planning.purchase_bounds import CountedTax, counted_minor
from wallet.purchases.basket import Basket, BasketLine, Products


class LeftOutReason(StrEnum):
    """Why an incentive was left out."""

    NO_ARTICLES = "no_articles"
    MINIMUM_NOT_REACHED = "minimum_not_reached"
    MAXIMUM_EXCEEDED = "maximum_exceeded"
    EXCLUSIVE_CONFLICT = "exclusive_conflict"
    PROMOTION_CAP = "promotion_cap"
    NO_EFFECT = "no_effect"
    USED_UP = "used_up"
    REFUSED = "refused"


class CapIgnored(RuntimeError):
    """An effect took more than a law allows, or than there was: a fault of its class, so nothing is sold."""


@dataclass(frozen=True)
class PointsPayment(PriceEffect):
    """Points of the member that pay. They were an advantage when they were given, so no cap holds them."""

    code = "payment"
    gives_points = False
    counts_basket = False
    gives_from = None
    handed_over = None
    fixed_amount = None
    money = None

    points: int
    worth: Worth

    def price_part(self, part: BasketPart) -> TakenOff:
        """As much of what is to be paid as the points are worth, and no more of them than that needs."""
        wanted = self.worth.of(self.points)
        taken = TakenOff(wanted, take_amount(wanted, part))
        return taken._replace(points=min(self.worth.needed(taken.amount_minor), self.points))


@dataclass(frozen=True, slots=True)
class Incentive:
    """Something that may make a basket cheaper, or give points for it. `key` names it once in a sale.

    `counts_points`: the brand has something to count what it gives for later, which is `given_in`; `worth` is what that
    is worth, null where it pays nothing.
    """

    key: str
    effect: PriceEffect
    counts_points: bool = True
    given_in: uuid.UUID | None = None
    worth: Worth | None = None
    products: Products = field(default_factory=Products)
    minimum_minor: int = 0
    maximum_minor: int | None = None
    counted_tax: CountedTax = CountedTax.INCLUDED
    stacking: Stacking = Stacking.COMMON
    base: PercentBase = PercentBase.DISCOUNTED
    rank: int = 50
    ends_at: datetime | None = None

    @property
    def kind(self) -> str:
        """The code of what it does."""
        return self.effect.code

    @property
    def pays(self) -> bool:
        """Whether it is points of the member that pay, and no advantage."""
        return isinstance(self.effect, PointsPayment)

    @property
    def turn(self) -> tuple[Any, ...]:
        """Its place in the order."""
        ends = (self.ends_at is None, self.ends_at.timestamp() if self.ends_at else 0.0)
        return self.pays, self.rank, *ends, self.key


@dataclass(frozen=True, slots=True)
class DiscountStep:
    """What one incentive did. Amounts are of the lines that it is about; `lines` is what it took from each, `freed` the
    units that it gave for nothing."""

    incentive: Incentive
    base_minor: int
    before_minor: int
    wanted_minor: int
    amount_minor: int
    lines: Mapping[int, int]
    freed: Mapping[int, int]
    points: int
    capped: bool

    @property
    def after_minor(self) -> int:
        return self.before_minor - self.taken_minor

    @property
    def taken_minor(self) -> int:
        """What is off the basket: of points that are given nothing, although they are worth something."""
        return 0 if self.incentive.effect.gives_points else self.amount_minor


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An incentive that did nothing, so that it is not used up."""

    incentive: Incentive
    reason: LeftOutReason
    facts: Mapping[str, Any]


def price_incentive(
    basket: Basket, incentive: Incentive, *, left: LineAmounts, room: LineAmounts, units: LineAmounts
) -> DiscountStep | LeftOut:
    """What an incentive does to what is `left` of each line and to its `units` that are still to be paid, where `room`
    is what a cap still allows. Raises `CapIgnored`.
    """
    own = [line for line in basket.lines if incentive.products.include(line)]
    given_from = incentive.effect.gives_from
    lines = own if given_from is None else [line for line in basket.lines if given_from.include(line)]
    if not (own and lines):
        return LeftOut(incentive, LeftOutReason.NO_ARTICLES, {})
    initial = incentive.base is PercentBase.INITIAL
    amounts = {line.position: line.net_minor for line in basket.lines} if initial else left
    named = {line.position: amounts[line.position] for line in lines}
    counted = basket.lines if incentive.effect.counts_basket else own
    outside = _outside_bounds(incentive, counted, amounts, tax_included=basket.tax_included)
    if outside is not None:
        return outside
    part = BasketPart(
        lines=lines,
        units={position: units[position] for position in named},
        base={line.position: _price_of(line, units[line.position]) for line in lines} if initial else named,
        left={position: left[position] for position in named},
        caps={} if incentive.pays else {position: room[position] for position in named if position in room},
        all_articles=incentive.products == Products(),
        counts_points=incentive.counts_points,
        worth=incentive.worth,
        bought={}
        if given_from is None
        else {line.position: units[line.position] for line in own if left[line.position]},
    )
    taken = _taken(incentive.effect, part)
    capped = part.is_capped(wanted_minor=taken.wanted_minor, amount_minor=taken.amount_minor)
    if not (taken.amount_minor or taken.points or taken.handed_over):
        return LeftOut(incentive, LeftOutReason.PROMOTION_CAP if capped else LeftOutReason.NO_EFFECT, {})
    return _step(incentive, part, taken, capped=capped)


def _outside_bounds(
    incentive: Incentive, lines: Sequence[BasketLine], amounts: LineAmounts, *, tax_included: bool
) -> LeftOut | None:
    """Why an incentive is left out whose minimum these amounts do not reach, or whose maximum they exceed. How taxes
    are counted is said where the prices of the basket do otherwise."""
    counted = incentive.counted_tax
    reached = sum(counted_minor(line, amounts[line.position], counted, tax_included=tax_included) for line in lines)
    facts: dict[str, Any] = {"reached_minor": reached}
    if (counted is CountedTax.INCLUDED) is not tax_included:
        facts["counted_tax"] = str(counted)
    if reached < incentive.minimum_minor:
        facts["minimum_minor"] = incentive.minimum_minor
        return LeftOut(incentive, LeftOutReason.MINIMUM_NOT_REACHED, facts)
    if incentive.maximum_minor is not None and reached > incentive.maximum_minor:
        facts["maximum_minor"] = incentive.maximum_minor
        return LeftOut(incentive, LeftOutReason.MAXIMUM_EXCEEDED, facts)
    return None


def _step(incentive: Incentive, part: BasketPart, taken: TakenOff, *, capped: bool) -> DiscountStep:
    return DiscountStep(
        incentive=incentive,
        base_minor=sum(part.base.values()),
        before_minor=sum(part.left.values()),
        wanted_minor=taken.wanted_minor,
        amount_minor=taken.amount_minor,
        lines={position: off for position, off in taken.lines.items() if off},
        freed=taken.freed,
        points=taken.points,
        capped=capped,
    )


def _price_of(line: BasketLine, units: int) -> int:
    """What so many units of a line cost before any offer: the others of it were given."""
    return line.net_minor - line.net_minor * (line.quantity - units) // line.quantity


def _taken(effect: PriceEffect, part: BasketPart) -> TakenOff:
    """What the effect takes, held against what it may take, whatever its class says."""
    taken = effect.price_part(part)
    most = part.caps if effect.gives_points else part.limits
    if any(off > most.get(position, off) for position, off in taken.lines.items()) or any(
        many > part.units.get(position, 0) for position, many in taken.freed.items()
    ):
        raise CapIgnored(effect.code)
    return taken
