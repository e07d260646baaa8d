"""How many people a terminal may look up, so that a stolen one cannot try out telephone numbers, and is seen doing so.

Looking somebody up, confirming them and letting them join all say whether an address is known; all are counted here.
Unknown addresses count for themselves: whoever enumerates mostly misses, a cashier mostly finds.
"""

import uuid
from datetime import datetime, timedelta

from app.accounts.quotas import Quota, Spending, give_back, spend_quotas
from app.logs import log
from app.ops.signs import OK, Sign
from app.sql import db
from wallet.counter import queries
from wallet.counter.errors import TooManySearches

HOUR = timedelta(hours=1)

SEARCHES_OF_TERMINAL = Quota("member-searches", 60, HOUR, TooManySearches)
"""A customer a minute, all of them without a card."""
SEARCHES_OF_STORE = Quota("member-searches-of-store", 300, HOUR, TooManySearches)
MISSES_OF_TERMINAL = Quota("unknown-members", 15, HOUR, TooManySearches)
"""Addresses that nobody of the brand has."""
NOTHING = Quota("known-members", 1_000_000, HOUR, TooManySearches)
"""What a found address gives back, so that both kinds do the same."""
JOINS_OF_TERMINAL = Quota("counter-members", 30, HOUR, TooManySearches)
JOINS_OF_STORE = Quota("counter-members-of-store", 150, HOUR, TooManySearches)
PROOFS_A_DAY = 5
"""Wrong proofs for one address within a day, whoever tries."""


def count_search(*, terminal_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> None:
    """Count a look-up, as if it were for an unknown address. Raises `TooManySearches`; the log says of which terminal.

    `settle_search` comes after it.
    """
    spendings = [_misses(terminal_id), *_searches(terminal_id, store_id)]
    _spend(spendings, terminal_id=terminal_id, store_id=store_id, now=now)


def settle_search(*, terminal_id: uuid.UUID, is_known: bool, now: datetime) -> None:
    """Take back that the address was counted as unknown, if it was found: in as many steps as if it was not."""
    give_back([_misses(terminal_id) if is_known else Spending(NOTHING, str(terminal_id))], now=now)


def count_join(*, terminal_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> None:
    """Count somebody who joins. Raises `TooManySearches`; the log says of which terminal."""
    spendings = [Spending(JOINS_OF_TERMINAL, str(terminal_id)), Spending(JOINS_OF_STORE, str(store_id))]
    _spend(spendings, terminal_id=terminal_id, store_id=store_id, now=now)


def _misses(terminal_id: uuid.UUID) -> Spending:
    return Spending(MISSES_OF_TERMINAL, str(terminal_id))


def _searches(terminal_id: uuid.UUID, store_id: uuid.UUID) -> list[Spending]:
    return [Spending(SEARCHES_OF_TERMINAL, str(terminal_id)), Spending(SEARCHES_OF_STORE, str(store_id))]


def _spend(spendings: list[Spending], *, terminal_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> None:
    try:
        spend_quotas(spendings, now=now)
    except TooManySearches as refusal:
        quota = refusal.standing.name if refusal.standing else ""
        log.warning("member_searches_stopped", terminal=str(terminal_id), store=str(store_id), quota=quota)
        raise


def watch_searches(now: datetime) -> Sign:
    """How many terminals have used up what they may look up: an alarm that keeps nobody away."""
    quotas = (SEARCHES_OF_TERMINAL, MISSES_OF_TERMINAL, JOINS_OF_TERMINAL)
    terminals = db.all_of(queries.terminals_that_work())
    keys = {Spending(quota, str(id)).key: (id, quota) for id in terminals for quota in quotas}
    stopped = {
        keys[key][0]
        for key, whole_at in db.fetch(queries.QUOTAS_USED, [list(keys), now])
        if whole_at > now + keys[key][1].window - keys[key][1].pace
    }
    return Sign(OK if not stopped else f"{len(stopped)} stopped", float(len(stopped)))
