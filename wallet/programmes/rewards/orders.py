"""A member orders a reward: the points are spent with the order, and come back with their age when it is cancelled.

Locks, in this order: the member's orders of the reward, where they are limited; the reward's row, where its stock is;
those of a coupon that it gives; the balances by currency. Of many who want the last one, one gets it.
"""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access_log.reads import note_reads
from app.data_map import DataClass
from app.sql import db, locks
from wallet.ledger import book_store
from wallet.passes.codes import MINTED
from wallet.points import earning, returns, spending
from wallet.programmes.errors import (
    RewardLimitReached,
    RewardNotAvailable,
    RewardOrderOver,
    RewardOrderUnknown,
    RewardSoldOut,
)
from wallet.programmes.models import OrderState, Reward, RewardOrder
from wallet.programmes.rewards import catalogue
from wallet.programmes.rewards import queries as reward_queries
from wallet.programmes.rewards.catalogue import Obstacle
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.wording import REWARD, REWARD_CANCELLED

NEXT = {
    OrderState.READY: (OrderState.ORDERED,),
    OrderState.HANDED_OVER: (OrderState.ORDERED, OrderState.READY),
    OrderState.CANCELLED: (OrderState.ORDERED, OrderState.READY),
}
"""Each state and those that it may follow."""

CODE_LENGTH = 6
"""One in 887 million: whoever waits at the counter says it, and nobody guesses somebody else's."""


def new_order_code() -> str:
    """A code for an order that somebody fetches. Should another that waits at the brand have it, the order is refused
    as a whole, and made anew by asking again."""
    return "".join(secrets.choice(MINTED) for _ in range(CODE_LENGTH))


def order_reward(*, member_id: uuid.UUID, reward_id: uuid.UUID, now: datetime) -> RewardOrder:
    """Order one. Points and coupons are handed over at once; for the rest somebody says so.

    Raises `RewardUnknown`, `RewardNotAvailable` (not yet, or over), `RewardSoldOut`, `RewardLimitReached`,
    `NotEnoughPoints` with what is missing.
    """
    reward = catalogue.live_reward(reward_id)
    if reward.member_limit is not None:
        locks.lock_name(f"reward:{reward.id}:{member_id}")
    ordered = db.all_of(reward_queries.orders_count(member_id, reward.id))[0] if reward.member_limit is not None else 0
    stands = catalogue.obstacles(reward, ordered=ordered, now=now)
    if Obstacle.NOT_YET in stands or Obstacle.OVER in stands:
        raise RewardNotAvailable
    if Obstacle.LIMIT_REACHED in stands:
        raise RewardLimitReached(most=reward.member_limit)
    if reward.stock is not None and db.execute(reward_queries.take_from_stock(reward.id)).first() is None:
        raise RewardSoldOut
    return _order(reward, member_id=member_id, now=now)


def _order(reward: Reward, *, member_id: uuid.UUID, now: datetime) -> RewardOrder:
    standing = db.first(tier_queries.tier_of(member_id, reward.brand_id))
    price = catalogue.price_of(reward, standing.tier if standing else None)
    giver = catalogue.GIVERS.get(reward.gives["kind"])
    came = (
        {} if giver is None else giver.give(member_id=member_id, brand_id=reward.brand_id, gives=reward.gives, now=now)
    )
    id, facts = db.new_id(), {"fr": reward.title_fr, "en": reward.title_en}
    given = uuid.UUID(reward.gives["currency_id"]) if reward.gives["kind"] == "points" else None
    for currency_id in sorted({reward.currency_id, given or reward.currency_id}):
        book_store.open_book(member_id=member_id, currency_id=currency_id, now=now)
    said: dict[str, Any] = {
        "member_id": member_id,
        "source": f"reward:{id}",
        "reason": REWARD,
        "facts": facts,
        "now": now,
    }
    spent = spending.spend_points(currency_id=reward.currency_id, points=price, **said)
    if given is not None:
        earning.earn_points(currency_id=given, points=int(reward.gives["points"]), **said)
    is_fetched = reward.gives["kind"] == "material"
    return db.add(
        RewardOrder(
            member_id=member_id,
            id=id,
            brand_id=reward.brand_id,
            reward_id=reward.id,
            currency_id=reward.currency_id,
            points=price,
            entry_id=spent.id,
            gives={**reward.gives, **came},
            state=OrderState.ORDERED if is_fetched else OrderState.HANDED_OVER,
            code=new_order_code() if is_fetched else None,
            ordered_at=now,
            changed_at=now,
        )
    )


