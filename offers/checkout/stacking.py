"""What incentives take off a basket, in which order, and why. Pure: no tables, no time of day, no law.

In this order (docs/decisions says what one would argue about):

1. *filter*: an incentive whose articles are not in the basket, or whose minimum is not reached, is left out;
2. *class*: of the exclusive ones the first that takes effect stands, and the common ones are left out; those of the
   class `always` join either way;
3. *order*: the lowest rank first, of equals what ends soonest, then the key. Points that pay come last;
4. *amount*: of the initial or the discounted base, rounded half up to the minor unit, never below zero on any line and
   never above what a cap leaves;
5. *units*: one that was given for nothing is given once, and what comes later is about the others only. A unit that a
   cap cuts is given all the same, for what the law leaves of its price;
6. *lines*: what a percentage cannot take from one line it takes from no other; a fixed amount looks for room in others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offers.checkout.discounts import DiscountStep, Incentive, LeftOut, LeftOutReason, price_incentive
from offers.checkout.errors import SaleCurrencyForeign
from offers.planning.models import Stacking
from wallet.purchases.basket import Basket, BasketLine


@dataclass(frozen=True, slots=True)
class Stacked:
    """The basket as it was and as it is now, every step, and what was left out."""

    initial: Basket
    basket: Basket
    steps: tuple[DiscountStep, ...]
    left_out: tuple[LeftOut, ...]


def stack_incentives(
    basket: Basket,
    incentives: Sequence[Incentive],
    *,
    most_off: Mapping[int, int] | None = None,
    deferred: Mapping[int, int] | None = None,
) -> Stacked:
    """Put incentives on a basket. The order in which they are given does not matter; the same key twice is once.

    `most_off` caps all advantages of a line by its position, in minor units, those of the till included; `deferred` is
    what a line brings later (points), which counts too. Raises `SaleCurrencyForeign`.
    """
    for incentive in incentives:
        if incentive.effect.money not in (None, basket.currency):
            raise SaleCurrencyForeign(currency=basket.currency)
    ordered = sorted({one.key: one for one in incentives}.values(), key=lambda one: one.turn)
    exclusive = [one for one in ordered if one.stacking is Stacking.EXCLUSIVE]
    in_vain: list[LeftOut] = []
    for first in exclusive:
        chosen = [one for one in ordered if one is first or one.stacking is Stacking.ALWAYS]
        done = _run(basket, chosen, most_off or {}, deferred or {})
        if any(step.incentive is first for step in done.steps):
            return _with_conflicts(done, basket, ordered, first, most_off or {}, deferred or {})
        in_vain += [left for left in done.left_out if left.incentive is first]
    without = _run(basket, [one for one in ordered if one not in exclusive], most_off or {}, deferred or {})
    return replace(without, left_out=(*without.left_out, *in_vain))


def _with_conflicts(
    done: Stacked,
    basket: Basket,
    ordered: Sequence[Incentive],
    first: Incentive,
    most_off: Mapping[int, int],
    deferred: Mapping[int, int],
) -> Stacked:
    """Say of the others why: what would have done nothing by itself did not lose to the exclusive one."""
    tried = {step.incentive for step in done.steps} | {left.incentive for left in done.left_out}
    others: list[LeftOut] = []
    for one in ordered:
        if one not in tried:
            by_itself = _run(basket, [one], most_off, deferred)
            others += by_itself.left_out or [LeftOut(one, LeftOutReason.EXCLUSIVE_CONFLICT, {"exclusive": first.key})]
    return replace(done, left_out=done.left_out + tuple(others))


def _run(
    basket: Basket, chosen: Sequence[Incentive], most_off: Mapping[int, int], deferred: Mapping[int, int]
) -> Stacked:
    left = {line.position: line.net_minor for line in basket.lines}
    room = {
        line.position: max(most_off[line.position] - line.promotion_minor - deferred.get(line.position, 0), 0)
        for line in basket.lines
        if line.position in most_off
    }
    units = {line.position: line.quantity for line in basket.lines}
    paid: dict[int, int] = {}
    steps: list[DiscountStep] = []
    left_out: list[LeftOut] = []
    for incentive in chosen:
        found = price_incentive(basket, incentive, left=left, room=room, units=units)
        if isinstance(found, LeftOut):
            left_out.append(found)
            continue
        steps.append(found)
        for position, many in found.freed.items():
            units[position] -= many
        for position, amount in found.lines.items():
            left[position] -= 0 if incentive.effect.gives_points else amount
            paid[position] = paid.get(position, 0) + (amount if incentive.pays else 0)
            if position in room and not incentive.pays:
                room[position] -= amount
    lines = tuple(
        _less(line, left[line.position], paid.get(line.position, 0), units[line.position]) for line in basket.lines
    )
    return Stacked(basket, replace(basket, lines=lines), tuple(steps), tuple(left_out))


def _less(line: BasketLine, left: int, paid: int, units: int) -> BasketLine:
    """The line of which so much, and so many units, are left to be paid: points that paid are no promotion."""
    off = line.net_minor - left - paid
    return replace(line, promotion_minor=line.promotion_minor + off, points_minor=paid, given=line.quantity - units)
