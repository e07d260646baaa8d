"""A brand says how much its offers may cost, changes it, and lifts it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.errors import PreconditionFailed
from app.logs import log
from app.sql import db
from geo.places.errors import StoreUnknown
from offers.planning.errors import OfferUnknown
from offers.planning.spending import periods, queries, slots, spent_offers
from offers.planning.spending.errors import MoneyBudgetEnded, MoneyBudgetStands, MoneyBudgetUnknown
from offers.planning.spending.forecasts import Standing, forecast_end
from offers.planning.spending.models import MoneyBudget
from offers.planning.spending.periods import BudgetPeriod
from offers.planning.spending.slots import GroupKey


class BudgetScope(NamedTuple):
    """What a budget is about: one offer or all, one store, each store by itself, or the brand; and in which period."""

    period: BudgetPeriod
    offer_id: uuid.UUID | None = None
    store_id: uuid.UUID | None = None
    each_store: bool = False


def set_budget(
    *, brand_id: uuid.UUID, scope: BudgetScope, amount_minor: int, by: uuid.UUID, now: datetime
) -> MoneyBudget:
    """Set a budget, which counts from now on; in the brand's currency. 0 stops what it is about.

    Raises `OfferUnknown`, `StoreUnknown` (also for another brand's), `MoneyBudgetStands`.
    """
    brand = db.rows(queries.brand_with(brand_id, offer_id=scope.offer_id, store_id=scope.store_id))[0]
    if not brand.has_offer:
        raise OfferUnknown
    if not brand.has_store:
        raise StoreUnknown
    standing = db.first(queries.standing_like(brand_id, **scope._asdict()))
    if standing is not None:
        raise MoneyBudgetStands(budget_id=str(standing.id))
    budget = db.add(
        MoneyBudget(
            brand_id=brand_id,
            **scope._asdict(),
            amount_minor=amount_minor,
            currency=brand.currency,
            revision=1,
            created_by=by,
            created_at=now,
            updated_at=now,
        )
    )
    return _changed(budget, "money_budget_set", by=by, now=now)


def change_budget(
    *, brand_id: uuid.UUID, budget_id: uuid.UUID, revision: int, amount_minor: int, by: uuid.UUID, now: datetime
) -> MoneyBudget:
    """Give a budget another amount, in the current period too. A lower one stops at once what it does not reach for;
    what open sales keep they keep.

    Raises `MoneyBudgetUnknown`, `PreconditionFailed`, `MoneyBudgetEnded`.
    """
    budget = _budget_to_change(brand_id, budget_id, revision)
    change = amount_minor - budget.amount_minor
    budget.amount_minor, budget.revision, budget.updated_at = amount_minor, budget.revision + 1, now
    db.session().flush()
    since = periods.first_day(BudgetPeriod(budget.period), clock.day_of(now, _zone_of(brand_id)))
    for group in db.all_of(queries.groups_since(budget.id, since)) if change else ():
        key = GroupKey(group.budget_id, group.since, group.store_id)
        slots.resize_group(key, change=change, per=amount_minor // slots.SLOTS // slots.USES_PER_SLOT, now=now)
    return _changed(budget, "money_budget_changed", by=by, now=now)


def lift_budget(
    *, brand_id: uuid.UUID, budget_id: uuid.UUID, revision: int, by: uuid.UUID, now: datetime
) -> MoneyBudget:
    """Let a budget hold nothing back any more.

    Raises `MoneyBudgetUnknown`, `PreconditionFailed`, `MoneyBudgetEnded`.
    """
    budget = _budget_to_change(brand_id, budget_id, revision)
    budget.ended_at, budget.revision, budget.updated_at = now, budget.revision + 1, now
    return _changed(budget, "money_budget_lifted", by=by, now=now)


def describe_budgets(budgets: Sequence[MoneyBudget], *, now: datetime) -> list[dict[str, Any]]:
    """These budgets of a brand as its console reads them: what is spent in the current period, what is left of it, and
    when that will be spent at this pace."""
    if not budgets:
        return []
    zone = _zone_of(budgets[0].brand_id)
    spending = {
        (row.budget_id, row.since): row for row in db.rows(queries.spending_of([one.id for one in budgets], now=now))
    }
    return [_describe(one, spending, zone, now=now) for one in budgets]


def _describe(budget: MoneyBudget, spending: Mapping[Any, Any], zone: str, *, now: datetime) -> dict[str, Any]:
    period = BudgetPeriod(budget.period)
    since = periods.first_day(period, clock.day_of(now, zone))
    until = periods.end_of_period(period, since, time_zone=zone)
    used = spending.get((budget.id, since))
    # Stores that have sold nothing yet have all of it, but nobody knows which of them will.
    amount = budget.amount_minor * (used.groups if used and budget.each_store else 1)
    state = Standing(amount, used.left_minor, used.kept_minor, used.uses, used.groups) if used else None
    standing = state or Standing(amount, amount, 0, 0, 0)
    begins = budget.created_at if until is None else max(budget.created_at, clock.start_of(since, zone))
    fields = (
        *BudgetScope._fields,
        "id",
        "amount_minor",
        "currency",
        "revision",
        "created_at",
        "updated_at",
        "ended_at",
    )
    return {name: getattr(budget, name) for name in fields} | {
        "since": None if until is None else since,
        "until": until,
        "spent_minor": standing.spent_minor,
        "left_minor": max(standing.left_minor - standing.kept_minor, 0),
        "kept_minor": standing.kept_minor,
        "uses": standing.uses,
        "stores_used": standing.groups if budget.each_store else None,
        "spent_at": None if budget.ended_at else forecast_end(standing, since=begins, until=until, now=now),
    }


def _budget_to_change(brand_id: uuid.UUID, budget_id: uuid.UUID, revision: int) -> MoneyBudget:
    budget = db.first(db.locked(queries.budget_of(brand_id, budget_id)))
    if budget is None:
        raise MoneyBudgetUnknown
    if budget.revision != revision:
        raise PreconditionFailed
    if budget.ended_at is not None:
        raise MoneyBudgetEnded
    return budget


def _changed(budget: MoneyBudget, fact: str, *, by: uuid.UUID, now: datetime) -> MoneyBudget:
    db.session().flush()
    spent_offers.note_spent(now=now, brand_id=budget.brand_id)
    log.info(fact, budget_id=str(budget.id), revision=budget.revision, by=str(by))
    return budget


def _zone_of(brand_id: uuid.UUID) -> str:
    return str(db.rows(queries.brand_with(brand_id, offer_id=None, store_id=None))[0].time_zone)
