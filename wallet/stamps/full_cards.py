"""A full card gives its reward: once for as many stamps as it has cells, the stamps beyond begin the next one.

The stamps are spent by the order, so of two who see the same full card one gives. What cannot be given now (sold out,
not yet, over) leaves the card full; a job gives it later. A sale never waits for a reward, nor fails by it.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from app.logs import log
from app.sql import db
from wallet.ledger.errors import NotEnoughPoints
from wallet.points.open_books import OpenBooks
from wallet.programmes.errors import RewardLimitReached, RewardNotAvailable, RewardSoldOut, RewardUnknown
from wallet.programmes.rewards import orders
from wallet.stamps import queries

STAYS_FULL = (NotEnoughPoints, RewardLimitReached, RewardNotAvailable, RewardSoldOut, RewardUnknown)


def give_full_cards(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> int:
    """Give what a member's full cards give, each in a transaction of its own; returns how many gave. Whoever calls
    holds no transaction."""
    given = 0
    while _give_one(member_id, currency_id, now=now):
        given += 1
    return given


def take_unused_back(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> int:
    """Of a member who owes stamps, take back what full cards gave and nobody used, the newest first, as long as they
    owe; returns how many. Their stamps come back, and make up for those that are owed. Whoever calls holds no
    transaction."""
    taken = 0
    while _take_one_back(member_id, currency_id, now=now):
        taken += 1
    return taken


def follow_sale(books: OpenBooks, sizes: Mapping[uuid.UUID, int], *, now: datetime) -> None:
    """Once a sale has committed, give what its stamps have filled. `sizes` are those of cards that give a reward."""
    for currency_id, size in sizes.items():
        book = books.used_book(currency_id)
        if book is not None and book.available >= size:
            _once_committed(give_full_cards, book.member_id, currency_id, now)


def follow_return(books: OpenBooks, *, now: datetime) -> None:
    """Once a return has committed that took more stamps than there were, take back what full cards gave in vain."""
    for book in books.used_books():
        if book.debt or book.awaited:
            _once_committed(take_unused_back, book.member_id, book.currency_id, now)


def _give_one(member_id: uuid.UUID, currency_id: uuid.UUID, *, now: datetime) -> bool:
    try:
        with db.system_transaction():
            card = db.first(queries.card_of(currency_id))
            available = db.first(queries.available_stamps(member_id, currency_id)) or 0
            if card is None or card.reward_id is None or available < card.size:
                return False
            orders.order_reward(member_id=member_id, reward_id=card.reward_id, now=now)
    except STAYS_FULL as refused:
        log.info("stamp_card_stays_full", currency_id=str(currency_id), why=refused.code())
        return False
    return True


def _take_one_back(member_id: uuid.UUID, currency_id: uuid.UUID, *, now: datetime) -> bool:
    with db.system_transaction():
        if db.first(queries.card_of(currency_id)) is None:
            return False
        if not db.first(queries.owed_stamps(member_id, currency_id)):
            return False
        some = db.all_of(db.locked(queries.orders_by_stamps(member_id, currency_id)))
        return any(orders.take_order_back(order=one, now=now) for one in some)


def _once_committed(act: Callable[..., int], member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> None:
    db.after_commit(partial(_try, partial(act, member_id=member_id, currency_id=currency_id, now=now)))


def _try(act: Callable[[], int]) -> None:
    try:
        act()
    except Exception as error:  # the sale stands, whatever becomes of a card: the job looks again
        log.error("stamp_card_not_followed", error=type(error).__name__)
