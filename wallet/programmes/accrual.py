"""What a basket earns by the rules of a programme. Pure: the same basket, rules and standing give the same awards.

Each rule that holds gives points by itself, in the order of the programme, and they add up. Multipliers make the points
of a rule more: what each adds is added, so twice and three times together is four times. Then its caps cut, each to
what is left of it. A rule whose points were all cut still answers, with zero, so that somebody can be told.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wallet.programmes.errors import BasketCurrencyForeign
from wallet.programmes.rules import Conditions, Period, Programme, Rounding, Rule, RuleKind, TenderRules
from wallet.purchases.basket import Basket, BasketLine, shares
from wallet.purchases.tender_kinds import TenderKind

FOR_PURCHASES = (RuleKind.AMOUNT, RuleKind.VISIT, RuleKind.ITEM, RuleKind.STAMP, RuleKind.CATEGORY)


MOST_OF_ONE = 1_000_000_000
"""Points that a rule gives at once: whatever somebody wrote, it fits the ledger."""


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """What is known of the member when the basket is bought.

    `given` is what each rule gave them already, less what was taken back, in the periods of its caps that hold the
    instant of the purchase; `zone` is that of the store, where weekdays and hours are read.
    """

    zone: str = "UTC"
    tier: str | None = None
    given: Mapping[str, Mapping[Period, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Award:
    """What one rule gives for one basket. `shares` says which line earned how much of it."""

    rule_id: str
    currency_id: uuid.UUID
    points: int
    shares: Mapping[int, int]
    facts: Mapping[str, Any]


def accrue_points(rules: Programme, basket: Basket, standing: MemberStanding) -> list[Award]:
    """What a basket earns, rule by rule, by what tenders that earn paid of it.

    Raises `BasketCurrencyForeign`: money is never converted.
    """
    if basket.currency != rules.currency:
        raise BasketCurrencyForeign(currency=rules.currency, given=basket.currency)
    counted = counted_basket(basket, rules.tenders)
    if counted is None:
        return []
    basket = counted
    holding = [rule for rule in rules.rules if _holds(rule.when, basket, standing)]
    multipliers = [rule for rule in holding if rule.kind is RuleKind.MULTIPLIER]
    awards = []
    for rule in holding:
        if rule.kind in FOR_PURCHASES:
            base, weights, facts = _base(rule, basket)
            more = [one for one in multipliers if not one.multiplies or rule.code in one.multiplies]
            awards += _awards(rule, base, more, standing, weights, facts)
    return awards


def counted_basket(basket: Basket, rules: TenderRules) -> Basket | None:
    """The basket as points are counted on it: less what tenders paid that do not earn, of each line its part, to the
    minor unit. None when they paid everything. Where nothing is said of tenders, the basket as it is.
    """
    known = {TenderKind.CAGNOTTE, *rules.earning}  # what points paid is off the lines already
    idle = sum(one.amount_minor for one in basket.tenders if one.kind not in known)
    whole = basket.net_minor
    if idle <= 0 or not whole:
        return basket
    on_top = 0 if basket.tax_included else sum(line.tax_minor(tax_included=False) for line in basket.lines)
    off = min(-(-idle * whole // (whole + on_top)), whole)
    if off == whole:
        return None
    parts = shares(off, [line.net_minor for line in basket.lines])
    lines = zip(basket.lines, parts, strict=True)
    return replace(basket, lines=tuple(replace(line, points_minor=line.points_minor + part) for line, part in lines))


def accrue_event_points(rules: Programme, event: str, *, at: datetime, standing: MemberStanding) -> list[Award]:
    """What something that happened outside a till earns. Conditions on baskets ask nothing here."""
    awards = []
    for rule in rules.rules:
        if rule.kind is RuleKind.EVENT and rule.event == event and _holds_at(rule.when, at, standing):
            awards += _awards(rule, rule.points, (), standing, {}, {})
    return awards


def _awards(
    rule: Rule,
    base: int,
    multipliers: Sequence[Rule],
    standing: MemberStanding,
    weights: Mapping[int, int],
    facts: Mapping[str, Any],
) -> list[Award]:
    """The award of one rule, if there is something to tell."""
    factor = 100 + sum(one.factor_percent - 100 for one in multipliers)
    full = min(base * factor // 100, MOST_OF_ONE)
    points, cap = _capped(rule, full, standing)
    if not full or rule.currency_id is None:
        return []
    trace: dict[str, Any] = {"kind": str(rule.kind), "each": rule.points, **facts, "base": base, "points": points}
    if multipliers:
        trace |= {"factor_percent": factor, "multipliers": [one.code for one in multipliers]}
    if cap is not None:
        trace |= {"cut": full - points, "cap": {"period": str(cap), "most": rule.caps[cap]}}
    parts = shares(points, list(weights.values())) if weights else []
    return [Award(rule.code, rule.currency_id, points, dict(zip(weights, parts, strict=True)), trace)]


def _capped(rule: Rule, points: int, standing: MemberStanding) -> tuple[int, Period | None]:
    """What the caps leave, and the one that leaves least if any cuts."""
    given = standing.given.get(rule.code, {})
    cutting = None
    for period, most in rule.caps.items():
        left = max(most - given.get(period, 0), 0)
        if left < points:
            points, cutting = left, period
    return points, cutting


def _base(rule: Rule, basket: Basket) -> tuple[int, dict[int, int], dict[str, Any]]:
    """The points before multipliers and caps, the weights by which lines share them, and what they were counted on."""
    chosen = [line for line in basket.lines if rule.products.include(line)]
    if rule.kind is RuleKind.VISIT:
        return rule.points, _weights(basket.lines), {}
    if not chosen:
        return 0, {}, {}
    if rule.kind is RuleKind.AMOUNT:
        amounts = {line.position: max(line.net_minor, 0) for line in chosen}
        amount = sum(amounts.values())
        facts = {"amount_minor": amount, "currency": basket.currency, "per_minor": rule.per_minor}
        return rule.points * _steps(amount, rule.per_minor, rule.rounding), amounts, facts
    if rule.kind in (RuleKind.ITEM, RuleKind.STAMP):
        given = {line.position: line.given if rule.kind is RuleKind.STAMP else 0 for line in chosen}
        units = {line.position: line.quantity - given[line.position] for line in chosen}
        return rule.points * sum(units.values()), units, {"units": sum(units.values())}
    return rule.points, _weights(chosen), {}


def _weights(lines: Sequence[BasketLine]) -> dict[int, int]:
    """What lines share by: what they cost; where nothing costs anything, their units."""
    amounts = {line.position: max(line.net_minor, 0) for line in lines}
    return amounts if any(amounts.values()) else {line.position: line.quantity for line in lines}


def _steps(amount: int, step: int, rounding: Rounding) -> int:
    if rounding is Rounding.CEILING:
        return -(-amount // step)
    return (2 * amount + step) // (2 * step) if rounding is Rounding.HALF_UP else amount // step


def _holds(only: Conditions, basket: Basket, standing: MemberStanding) -> bool:
    return (
        (not only.channels or basket.channel in only.channels)
        and (not only.stores or basket.store_id in only.stores)
        and basket.net_minor >= only.least_minor
        and _holds_at(only, basket.bought_at, standing)
    )


def _holds_at(only: Conditions, at: datetime, standing: MemberStanding) -> bool:
    local = at.astimezone(ZoneInfo(standing.zone))
    return (
        (not only.tiers or standing.tier in only.tiers)
        and (only.starts_at is None or only.starts_at <= at)
        and (only.ends_at is None or at < only.ends_at)
        and (not only.weekdays or local.isoweekday() in only.weekdays)
        and _within(local.hour * 60 + local.minute, only.from_minute, only.until_minute)
    )


def _within(minute: int, start: int | None, end: int | None) -> bool:
    """Whether a minute of the day is in a window, which may go over midnight."""
    start, end = start or 0, 24 * 60 if end is None else end
    return start <= minute < end if start < end else minute >= start or minute < end
