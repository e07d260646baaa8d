"""Questions about gestures, givers and budgets."""

import uuid
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from geo.places.models import Store
from offers.gestures.models import Gesture, GestureBudget, GestureGiver
from wallet.cards.models import Card
from wallet.ledger.models import PointsCurrency


def store_of_brand(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[Store]:
    """A store, if it is the brand's."""
    return select(Store).where(Store.brand_id == brand_id, Store.id == store_id)


def currency_of_brand(brand_id: uuid.UUID, currency_id: uuid.UUID) -> Select[PointsCurrency]:
    """What a brand counts in, if it does."""
    return select(PointsCurrency).where(PointsCurrency.brand_id == brand_id, PointsCurrency.id == currency_id)


def givers_of(brand_id: uuid.UUID, *, store_id: uuid.UUID | None = None) -> Select[GestureGiver]:
    """Who gives or gave for a brand, perhaps only in one store."""
    asked = select(GestureGiver).where(GestureGiver.brand_id == brand_id)
    return asked if store_id is None else asked.where(GestureGiver.store_id == store_id)


def giver_of(brand_id: uuid.UUID, giver_id: uuid.UUID) -> Select[GestureGiver]:
    """One of the people of a brand who may give."""
    return givers_of(brand_id).where(GestureGiver.id == giver_id)


def giver_with(badge_hash: bytes, *, store_id: uuid.UUID) -> Select[GestureGiver]:
    """Who shows this badge in a store, if they give there still."""
    return select(GestureGiver).where(
        GestureGiver.badge_hash == badge_hash,
        GestureGiver.store_id == store_id,
        GestureGiver.dismissed_at.is_(None),
    )


def budgets_of(brand_id: uuid.UUID, *, store_id: uuid.UUID | None = None) -> Select[GestureBudget]:
    """The budgets of a brand, perhaps only those of one store."""
    asked = select(GestureBudget).where(GestureBudget.brand_id == brand_id)
    return asked if store_id is None else asked.where(GestureBudget.store_id == store_id)


def budget_of(brand_id: uuid.UUID, budget_id: uuid.UUID) -> Select[GestureBudget]:
    """One of the budgets of a brand."""
    return budgets_of(brand_id).where(GestureBudget.id == budget_id)


def budgets_between(store_id: uuid.UUID, first: date, last: date) -> Select[GestureBudget]:
    """The budgets of a store that hold on one of these days."""
    return (
        select(GestureBudget)
        .where(GestureBudget.store_id == store_id, GestureBudget.starts_on <= last, GestureBudget.ends_on >= first)
        .order_by(GestureBudget.starts_on)
    )


def given_to(member_id: uuid.UUID, budget_id: uuid.UUID) -> Select[int]:
    """How many gestures a member had out of a budget."""
    return select(func.count()).where(Gesture.budget_id == budget_id, Gesture.member_id == member_id)


def given_by(giver_id: uuid.UUID, *, since: datetime) -> Select[int]:
    """How many gestures somebody gave since an instant."""
    return select(func.count()).where(Gesture.giver_id == giver_id, Gesture.given_at >= since)


def gestures_of(member_id: uuid.UUID) -> Select[Gesture]:
    """What a member was given, with who, where and by which brand."""
    return (
        select(Gesture)
        .options(joinedload(Gesture.brand), joinedload(Gesture.store), joinedload(Gesture.giver))
        .where(Gesture.member_id == member_id)
    )


def gestures_in(brand_id: uuid.UUID, *, store_id: uuid.UUID | None = None) -> Select[Gesture]:
    """What a brand gave, perhaps only in one store, with who and where."""
    asked = (
        select(Gesture)
        .options(joinedload(Gesture.brand), joinedload(Gesture.store), joinedload(Gesture.giver))
        .where(Gesture.brand_id == brand_id)
    )
    return asked if store_id is None else asked.where(Gesture.store_id == store_id)


def cards_with(brand_id: uuid.UUID, member_ids: set[uuid.UUID]) -> Select[uuid.UUID, uuid.UUID]:
    """The cards (member, card) of these members with a brand."""
    return select(Card.member_id, Card.id).where(Card.brand_id == brand_id, Card.member_id.in_(member_ids))
