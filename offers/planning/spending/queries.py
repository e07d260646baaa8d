"""Questions about budgets in money."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Select, case, false, func, literal, literal_column, or_, select

from app.accounts.models import Brand
from geo.places.models import Store
from offers.planning.models import Offer
from offers.planning.spending.models import GROUP, MoneyBudget, MoneySlot
from offers.planning.spending.periods import BudgetPeriod

A_MINUTE = timedelta(minutes=1)
FEW_DAYS = timedelta(days=3)  # more than any zone's midnight can be apart


def budgets_of(brand_id: uuid.UUID, *, offer_id: uuid.UUID | None = None) -> Select[MoneyBudget]:
    """The budgets of a brand, perhaps only those that hold for one offer."""
    asked = select(MoneyBudget).where(MoneyBudget.brand_id == brand_id)
    holds = or_(MoneyBudget.offer_id.is_(None), MoneyBudget.offer_id == offer_id)
    return asked if offer_id is None else asked.where(holds)


def budget_of(brand_id: uuid.UUID, budget_id: uuid.UUID) -> Select[MoneyBudget]:
    """One of the budgets of a brand."""
    return budgets_of(brand_id).where(MoneyBudget.id == budget_id)


def standing_like(
    brand_id: uuid.UUID, *, offer_id: uuid.UUID | None, store_id: uuid.UUID | None, each_store: bool, period: str
) -> Select[MoneyBudget]:
    """The budget of this kind that has not ended."""
    return budgets_of(brand_id).where(
        MoneyBudget.offer_id.is_not_distinct_from(offer_id),
        MoneyBudget.store_id.is_not_distinct_from(store_id),
        MoneyBudget.each_store == each_store,
        MoneyBudget.period == period,
        MoneyBudget.ended_at.is_(None),
    )


def brand_with(
    brand_id: uuid.UUID, *, offer_id: uuid.UUID | None, store_id: uuid.UUID | None
) -> Select[str, str, bool, bool]:
    """The zone and the currency of a brand, and whether the offer and the store, where they are named, are its own."""
    offer = select(func.count()).where(Offer.id == offer_id, Offer.brand_id == brand_id).scalar_subquery()
    store = select(func.count()).where(Store.id == store_id, Store.brand_id == brand_id).scalar_subquery()
    return select(
        Brand.time_zone,
        Brand.currency,
        (literal(offer_id is None) | (offer > 0)).label("has_offer"),
        (literal(store_id is None) | (store > 0)).label("has_store"),
    ).where(Brand.id == brand_id)


def groups_since(budget_id: uuid.UUID, since: date) -> Select[MoneySlot]:
    """The rows that stand for the groups of a budget from a period on, in the order in which they are locked."""
    return (
        select(MoneySlot)
        .where(MoneySlot.budget_id == budget_id, MoneySlot.since >= since, MoneySlot.slot == GROUP)
        .order_by(MoneySlot.since, MoneySlot.store_id)
    )


def spending_of(budget_ids: Collection[uuid.UUID], *, now: datetime) -> Select[uuid.UUID, date, int, int, int, int]:
    """Of each period of these budgets that was used: how many groups there are, what they have left, of that what is
    kept for open sales, and the uses."""
    kept = case((MoneySlot.held_until > now, MoneySlot.left_minor), else_=0)
    return (
        select(
            MoneySlot.budget_id,
            MoneySlot.since,
            func.count().filter(MoneySlot.slot == GROUP).label("groups"),
            func.sum(MoneySlot.left_minor).cast(BigInteger).label("left_minor"),
            func.sum(kept).cast(BigInteger).label("kept_minor"),
            func.sum(MoneySlot.uses).label("uses"),
        )
        .where(MoneySlot.budget_id.in_(list(budget_ids)))
        .group_by(MoneySlot.budget_id, MoneySlot.since)
    )


def crowded_groups(now: datetime, *, most: int) -> Select[uuid.UUID, date, uuid.UUID, bool]:
    """Groups with more slots than `most`, those of periods that are over with more than one (whether theirs is), and
    those with a slot that names a sale whose time is over."""
    length: ColumnElement[timedelta] = literal_column(
        "(CASE money_budget.period WHEN 'quarter' THEN '3 months' ELSE '1 ' || period END)::interval"
    )
    over = case(
        (MoneyBudget.period == BudgetPeriod.LIFE, false()), else_=MoneySlot.since + length < (now - FEW_DAYS).date()
    )
    key = (MoneySlot.budget_id, MoneySlot.since, MoneySlot.store_id)
    return (
        select(*key, over.label("is_over"))
        .join(MoneyBudget, MoneyBudget.id == MoneySlot.budget_id)
        .where(or_(MoneySlot.held_until.is_(None), MoneySlot.held_until < now - A_MINUTE))
        .group_by(*key, MoneyBudget.period)
        .having(or_(func.count() > case((over, 2), else_=most), func.count(MoneySlot.held_until) > 0))
        .order_by(*key)
    )
