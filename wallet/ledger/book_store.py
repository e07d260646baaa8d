"""Open a member's book under its lock, and write down what was posted in it."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from wallet.ledger import book_rows, merged_ledgers, queries
from wallet.ledger.book import Book, book_of
from wallet.ledger.errors import PointsUnknown, SourceReused
from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import EntryKind, HoldState, LotState


class Done(NamedTuple):
    """What a verb did: its movements, the first of which names the act, and what is available then.

    `again` is true when the same source had done it before: then nothing was done now. `recalled` are points that were
    given back and taken again, because they had been asked back in vain before.
    """

    movements: Sequence[Movement]
    available: int
    again: bool = False
    recalled: int = 0

    @property
    def id(self) -> uuid.UUID:
        return self.movements[0].id

    def points(self, *kinds: EntryKind) -> int:
        """How many points moved in these ways."""
        return sum(movement.amount for movement in self.movements if movement.kind in kinds)


def open_book(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> Book:
    """The book, with its row locked; a new member's is made. Raises `PointsUnknown` for an unknown currency."""
    whose = {"member": member_id, "currency": currency_id}
    row = db.send_statement(queries.BALANCE_TO_CHANGE, whose).one_or_none()
    if row is None:
        db.execute(queries.balance_to_open(member_id, currency_id, now=now))
        row = db.send_statement(queries.BALANCE_TO_CHANGE, whose).one_or_none()
    if row is None:
        raise PointsUnknown
    return book_of(row)


def open_books(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, currencies: Iterable[uuid.UUID], now: datetime
) -> dict[uuid.UUID, Book]:
    """Every book of a member with a brand by currency, its row locked; of these currencies a new member's is made.

    Raises `PointsUnknown` for an unknown currency.
    """
    rows = db.send_statement(queries.BALANCES_TO_CHANGE, {"member": member_id, "brand": brand_id})
    books = {row.currency_id: book_of(row) for row in rows}
    for currency_id in sorted(set(currencies) - books.keys()):
        books[currency_id] = open_book(member_id=member_id, currency_id=currency_id, now=now)
    return books


def posted(book: Book, kinds: Sequence[EntryKind], source: str, *, expecting: int | None = None) -> list[Movement]:
    """What this source did already. Raises `SourceReused` when that was another number of points than expected."""
    found = posted_by(book, kinds, [source]).get(source, [])
    if found and expecting is not None and sum(movement.amount for movement in found) != expecting:
        raise SourceReused
    return found


def post_once(
    book: Book,
    kinds: Sequence[EntryKind],
    source: str,
    act: Callable[[], object],
    *,
    now: datetime,
    expecting: int | None = None,
) -> Done:
    """Let `act` post movements of these kinds in a settled book, unless this source did it before; write the book.

    Raises `SourceReused` when that was another number of points than expected, and whatever the act raises.
    """
    known = posted(book, kinds, source, expecting=expecting)
    if not known:
        act()
    save_book(book, now=now)
    return Done(known or [one for one in book.made if one.kind in kinds], book.available, again=bool(known))


def posted_by(book: Book, kinds: Sequence[EntryKind], sources: Sequence[str]) -> dict[str, list[Movement]]:
    """What each of these sources did already; those that did nothing are left out."""
    asked = {"member": book.member_id, "currency": book.currency_id, "kinds": list(kinds), "sources": list(sources)}
    found: dict[str, list[Movement]] = {}
    rows = list(db.send_statement(queries.FROM_SOURCES, asked))
    if book.continues and len({row.source for row in rows}) < len(set(sources)):
        rows += merged_ledgers.posted_before(book.member_id, asked)
    for row in rows:
        found.setdefault(row.source, []).append(movement_of(row))
    return found


def movement_of(row: Any) -> Movement:
    """The movement of a row of entries, without its lot and parts."""
    fields = row._asdict()
    return Movement(**{name: fields[name] for name in Movement.__dataclass_fields__ if name in fields})


def save_book(*books: Book, now: datetime) -> None:
    """Write what was posted, and what it comes to."""
    # Where something was thought to be due and nothing was (the lot had been spent), it is due later, or never.
    changed = [book for book in books if book.made or _late(book, now)]
    late = [(book.member_id, book.currency_id) for book in changed if _late(book, now)]
    if not late:
        book_rows.write_books(changed, balances=[_balance(book, book.next_due_at) for book in changed])
        return
    # What is due next is asked of the rows once they are written.
    book_rows.write_books(changed, balances=[])
    due = {(row.member_id, row.currency_id): row.due_at for row in db.rows(queries.next_due(late))}
    known = [due.get((b.member_id, b.currency_id)) if _late(b, now) else b.next_due_at for b in changed]
    book_rows.write_balances([_balance(book, at) for book, at in zip(changed, known, strict=True)])


def _balance(book: Book, known: datetime | None) -> dict[str, Any]:
    return book_rows.balance_row(book, next_due_at=min(filter(None, (known, *_instants(book))), default=None))


def _late(book: Book, now: datetime) -> bool:
    return book.next_due_at is not None and book.next_due_at <= now


def _instants(book: Book) -> Iterable[datetime | None]:
    """When something of what this time knows happens by itself."""
    for lot in book.lots.values():
        if lot.remaining > 0:
            yield lot.activates_at if lot.state == LotState.PENDING else lot.expires_at
    for hold in book.holds.values():
        if hold.state == HoldState.OPEN:
            yield hold.ends_at
