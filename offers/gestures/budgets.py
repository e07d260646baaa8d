"""How much a store may give, and when: a brand allots a budget, and changes it."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime

from app.errors import PreconditionFailed
from app.sql import db, locks
from geo.places.errors import StoreUnknown
from offers.gestures import queries
from offers.gestures.errors import GestureBudgetGiven, GestureBudgetOverlaps, GestureBudgetUnknown
from offers.gestures.models import GestureBudget
from wallet.ledger.errors import PointsUnknown


@dataclass(frozen=True)
class Amounts:
    """What may be given in all, by one gesture, to one member, and by one person in a day."""

    points: int
    coupons: int
    most_points: int
    most_points_of_manager: int
    per_member: int
    per_giver_a_day: int


def allot_budget(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    starts_on: date,
    ends_on: date,
    currency_id: uuid.UUID | None,
    amounts: Amounts,
    by: uuid.UUID,
    now: datetime,
) -> GestureBudget:
    """Allot a budget to a store of the brand. Raises `StoreUnknown`, `PointsUnknown`, `GestureBudgetOverlaps`."""
    if db.first(queries.store_of_brand(brand_id, store_id)) is None:
        raise StoreUnknown
    if currency_id is not None and db.first(queries.currency_of_brand(brand_id, currency_id)) is None:
        raise PointsUnknown
    locks.lock_name(f"gesture_budgets:{store_id}")  # of two at the same time, the second sees the first
    standing = db.first(queries.budgets_between(store_id, starts_on, ends_on))
    if standing is not None:
        raise GestureBudgetOverlaps(starts_on=standing.starts_on, ends_on=standing.ends_on)
    return db.add(
        GestureBudget(
            brand_id=brand_id,
            store_id=store_id,
            starts_on=starts_on,
            ends_on=ends_on,
            currency_id=currency_id,
            **asdict(amounts),
            points_left=amounts.points,
            coupons_left=amounts.coupons,
            revision=1,
            created_by=by,
            created_at=now,
            updated_at=now,
        )
    )


def change_budget(
    *, brand_id: uuid.UUID, budget_id: uuid.UUID, revision: int, amounts: Amounts, now: datetime
) -> GestureBudget:
    """Give a budget other amounts; what was given out of it stays given.

    Raises `GestureBudgetUnknown`, `PreconditionFailed`, `GestureBudgetGiven`, `PointsUnknown` for points of a budget
    that has none.
    """
    budget = _budget_to_change(brand_id, budget_id)
    if budget.revision != revision:
        raise PreconditionFailed
    if amounts.points and budget.currency_id is None:
        raise PointsUnknown
    points, coupons = budget.points - budget.points_left, budget.coupons - budget.coupons_left
    if amounts.points < points or amounts.coupons < coupons:
        raise GestureBudgetGiven(points=points, coupons=coupons)
    for name, value in asdict(amounts).items():
        setattr(budget, name, value)
    budget.points_left, budget.coupons_left = amounts.points - points, amounts.coupons - coupons
    budget.revision += 1
    budget.updated_at = now
    db.session().flush()
    return budget


def end_budget(*, brand_id: uuid.UUID, budget_id: uuid.UUID, now: datetime) -> GestureBudget:
    """Let nothing more be given out of a budget, whatever was read of it: stopping never waits. Twice is once.

    Raises `GestureBudgetUnknown`.
    """
    budget = _budget_to_change(brand_id, budget_id)
    if not budget.points_left and not budget.coupons_left:
        return budget
    budget.points, budget.coupons = budget.points - budget.points_left, budget.coupons - budget.coupons_left
    budget.points_left = budget.coupons_left = 0
    budget.revision += 1
    budget.updated_at = now
    db.session().flush()
    return budget


def _budget_to_change(brand_id: uuid.UUID, budget_id: uuid.UUID) -> GestureBudget:
    budget = db.first(db.locked(queries.budget_of(brand_id, budget_id)))
    if budget is None:
        raise GestureBudgetUnknown
    return budget
