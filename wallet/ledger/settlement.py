"""What happens by itself: holds end, points become active, points expire.

Everything is done at the instant at which it was due, in the order of those instants; at the same instant holds end
first, then points become active, then they expire, the oldest first, whatever lots they came through. So it does not
matter when, or how late, somebody looks: the result is the same. Every verb settles what is due before it acts; the job
does it for those whom nobody looks at.
"""

import heapq
import uuid
from collections.abc import Sequence
from datetime import datetime

from app.sql import db
from app.sql.queues import work_through
from wallet.ledger import durations, queries
from wallet.ledger.awaited.debts import repay_debts
from wallet.ledger.awaited.recall import recall_points
from wallet.ledger.book import Book, Hold, Lot, book_of, lot_of
from wallet.ledger.book_store import open_book, save_book
from wallet.ledger.models import EntryKind, HoldState, LotState

BATCH = 500
"""Balances of one transaction of the job."""

Due = tuple[datetime, int, datetime, uuid.UUID]
"""When, in which order at that instant, how old it is, and what."""

ENDS, BEGINS, EXPIRES = range(3)


def settled_book(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> Book:
    """The book under its lock, with all that is due posted (but not saved). Raises `PointsUnknown`."""
    book = open_book(member_id=member_id, currency_id=currency_id, now=now)
    settle_ledgers([book], now=now)
    return book


def settle_member(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> int:
    """Post and save what is due for one member; return how many movements that made. Raises `PointsUnknown`."""
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    save_book(book, now=now)
    return len(book.made)


def settle_some(*, now: datetime, most: int = BATCH) -> int:
    """Post and save what is due for some members whom nobody else works on; return for how many balances."""
    books = [book_of(row) for row in db.rows(queries.balances_due(now=now, most=most))]
    settle_ledgers(books, now=now)
    save_book(*books, now=now)
    return len(books)


def settle_singly(*, now: datetime) -> int:
    """Post and save what is due, one balance after the other; return for how many. In steps. Raises `ThingsFailed`."""

    def settle(key: tuple[uuid.UUID, uuid.UUID]) -> int:
        settle_member(member_id=key[0], currency_id=key[1], now=now)
        return 1

    return work_through(
        lambda most: [(row.member_id, row.currency_id) for row in db.rows(queries.balances_due(now=now, most=most))],
        settle,
        what="wallet.points.settle_points",
        at_once=BATCH,
    )


def settle_ledgers(books: Sequence[Book], *, now: datetime) -> None:
    """Read what is due in these books and post it."""
    late = [book for book in books if book.next_due_at is not None and book.next_due_at <= now]
    if not late:
        return
    by_pair = {(book.member_id, book.currency_id): book for book in late}
    ended: dict[tuple[uuid.UUID, uuid.UUID], Book] = {}
    for row in db.rows(queries.lots_due(list(by_pair), now=now)):
        by_pair[row.member_id, row.currency_id].lots[row.lot_id] = lot_of(row)
    for row in db.rows(queries.holds_due(list(by_pair), now=now)):
        book = by_pair[row.member_id, row.currency_id]
        book.holds[row.entry_id] = Hold(row.entry_id, row.amount, row.ends_at, row.state)
        ended[row.member_id, row.entry_id] = book
    for row in db.rows(queries.parts_with_lots(list(ended))) if ended else ():
        book = ended[row.member_id, row.by_entry]
        book.lots.setdefault(row.lot_id, lot_of(row))
        book.holds[row.by_entry].parts[row.lot_id] = row.part
    for book in late:
        post_due(book, now=now)


def post_due(book: Book, *, now: datetime) -> None:
    """Post what is due of the lots and holds that the book knows, each at its own instant."""
    waiting: list[Due] = [
        (hold.ends_at, ENDS, hold.ends_at, hold.id) for hold in book.holds.values() if hold.state == HoldState.OPEN
    ]
    waiting += [due for lot in book.lots.values() if (due := _due(lot))]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= now:
        at, what, _, thing = heapq.heappop(waiting)
        if what == ENDS:
            changed = release_parts(book, book.holds[thing], at=at, now=now, reason="hold_ended")
        elif what == BEGINS:
            changed = activate_lot(book, book.lots[thing], at=at, now=now)
        else:
            changed = _expire(book, book.lots[thing], at=at, now=now)
        for lot in changed:
            due = _due(lot)
            if due is not None:
                heapq.heappush(waiting, (max(due[0], at), *due[1:]))


def release_parts(book: Book, hold: Hold, *, at: datetime, now: datetime, reason: str, kept: int = 0) -> Sequence[Lot]:
    """Give what a hold took back to its lots, but for `kept`, which is what it would have taken alone."""
    lots = sorted(book.read_lots(hold.parts), key=lambda lot: lot.turn)
    parts: dict[uuid.UUID, int] = {}
    for lot in lots:
        stays = min(kept, -hold.parts[lot.id])
        kept -= stays
        if -hold.parts[lot.id] > stays:
            parts[lot.id] = -hold.parts[lot.id] - stays
    hold.state = HoldState.RELEASED
    if parts:
        done = book.post(
            EntryKind.HOLD_RELEASED,
            sum(parts.values()),
            source=f"hold:{hold.id}",
            reason=reason,
            about=hold.id,
            parts=parts,
            at=at,
            now=now,
        )
        return recall_points(book, parts, cause=done, now=now)
    return []


def activate_lot(book: Book, lot: Lot, *, at: datetime, now: datetime, reason: str = "waited") -> Sequence[Lot]:
    """Points that waited can be spent from now on, and last from now on."""
    lot.state, lot.activates_at = LotState.ACTIVE, at
    lot.expires_at = durations.end(lot.lasts or durations.UNLIMITED, since=at, zone=book.zone)
    done = book.post(
        EntryKind.PENDING_ACTIVATED, lot.remaining, source=f"lot:{lot.id}", reason=reason, about=lot.id, at=at, now=now
    )
    repay_debts(book, [lot], cause=done, now=now)
    return [lot]


def _expire(book: Book, lot: Lot, *, at: datetime, now: datetime) -> Sequence[Lot]:
    if lot.remaining > 0:
        source = f"lot:{lot.id}:{book.sequence + 1}"  # points that come back to a lot after its end expire once more
        parts = {lot.id: -lot.remaining}
        book.post(
            EntryKind.EXPIRED, lot.remaining, source=source, reason="expired", about=lot.id, parts=parts, at=at, now=now
        )
    return []


def _due(lot: Lot) -> Due | None:
    """What a lot does next by itself."""
    if lot.state == LotState.PENDING and lot.activates_at is not None:
        return lot.activates_at, BEGINS, lot.earned_at, lot.id
    if lot.state == LotState.ACTIVE and lot.remaining > 0 and lot.expires_at is not None:
        return lot.expires_at, EXPIRES, lot.earned_at, lot.id
    return None
