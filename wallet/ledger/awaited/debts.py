"""What a member owes is repaid by the next points, which stand in for those of an earn that came back."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from app.sql import db
from wallet.ledger.awaited import queries
from wallet.ledger.book import Book, Lot, portion
from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import EntryKind

DEBT = "debt"


def repay_debts(book: Book, lots: Iterable[Lot], *, cause: Movement, now: datetime) -> None:
    """Points that have just come pay what is owed first, from their own lots: the oldest debt before the others."""
    if book.debt:
        usable = [lot for lot in lots if lot.usable(cause.occurred_at)]
        _pay(book, usable, source=f"entry:{cause.id}", about=cause.id, at=cause.occurred_at, now=now)


def settle_debts(book: Book, *, now: datetime) -> None:
    """What is there pays what is owed, each lot in its turn: the oldest debt before the others."""
    points = min(book.debt, book.available)
    if points:
        lots = [book.lots[lot_id] for lot_id in book.take(points, now=now)]
        _pay(book, lots, source=f"debt:{book.sequence + 1}", about=None, at=now, now=now)


def repay_debt(book: Book, about: uuid.UUID, parts: dict[uuid.UUID, int], *, cause: Movement, now: datetime) -> None:
    """Repay what is owed of an earn that came back, from these parts of lots."""
    source = f"entry:{cause.id}:{book.sequence + 1}"
    _post(book, parts, source=source, reason=queries.DEBT_OF_RETURN, about=about, at=cause.occurred_at, now=now)


def owed_by_earn(book: Book) -> dict[uuid.UUID, int]:
    """How many points are owed of which earn that came back, the oldest first.

    What is owed for other reasons, or of earns that nobody wrote down, is repaid before them, as the older.
    """
    left = book.debt
    if not left:
        return {}
    changes = [(row.about_id, int(row.points)) for row in db.rows(queries.owed(book.member_id, book.currency_id))]
    changes += [
        (one.about_id, one.amount if one.kind in queries.OWES else -one.amount)
        for one in book.made
        if queries.is_owed_of_earn(one) and one.about_id
    ]
    found: dict[uuid.UUID, int] = {}
    for about, points in changes:
        points += found.get(about, 0)
        found[about] = points
        if not points:  # what is owed of it later is another debt, and in another ledger stands there as one
            del found[about]
    newest: dict[uuid.UUID, int] = {}
    for about, points in reversed(found.items()):
        if points > 0 and left:
            newest[about] = min(points, left)
            left -= newest[about]
    return dict(reversed(newest.items()))


def _pay(book: Book, lots: Sequence[Lot], *, source: str, about: uuid.UUID | None, at: datetime, now: datetime) -> None:
    owed = owed_by_earn(book)
    parts = portion(lots, most=book.debt - sum(owed.values()))
    if parts:
        _post(book, parts, source=source, reason=DEBT, about=about, at=at, now=now)
    for earn_id, points in owed.items():
        parts = portion(lots, most=points)
        if parts:
            each = f"{source}:{book.sequence + 1}"
            _post(book, parts, source=each, reason=queries.DEBT_OF_RETURN, about=earn_id, at=at, now=now)


def _post(
    book: Book,
    parts: dict[uuid.UUID, int],
    *,
    source: str,
    reason: str,
    about: uuid.UUID | None,
    at: datetime,
    now: datetime,
) -> None:
    book.post(
        EntryKind.DEBT_REPAID,
        -sum(parts.values()),
        source=source,
        reason=reason,
        about=about,
        parts=parts,
        at=at,
        now=now,
    )
