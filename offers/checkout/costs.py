"""What the coupons of a sale cost the brand, and the budgets that bear it: asked before, taken at the end, given back.

A percentage or an amount costs what is off the lines; points cost what they are worth, where they are worth something;
a gift card costs what is on it.
A gift that is no article of the basket costs nothing here: nobody says what it is worth.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.errors import Problem
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.checkout.discounts import DiscountStep, Incentive
from offers.checkout.errors import SaleCurrencyForeign
from offers.checkout.models import Sale
from offers.checkout.situation import Situation
from offers.checkout.stacking import Stacked
from offers.coupons.models import Coupon
from offers.planning.spending import allotments, slots, spent_offers
from offers.planning.spending.allotments import Cost
from offers.planning.spending.slots import Charge, GroupKey, ToKeep

Spent = list[dict[str, Any]]
"""What each budget bore of a sale, as the sale keeps it."""


def costs_of(steps: Sequence[DiscountStep], coupons: Mapping[str, Coupon]) -> dict[str, Cost]:
    """What each coupon that took effect costs, by its key."""
    return {
        step.incentive.key: _cost_of(step, coupons[step.incentive.key].offer_id)
        for step in steps
        if step.incentive.key in coupons
    }


def _cost_of(step: DiscountStep, offer_id: uuid.UUID) -> Cost:
    if isinstance(step.incentive.effect, GiftCardAmount):
        return Cost(offer_id, {}, step.amount_minor)
    worth = step.incentive.worth
    if not step.incentive.effect.gives_points:
        return Cost(offer_id, step.lines, 0)
    return Cost(offer_id, {}, worth.of(step.points) if worth is not None else 0)


def stack_within_budgets(
    stack: Callable[[Sequence[Incentive]], Stacked],
    incentives: Sequence[Incentive],
    *,
    coupons: Mapping[str, Coupon],
    found: Situation,
    currency: str,
) -> tuple[Stacked, dict[str, Problem]]:
    """Stack what the budgets have enough for: a coupon is used whole or not at all. Returns also why others are not.

    Raises `SaleCurrencyForeign` for coupons whose budgets count in another currency.
    """
    refused: dict[str, Problem] = {}
    while True:
        stacked = stack([one for one in incentives if one.key not in refused])
        costs = costs_of(stacked.steps, coupons)
        _check_currency(costs, found, currency)
        short = allotments.find_short(costs, found.allotments)
        if short is None:
            return stacked, refused
        key, allotment = short
        refused[key] = allotment.refusal(found.zone)


def _check_currency(costs: Mapping[str, Cost], found: Situation, currency: str) -> None:
    for one in found.allotments:
        if one.currency != currency and any(one.bears(cost) for cost in costs.values()):
            raise SaleCurrencyForeign(currency=currency)


def bear_costs(
    sale: Sale, costs: Mapping[str, Cost], found: Situation, *, now: datetime, until: datetime | None = None
) -> Spent:
    """Take from the budgets what the coupons of a sale cost, or keep it for the sale while it is open, `until` then;
    what it kept before is used, or free. Raises `BudgetSpent`."""
    charges = allotments.charges_of(costs, found.allotments)
    spent = [_record(charge.key, costs, found) for charge in charges]
    if sale.trace.get("spent"):
        wanted = charges if until is None else []
        kept = slots.capture_amounts(wanted, sale_id=sale.id, now=now)
        charges = kept if until is None else charges
    short = _take(charges, sale, now=now, until=until)
    if short is not None:
        [allotment] = [one for one in found.allotments if one.key == short.key]
        raise allotment.refusal(found.zone)
    return spent


def keep_costs_again(sale: Sale, *, until: datetime, now: datetime) -> None:
    """Keep for a sale that is open again what it had cost, as far as the budgets still have it."""
    for record in sale.trace.get("spent", ()):
        amount = sum(record["lines"].values()) + sum(record["points"].values())
        _take([Charge(_key_of(record), amount)], sale, now=now, until=until)


def release_costs(sale: Sale, *, now: datetime) -> None:
    """What an open sale keeps of budgets is free again."""
    if sale.trace.get("spent"):
        slots.capture_amounts([], sale_id=sale.id, now=now)


def give_costs_back(
    sale: Sale,
    *,
    part_of: Callable[[Mapping[int, int]], int],
    points_back: Mapping[str, tuple[int, int]],
    everything: bool,
    now: datetime,
) -> None:
    """Give back to the budgets, in the period of the sale, what came back of it: `part_of` the amounts of lines, and of
    the points of each coupon so many of so many."""
    spent = sale.trace.get("spent", ())
    for record in spent:
        back = part_of({int(at): amount for at, amount in record["lines"].items()})
        for key, amount in record["points"].items():
            taken, given = points_back.get(key, (0, 1))
            back += amount * taken // given
        if back:
            slots.give_amount_back(Charge(_key_of(record), back), is_whole=everything)
    if spent:
        spent_offers.note_after_commit(brand_id=sale.brand_id, now=now)


def _take(charges: Collection[Charge], sale: Sale, *, now: datetime, until: datetime | None) -> Charge | None:
    if not charges:
        return None
    keep = None if until is None else ToKeep(sale.id, until)
    short, nearly = slots.take_amounts(charges, now=now, keep=keep)
    if nearly:
        spent_offers.note_after_commit(brand_id=sale.brand_id, now=now)
    return short


def _record(key: GroupKey, costs: Mapping[str, Cost], found: Situation) -> dict[str, Any]:
    [allotment] = [one for one in found.allotments if one.key == key]
    lines: dict[str, int] = {}
    points: dict[str, int] = {}
    for name, cost in costs.items():
        if allotment.bears(cost):
            for at, amount in cost.lines.items():
                lines[str(at)] = lines.get(str(at), 0) + amount
            if cost.points_minor:
                points[name] = cost.points_minor
    where = {"budget_id": str(key.budget_id), "since": key.since.isoformat(), "store_id": str(key.store_id)}
    return where | {"lines": lines, "points": points}


def _key_of(record: Mapping[str, Any]) -> GroupKey:
    whose, where = uuid.UUID(record["budget_id"]), uuid.UUID(record["store_id"])
    return GroupKey(whose, date.fromisoformat(record["since"]), where)
