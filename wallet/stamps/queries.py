"""Questions about stamp cards."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_

from app.accounts.models import Brand
from wallet.cards.models import Card
from wallet.ledger.models import PointsBalance, PointsCurrency
from wallet.programmes.models import OrderState, Reward, RewardOrder, RewardStatus
from wallet.stamps.models import StampCard


def card_of(currency_id: uuid.UUID) -> Select[StampCard]:
    """The stamp card of a currency."""
    return select(StampCard).where(StampCard.currency_id == currency_id)


def card_in(brand_id: uuid.UUID, currency_id: uuid.UUID) -> Select[StampCard]:
    """The stamp card of a currency, if it is the brand's."""
    return card_of(currency_id).where(StampCard.brand_id == brand_id)


def cards_in(brand_id: uuid.UUID) -> Select[StampCard]:
    """The stamp cards of a brand."""
    return select(StampCard).where(StampCard.brand_id == brand_id)


def cards_of_member(member_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """The stamp cards of the brands with whom a member has a card, with what they are called and give, and how many of
    them the member used."""
    orders = (
        select(func.count())
        .where(
            RewardOrder.member_id == member_id,
            RewardOrder.currency_id == StampCard.currency_id,
            RewardOrder.state != str(OrderState.CANCELLED),
        )
        .scalar_subquery()
    )
    return (
        select(
            StampCard.currency_id,
            StampCard.size,
            StampCard.reward_id,
            PointsCurrency.code.label("currency_code"),
            PointsCurrency.name_fr,
            PointsCurrency.name_en,
            Brand.code.label("brand_code"),
            Brand.name.label("brand_name"),
            Reward.title_fr,
            Reward.title_en,
            orders.label("used"),
        )
        .join(PointsCurrency, PointsCurrency.id == StampCard.currency_id)
        .join(Brand, Brand.id == StampCard.brand_id)
        .join(Card, and_(Card.brand_id == StampCard.brand_id, Card.member_id == member_id))
        .outerjoin(Reward, Reward.id == StampCard.reward_id)
        .order_by(Brand.code, PointsCurrency.code)
    )


def available_stamps(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[int]:
    """How many stamps a member has, as it is written down."""
    mine = (PointsBalance.member_id == member_id, PointsBalance.currency_id == currency_id)
    return select(PointsBalance.available).where(*mine)


def _behind(after: tuple[uuid.UUID, uuid.UUID] | None) -> ColumnElement[bool]:
    return true() if after is None else tuple_(PointsBalance.member_id, PointsBalance.currency_id) > after


def full_cards(*, now: datetime, after: tuple[uuid.UUID, uuid.UUID] | None, most: int) -> Select[uuid.UUID, uuid.UUID]:
    """Members with a full card whose reward there is, by their ids, with the currency."""
    return (
        select(PointsBalance.member_id, PointsBalance.currency_id)
        .join(StampCard, StampCard.currency_id == PointsBalance.currency_id)
        .join(Reward, Reward.id == StampCard.reward_id)
        .where(
            PointsBalance.available >= StampCard.size,
            Reward.status == str(RewardStatus.LIVE),
            or_(Reward.stock.is_(None), Reward.stock > 0),
            or_(Reward.starts_at.is_(None), Reward.starts_at <= now),
            or_(Reward.ends_at.is_(None), Reward.ends_at > now),
            _behind(after),
        )
        .order_by(PointsBalance.member_id, PointsBalance.currency_id)
        .limit(most)
    )


def owing_members(*, after: tuple[uuid.UUID, uuid.UUID] | None, most: int) -> Select[uuid.UUID, uuid.UUID]:
    """Members who owe stamps and have used a card, by their ids, with the currency."""
    return (
        select(PointsBalance.member_id, PointsBalance.currency_id)
        .join(StampCard, StampCard.currency_id == PointsBalance.currency_id)
        .where(
            or_(PointsBalance.debt > 0, PointsBalance.awaited > 0),
            select(RewardOrder.id)
            .where(
                RewardOrder.member_id == PointsBalance.member_id,
                RewardOrder.currency_id == PointsBalance.currency_id,
                RewardOrder.state != str(OrderState.CANCELLED),
            )
            .exists(),
            _behind(after),
        )
        .order_by(PointsBalance.member_id, PointsBalance.currency_id)
        .limit(most)
    )


def owed_stamps(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[int]:
    """How many stamps a member owes, or that are awaited of them."""
    mine = (PointsBalance.member_id == member_id, PointsBalance.currency_id == currency_id)
    return select(PointsBalance.debt + PointsBalance.awaited).where(*mine)


def orders_by_stamps(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[RewardOrder]:
    """What full cards of a member gave and was not cancelled, the newest first."""
    return (
        select(RewardOrder)
        .where(
            RewardOrder.member_id == member_id,
            RewardOrder.currency_id == currency_id,
            RewardOrder.state != str(OrderState.CANCELLED),
        )
        .order_by(RewardOrder.ordered_at.desc(), RewardOrder.id.desc())
    )
