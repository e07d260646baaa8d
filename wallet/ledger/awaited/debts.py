"""What a member owes is repaid by the next points, which stand in for those of an earn that came back."""

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from app.sql import db
from wallet.ledger.awaited import queries
from wallet.ledger.book import Book, Lot, portion
from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import EntryKind

DEBT = "debt"


def repay_debts(book: Book, lots: Iterable[Lot], *, cause: Movement, now: datetime) -> None:
    """Points that have just come pay what is owed first, from their own lots: the oldest debt before the others."""
    if not book.debt:
        return
    usable = [lot for lot in lots if lot.usable(cause.occurred_at)]
    owed = owed_by_earn(book)
    parts = portion(usable, most=book.debt - sum(owed.values()))
    if parts:
        _post(book, parts, source=f"entry:{cause.id}", reason=DEBT, about=cause.id, cause=cause, now=now)
    for about, points in owed.items():
        parts = portion(usable, most=points)
        if parts:
            repay_debt(book, about, parts, cause=cause, now=now)


def repay_debt(book: Book, about: uuid.UUID, parts: dict[uuid.UUID, int], *, cause: Movement, now: datetime) -> None:
    """Repay what is owed of an earn that came back, from these parts of lots."""
    source = f"entry:{cause.id}:{book.sequence + 1}"
    _post(book, parts, source=source, reason=queries.DEBT_OF_RETURN, about=about, cause=cause, now=now)


def owed_by_earn(book: Book) -> dict[uuid.UUID, int]:
    """How many points are owed of which earn that came back, the oldest first.

    What is owed for other reasons, or came from another ledger, is repaid before them, as the older.
    """
    left = book.debt
    if not left:
        return {}
    found: Counter[uuid.UUID] = Counter()
    for row in db.rows(queries.owed(book.member_id, book.currency_id)):
        found[row.about_id] += int(row.points)
    for one in book.made:
        if one.kind == EntryKind.RETURNED_OWED and one.about_id:
            found[one.about_id] += one.amount
        elif one.reason == queries.DEBT_OF_RETURN and one.about_id:
            found[one.about_id] -= one.amount
    newest: dict[uuid.UUID, int] = {}
    for about, points in reversed(found.items()):
        if points > 0 and left:
            newest[about] = min(points, left)
            left -= newest[about]
    return dict(reversed(newest.items()))


def _post(
    book: Book,
    parts: dict[uuid.UUID, int],
    *,
    source: str,
    reason: str,
    about: uuid.UUID,
    cause: Movement,
    now: datetime,
) -> None:
    book.post(
        EntryKind.DEBT_REPAID,
        -sum(parts.values()),
        source=source,
        reason=reason,
        about=about,
        parts=parts,
        at=cause.occurred_at,
        now=now,
    )
