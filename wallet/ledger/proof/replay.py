"""Prove the ledger: play every entry again, and compare what it comes to with what is stored.

Per member and currency: the chain is whole and its head is the balance's; each entry moves between the two accounts of
its kind, and takes from lots, or gives back to them, exactly what it says; no account and no lot is ever negative, and
nobody owes where that is not allowed; nothing is left in a lot of which points are awaited that were asked back; lots,
holds, balance and lifetime counters are what the entries come to.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from app.sql import db
from wallet.ledger import hash_chain
from wallet.ledger.awaited.queries import AWAITS, AWAITS_LESS
from wallet.ledger.book import OWN
from wallet.ledger.book_store import movement_of
from wallet.ledger.hash_chain import Movement, NewLot
from wallet.ledger.models import FLOWS, MAKES_A_LOT, Account, EntryKind, LotState
from wallet.ledger.proof import queries
from wallet.ledger.queries import Pair

BATCH = 200
"""Ledgers that are in memory at a time."""

MAKES_IT_WAIT = (EntryKind.PENDING_ADDED, EntryKind.PENDING_MERGED_IN)
"""Kinds that come with a lot which waits at first."""


class Fault(NamedTuple):
    """What is wrong, and where: the entry's id when one entry is to blame."""

    member_id: uuid.UUID
    currency_id: uuid.UUID
    what: str
    entry_id: uuid.UUID | None = None


@dataclass
class Ledger:
    """Everything that is stored of one member in one currency."""

    balance: Any
    movements: list[Movement] = field(default_factory=list)
    states: dict[uuid.UUID, Any] = field(default_factory=dict)
    held: int = 0


@dataclass
class Replay:
    """What the entries come to."""

    sums: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    lots: Counter[uuid.UUID] = field(default_factory=Counter)
    awaited: Counter[uuid.UUID] = field(default_factory=Counter)
    pending: set[uuid.UUID] = field(default_factory=set)
    head: bytes | None = None
    sequence: int = 0


class ProofResult(NamedTuple):
    """What a look at some ledgers found. `after` is where the next look begins; None when that was the last."""

    faults: Sequence[Fault]
    ledgers: int
    entries: int
    after: Pair | None


def verify_some(
    *,
    after: Pair | None = None,
    brand_id: uuid.UUID | None = None,
    currency_id: uuid.UUID | None = None,
    most: int = BATCH,
) -> ProofResult:
    """Verify the next ledgers in the order of their keys, of a brand or a currency.

    Their balances are locked against change meanwhile, so that what is written while we read does not look like a
    contradiction: end the transaction between two calls.
    """
    rows = db.rows(queries.ledgers_after(after, brand_id=brand_id, currency_id=currency_id, most=most))
    found = [] if after else list(_lost(brand_id=brand_id, currency_id=currency_id))
    ledgers = _read(rows) if rows else []
    for ledger in ledgers:
        whose = (ledger.balance.member_id, ledger.balance.currency_id)
        found += [Fault(*whose, what, entry_id) for what, entry_id in faults_of(ledger)]
    last = (rows[-1].member_id, rows[-1].currency_id) if len(rows) == most else None
    return ProofResult(found, len(ledgers), sum(len(ledger.movements) for ledger in ledgers), last)


def prove_ledgers(*, currency_id: uuid.UUID, after: uuid.UUID | None) -> dict[str, Any]:
    """Prove the ledgers of one currency, page by page: `after` is the member with whom the last page ended."""
    seen = verify_some(after=None if after is None else (after, currency_id), currency_id=currency_id)
    return {
        "holds": not seen.faults,
        "ledgers": seen.ledgers,
        "entries": seen.entries,
        "faults": [fault._asdict() for fault in seen.faults],
        "next_after": seen.after and seen.after[0],
    }


def _lost(*, brand_id: uuid.UUID | None, currency_id: uuid.UUID | None) -> Iterator[Fault]:
    for row in db.rows(queries.without_balance(brand_id=brand_id, currency_id=currency_id)):
        yield Fault(row.member_id, row.currency_id, "entries_without_balance")


def faults_of(ledger: Ledger) -> Iterator[tuple[str, uuid.UUID | None]]:
    """What is wrong in one ledger, and the entry to blame."""
    replay = Replay()
    for movement in ledger.movements:
        for what in _play(replay, movement, may_owe=ledger.balance.may_go_negative):
            yield what, movement.id
    for what in _compare(replay, ledger):
        yield what, None


def _play(replay: Replay, movement: Movement, *, may_owe: bool) -> Iterator[str]:
    if movement.sequence != replay.sequence + 1:
        yield "sequence_broken"
    if movement.hash != hash_chain.link(replay.head, movement):
        yield "chain_broken"
    replay.sequence, replay.head = movement.sequence, movement.hash
    if FLOWS.get(EntryKind(movement.kind)) != (movement.from_account, movement.to_account):
        yield "accounts_wrong"
    replay.sums[movement.from_account] -= movement.amount
    replay.sums[movement.to_account] += movement.amount
    replay.totals[movement.kind] += movement.amount
    yield from _play_lots(replay, movement)
    mine = {account: replay.sums[account] for account in OWN if account not in (Account.OWED, Account.AWAITED)}
    if any(points < 0 for points in mine.values()):
        yield "account_negative"
    if replay.sums[Account.OWED] < 0 and not may_owe:
        yield "debt_not_allowed"


