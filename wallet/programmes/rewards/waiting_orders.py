"""Orders that wait in a store, as its staff read them: what is to be handed over, and not to whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.languages import Language
from app.sql import db
from wallet.programmes.models import OrderState, RewardOrder
from wallet.programmes.rewards import orders
from wallet.programmes.rewards import queries as reward_queries


def tell_waiting(waiting: Sequence[RewardOrder], *, language: Language, now: datetime) -> list[dict[str, Any]]:
    """These orders with what they are of; the members can see that it was looked at."""
    titles = {
        id: fr if language == "fr" else en
        for id, fr, en in db.rows(reward_queries.titles_of_rewards({order.reward_id for order in waiting}))
    }
    orders.note_seen(waiting, now=now)
    return [
        {
            "id": order.id,
            "code": order.code,
            "title": titles[order.reward_id],
            "state": OrderState(order.state),
            "store_id": order.store_id,
            "ordered_at": order.ordered_at,
        }
        for order in waiting
    ]
