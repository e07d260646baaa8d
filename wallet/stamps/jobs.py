"""Background work of this room: what sales left, and stamps that came in another way."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Select

from app.logs import log
from app.sql import db
from wallet.stamps import full_cards, queries

MEMBERS = 500
"""Members who are looked at in one go."""

MemberAndCurrency = tuple[uuid.UUID, uuid.UUID]


@db.in_steps
def give_full_cards(*, now: datetime) -> int:
    """Give what full cards give: of stamps that a file, an event or a merge brought, and what was sold out before."""
    return _each(partial(queries.full_cards, now=now), partial(full_cards.give_full_cards, now=now))


@db.in_steps
def take_unused_back(*, now: datetime) -> int:
    """Take back what full cards gave to members who owe stamps since, where nobody has used it."""
    return _each(queries.owing_members, partial(full_cards.take_unused_back, now=now))


def _each(find: Callable[..., Select[uuid.UUID, uuid.UUID]], act: Callable[..., int]) -> int:
    done, after = 0, None
    while True:
        with db.system_transaction():
            found = [(member_id, currency_id) for member_id, currency_id in db.rows(find(after=after, most=MEMBERS))]
        for key in found:
            done += _one(act, key)
        if len(found) < MEMBERS:
            return done
        after = found[-1]


def _one(act: Callable[..., int], key: MemberAndCurrency) -> int:
    try:
        return act(member_id=key[0], currency_id=key[1])
    except Exception as error:  # one member's card must not keep everybody else waiting
        log.error("stamp_card_not_looked_at", currency_id=str(key[1]), error=type(error).__name__)
        return 0


JOBS = (give_full_cards, take_unused_back)
EVERY_S = {"give_full_cards": 300, "take_unused_back": 300}