def _play_lots(replay: Replay, movement: Movement) -> Iterator[str]:
    kind = EntryKind(movement.kind)
    if (movement.lot is not None) != (kind in MAKES_A_LOT):
        yield "lot_missing" if movement.lot is None else "lot_too_many"
    if movement.lot is not None:
        replay.lots[movement.id] += movement.lot.amount
        if movement.lot.amount != movement.amount:
            yield "lot_amount_wrong"
    if kind in MAKES_IT_WAIT:
        replay.pending.add(movement.id)
    if kind is EntryKind.PENDING_ACTIVATED and movement.about_id is not None:
        replay.pending.discard(movement.about_id)
        if replay.lots[movement.about_id] != movement.amount:
            yield "activation_wrong"
    for lot_id, amount in movement.parts.items():
        replay.lots[lot_id] += amount
        if replay.lots[lot_id] < 0:
            yield "lot_negative"
    given = sum(amount for amount in movement.parts.values() if amount > 0)
    exchanged = kind is EntryKind.EXCHANGED and given != movement.amount
    if sum(movement.parts.values()) != allocated(kind, movement.amount) or exchanged:
        yield "allocations_wrong"
    yield from _play_awaited(replay, movement)


def _play_awaited(replay: Replay, movement: Movement) -> Iterator[str]:
    """What was asked back in vain, by the lot that it is awaited of."""
    if movement.kind in AWAITS and movement.about_id is not None:
        replay.awaited[movement.about_id] += movement.amount
    if movement.kind in AWAITS_LESS and movement.about_id is not None:
        replay.awaited[movement.about_id] -= movement.amount
        if replay.awaited[movement.about_id] < 0:
            yield "taken_without_asking"


def allocated(kind: EntryKind, amount: int) -> int:
    """What the allocations of an entry must come to: what it takes from lots is negative."""
    giver, taker = FLOWS[kind]
    if kind in MAKES_A_LOT or kind is EntryKind.PENDING_ACTIVATED:
        return 0
    in_lots = (Account.PENDING, Account.AVAILABLE)
    return (amount if taker in in_lots else 0) - (amount if giver in in_lots else 0)


def _compare(replay: Replay, ledger: Ledger) -> Iterator[str]:
    balance = ledger.balance
    if (balance.sequence, balance.head) != (replay.sequence, replay.head):
        yield "head_wrong"
    stored = {
        Account.AVAILABLE: balance.available,
        Account.PENDING: balance.pending,
        Account.HELD: balance.held,
        Account.OWED: -balance.debt,
        Account.AWAITED: -balance.awaited,
    }
    for account, points in stored.items():
        if points != replay.sums[account]:
            yield f"balance_{account}_wrong"
    if {kind: points for kind, points in balance.totals.items() if points} != dict(replay.totals):
        yield "totals_wrong"
    if ledger.held != replay.sums[Account.HELD]:
        yield "holds_wrong"
    yield from _compare_lots(replay, ledger.states)
    if any(points > 0 and replay.lots[lot_id] > 0 for lot_id, points in replay.awaited.items()):
        yield "asked_back_and_kept"
    by_state = Counter({LotState.PENDING: 0, LotState.ACTIVE: 0})
    for state in ledger.states.values():
        by_state[LotState(state.state)] += state.remaining
    if (by_state[LotState.ACTIVE], by_state[LotState.PENDING]) != (balance.available, balance.pending):
        yield "lots_are_not_the_balance"


def _compare_lots(replay: Replay, states: Mapping[uuid.UUID, Any]) -> Iterator[str]:
    if replay.lots.keys() != states.keys():
        yield "lots_without_state"
    for lot_id, state in states.items():
        if state.remaining != replay.lots[lot_id]:
            yield "lot_remaining_wrong"
        if (state.state == LotState.PENDING) != (lot_id in replay.pending and replay.lots[lot_id] > 0):
            yield "lot_state_wrong"


def _read(balances: Sequence[Any]) -> Sequence[Ledger]:
    ledgers = {(row.member_id, row.currency_id): Ledger(row) for row in balances}
    pairs = list(ledgers)
    parts: dict[uuid.UUID, dict[uuid.UUID, int]] = {}
    for row in db.rows(queries.allocations_in(pairs)):
        parts.setdefault(row.entry_id, {})[row.lot_id] = row.amount
    for row in db.rows(queries.entries_in(pairs)):
        lot = None if row.lot_amount is None else NewLot(row.lot_amount, row.lot_earned_at, row.lot_lasts)
        movement = replace(movement_of(row), lot=lot, parts=parts.get(row.id, {}))
        ledgers[row.member_id, row.currency_id].movements.append(movement)
    for row in db.rows(queries.states_in(pairs)):
        ledgers[row.member_id, row.currency_id].states[row.lot_id] = row
    for row in db.rows(queries.open_holds_in(pairs)):
        ledgers[row.member_id, row.currency_id].held = int(row.points)
    return list(ledgers.values())
