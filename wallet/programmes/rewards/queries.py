"""Questions about rewards and their orders."""

import re
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Select,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate, Update

from wallet.programmes.models import (
    OrderState,
    Reward,
    RewardOrder,
    RewardStatus,
)


def rewards_of(brand_id: uuid.UUID) -> Select[Reward]:
    """Every reward of a brand."""
    return select(Reward).where(Reward.brand_id == brand_id)


def reward_of(brand_id: uuid.UUID, reward_id: uuid.UUID) -> Select[Reward]:
    """One reward of a brand."""
    return rewards_of(brand_id).where(Reward.id == reward_id)


def live_rewards(brand_id: uuid.UUID) -> Select[Reward]:
    """What is in a brand's catalogue."""
    return rewards_of(brand_id).where(Reward.status == RewardStatus.LIVE)


def live_reward(reward_id: uuid.UUID) -> Select[Reward]:
    """One of any catalogue."""
    return select(Reward).where(Reward.id == reward_id, Reward.status == RewardStatus.LIVE)


def title_of_reward(reward_id: uuid.UUID) -> Select[str, str]:
    """What a reward is called."""
    return select(Reward.title_fr, Reward.title_en).where(Reward.id == reward_id)


def take_from_stock(reward_id: uuid.UUID) -> ReturningUpdate[Any]:
    """One less, if there is one: of two at once the second waits for the first, and looks again."""
    mine = (Reward.id == reward_id, Reward.status == RewardStatus.LIVE, Reward.stock > 0)
    fewer = {"stock": Reward.stock - 1, "revision": Reward.revision + 1}
    return update(Reward).where(*mine).values(fewer).returning(Reward.id)


def give_back_to_stock(reward_id: uuid.UUID) -> Update:
    """One more, where the stock is counted."""
    more = {"stock": Reward.stock + 1, "revision": Reward.revision + 1}
    return update(Reward).where(Reward.id == reward_id, Reward.stock.is_not(None)).values(more)


def orders_of(member_id: uuid.UUID) -> Select[RewardOrder]:
    """What a member ordered."""
    return select(RewardOrder).where(RewardOrder.member_id == member_id)


def order_of(member_id: uuid.UUID, order_id: uuid.UUID) -> Select[RewardOrder]:
    """One order of a member."""
    return orders_of(member_id).where(RewardOrder.id == order_id)


def orders_in(brand_id: uuid.UUID) -> Select[RewardOrder]:
    """What was ordered at a brand."""
    return select(RewardOrder).where(RewardOrder.brand_id == brand_id)


def order_in(brand_id: uuid.UUID, order_id: uuid.UUID) -> Select[RewardOrder]:
    """One order at a brand."""
    return orders_in(brand_id).where(RewardOrder.id == order_id)


def orders_waiting(brand_id: uuid.UUID, store_id: uuid.UUID, *, code: str | None) -> Select[RewardOrder]:
    """What waits to be handed over in a store: what is ready there, or nowhere yet. Of a `code`, however it
    is typed, wherever it waits."""
    waits = orders_in(brand_id).where(RewardOrder.state.in_((OrderState.ORDERED, OrderState.READY)))
    if code is not None:
        return waits.where(RewardOrder.code == re.sub(r"[\s-]", "", code).upper())
    return waits.where(or_(RewardOrder.store_id == store_id, RewardOrder.store_id.is_(None)))


def titles_of_rewards(reward_ids: Collection[uuid.UUID]) -> Select[uuid.UUID, str, str]:
    """What these rewards are called."""
    return select(Reward.id, Reward.title_fr, Reward.title_en).where(Reward.id.in_(reward_ids))


def orders_count(member_id: uuid.UUID, reward_id: uuid.UUID) -> Select[int]:
    """How many of a reward a member ordered and did not cancel."""
    standing = (RewardOrder.reward_id == reward_id, RewardOrder.state != OrderState.CANCELLED)
    return select(func.count()).where(RewardOrder.member_id == member_id, *standing)


def orders_by_reward(member_id: uuid.UUID) -> Select[uuid.UUID, int]:
    """How often a member ordered each reward."""
    mine = (RewardOrder.member_id == member_id, RewardOrder.state != OrderState.CANCELLED)
    return select(RewardOrder.reward_id, func.count()).where(*mine).group_by(RewardOrder.reward_id)
