"""Points that were spent come back, and what was asked back of them in vain is taken; in a book that is open.

An earn that is taken back is taken from its own lot first. Where the points of that lot are spent, others are taken in
their place, and what even those do not cover is awaited. So when points come back to a lot, in this order: what is
awaited or owed of it is taken, also from a lot whose time is over; others that were taken in its place, or repaid what
was owed of it, are put back, as old as they were; then other debts are repaid; and of what can still be spent, what is
awaited of other lots is taken. That comes to what it would have been had the spend been given back before the earn was
taken back.
"""

import uuid
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.sql import db
from wallet.ledger import merged_ledgers
from wallet.ledger.awaited import queries
from wallet.ledger.awaited.debts import owed_by_earn, repay_debt, repay_debts
from wallet.ledger.book import Book, Lot
from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import EntryKind

FOR_OTHERS, IN_THEIR_PLACE = "awaited", "exchanged"


class Stand(NamedTuple):
    """Points of a lot that were taken in the place of others: `about` is what they were taken for."""

    about: uuid.UUID
    lot_id: uuid.UUID


def recall_points(book: Book, came: Mapping[uuid.UUID, int], *, cause: Movement, now: datetime) -> Sequence[Lot]:
    """Take what is awaited from points that `cause` brought back to these lots, and repay debts from them.

    Returns the lots that have changed since, for whoever looks what is due next.
    """
    stayed = Counter(came)
    touched = dict.fromkeys(came)
    if book.awaited or book.debt or any(book.totals.get(kind) for kind in queries.TAKEN_FOR):
        stayed = _put_right(book, came, cause=cause, now=now)
        touched |= dict.fromkeys(stayed)
    lots = sorted(book.read_lots(stayed), key=lambda lot: lot.turn)
    repay_debts(book, lots, cause=cause, now=now)
    if book.awaited:
        _take_for_others(book, lots, stayed, cause=cause, now=now)
    return [book.lots[id] for id in touched]


def recalled_since(book: Book, sequence: int) -> int:
    """How many points that were awaited were taken in a book that is not saved yet, after its entry of this number."""
    later = (one for one in book.made if one.sequence > sequence)
    return sum(one.amount for one in later if one.kind == EntryKind.AWAITED_TAKEN)


def awaited_by_lot(book: Book) -> dict[uuid.UUID, int]:
    """How many points are awaited of which lot, the longest first."""
    if not book.awaited:
        return {}
    found: Counter[uuid.UUID] = Counter()
    for row in db.rows(queries.awaited(book.member_id, book.currency_id)):
        found[row.about_id] += int(row.points)
    for one in book.made:
        if one.kind in queries.AWAITS and one.about_id:
            found[one.about_id] += one.amount
        elif one.kind in queries.AWAITS_LESS and one.about_id:
            found[one.about_id] -= one.amount
    return dict(+found)


def _put_right(book: Book, came: Mapping[uuid.UUID, int], *, cause: Movement, now: datetime) -> Counter[uuid.UUID]:
    """Let each lot that points came to meet what is awaited of it, then those that stood in for it. Returns how many
    points came where in the end."""
    awaited, taken = awaited_by_lot(book), _taken_for(book)
    owed = owed_by_earn(book)
    own = {about: _own_lots(book, about) for about in {*awaited, *owed, *(stand.about for stand in taken)}}
    stands = _by_own_lot(own, taken)
    stayed: Counter[uuid.UUID] = Counter()
    waiting = deque((lot.id, came[lot.id]) for lot in sorted(book.read_lots(came), key=lambda lot: lot.turn))
    while waiting:
        lot_id, points = waiting.popleft()
        for about in [one for one in awaited if lot_id in own[one]]:
            share = min(points, awaited[about])
            if share:
                _take(book, lot_id, share, about=about, cause=cause, now=now)
                awaited[about] -= share
                points -= share
        for about in [one for one in owed if lot_id in own[one]]:
            share = min(points, owed[about])
            if share:
                repay_debt(book, about, {lot_id: -share}, cause=cause, now=now)
                owed[about] -= share
                points -= share
        mine = stands.get(lot_id, [])
        turns = {lot.id: lot.turn for lot in book.read_lots({stand.lot_id for stand in mine})}
        for stand in sorted(mine, key=lambda one: turns[one.lot_id], reverse=True):  # those that were taken last
            share = min(points, taken[stand])
            if share:
                _exchange(book, lot_id, stand, share, cause=cause, now=now)
                taken[stand] -= share
                points -= share
                waiting.append((stand.lot_id, share))
        stayed[lot_id] += points
    return stayed


def _taken_for(book: Book) -> Counter[Stand]:
    """How many points were taken from which lots, and not put back, for what was asked back."""
    taken: Counter[Stand] = Counter()
    for row in db.rows(queries.taken_for(book.member_id, book.currency_id)):
        taken[Stand(row.about_id, row.lot_id)] += int(row.points)
    for one in book.made:
        if queries.is_taken_for(one) and one.about_id:
            taken.update({Stand(one.about_id, lot_id): -points for lot_id, points in one.parts.items()})
    return +taken


def _by_own_lot(own: Mapping[uuid.UUID, Sequence[uuid.UUID]], taken: Iterable[Stand]) -> dict[uuid.UUID, list[Stand]]:
    """By lot, what stands in for its points: for one lot of an earn what stands in for any of it."""
    found: dict[uuid.UUID, list[Stand]] = {}
    for stand in taken:
        for lot_id in own[stand.about]:
            if stand.lot_id not in own[stand.about]:
                found.setdefault(lot_id, []).append(stand)
    return found


def _own_lots(book: Book, about: uuid.UUID) -> Sequence[uuid.UUID]:
    if not book.continues:
        return (about,)
    came = merged_ledgers.lots_of(member_id=book.member_id, currency_id=book.currency_id, earn_id=about)
    return (about,) if came is None else came


def _take(book: Book, lot_id: uuid.UUID, points: int, *, about: uuid.UUID, cause: Movement, now: datetime) -> None:
    book.post(
        EntryKind.AWAITED_TAKEN,
        points,
        source=f"entry:{cause.id}:{book.sequence + 1}",
        reason=FOR_OTHERS,
        about=about,
        parts={lot_id: -points},
        at=cause.occurred_at,
        now=now,
    )


def _exchange(book: Book, lot_id: uuid.UUID, stand: Stand, points: int, *, cause: Movement, now: datetime) -> None:
    book.post(
        EntryKind.EXCHANGED,
        points,
        source=f"entry:{cause.id}:{book.sequence + 1}",
        reason=IN_THEIR_PLACE,
        about=stand.about,
        parts={lot_id: -points, stand.lot_id: points},
        at=cause.occurred_at,
        now=now,
    )


def _take_for_others(
    book: Book, lots: Sequence[Lot], stayed: Mapping[uuid.UUID, int], *, cause: Movement, now: datetime
) -> None:
    awaited = awaited_by_lot(book)
    for lot in lots:
        left = min(stayed[lot.id], lot.remaining) if lot.usable(cause.occurred_at) else 0
        for about in awaited:
            share = min(left, awaited[about])
            if share:
                _take(book, lot.id, share, about=about, cause=cause, now=now)
                awaited[about] -= share
                left -= share