def cancel_order(*, order: RewardOrder, now: datetime) -> RewardOrder:
    """Give the points back to the lots that paid, as old as they were, and the piece back to the stock. Twice is once.

    Raises `RewardOrderOver` when it was handed over.
    """
    if order.state == OrderState.CANCELLED:
        return order
    move_order(order=order, to=OrderState.CANCELLED, now=now)
    _give_back(order, now=now)
    return order


def take_order_back(*, order: RewardOrder, now: datetime) -> bool:
    """Cancel an order, which is locked, of something that nobody has used or fetched yet, as `cancel_order` does;
    whether it was so."""
    giver = catalogue.GIVERS.get(order.gives["kind"])
    if giver is not None:
        whose: dict[str, Any] = {"member_id": order.member_id, "brand_id": order.brand_id, "gives": order.gives}
        if not giver.take_back(**whose, now=now):
            return False
    elif order.state not in NEXT[OrderState.CANCELLED]:
        return False
    order.state, order.changed_at = OrderState.CANCELLED, now
    db.session().flush()
    _give_back(order, now=now)
    return True


def _give_back(order: RewardOrder, *, now: datetime) -> None:
    db.execute(reward_queries.give_back_to_stock(order.reward_id))
    reward = db.rows(reward_queries.title_of_reward(order.reward_id))[0]
    returns.give_back_spend(
        member_id=order.member_id,
        currency_id=order.currency_id,
        spend_id=order.entry_id,
        source=f"reward_cancelled:{order.id}",
        reason=REWARD_CANCELLED,
        facts={"fr": reward.title_fr, "en": reward.title_en},
        now=now,
    )


def move_order(*, order: RewardOrder, to: OrderState, now: datetime) -> RewardOrder:
    """Say that an order is ready, or handed over. Again is once. Raises `RewardOrderOver`."""
    if order.state == to:
        return order
    if order.state not in NEXT[to]:
        raise RewardOrderOver
    order.state, order.changed_at = to, now
    db.session().flush()
    return order


def my_order(*, member_id: uuid.UUID, order_id: uuid.UUID) -> RewardOrder:
    """A member's order, locked. Raises `RewardOrderUnknown`, also for somebody else's."""
    found = db.first(db.locked(reward_queries.order_of(member_id, order_id)))
    if found is None:
        raise RewardOrderUnknown
    return found


def brands_order(*, brand_id: uuid.UUID, order_id: uuid.UUID, now: datetime) -> RewardOrder:
    """An order at the brand's, locked, for its staff: the member can see that. Raises `RewardOrderUnknown`, also for
    another brand's."""
    found = db.first(db.locked(reward_queries.order_in(brand_id, order_id)))
    if found is None:
        raise RewardOrderUnknown
    note_seen([found], now=now)
    return found


def move_brands(*, brand_id: uuid.UUID, order_id: uuid.UUID, to: OrderState, now: datetime) -> RewardOrder:
    """Say how far an order at the brand's is, and in which store, where its staff say it. Raises `RewardOrderUnknown`,
    `RewardOrderOver`."""
    order, staff = brands_order(brand_id=brand_id, order_id=order_id, now=now), db.staff()
    if order.state != to and staff is not None and staff.store_id is not None:
        order.store_id = staff.store_id
    return move_order(order=order, to=to, now=now)


def note_seen(orders: Sequence[RewardOrder], *, now: datetime) -> None:
    """Leave the trace of whoever of a brand sees what members ordered."""
    note_reads(member_ids=[order.member_id for order in orders], classes=[DataClass.ACCOUNT], now=now)
