"""Open a member's book under its lock, and write down what was posted in it."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app import db
from wallet.points import queries
from wallet.points.booking import Book, Hold, Lot, book_of
from wallet.points.chaining import Movement
from wallet.points.errors import PointsUnknown, SourceReused
from wallet.points.models import (
    Account,
    HoldState,
    Kind,
    LotState,
    PointsAllocation,
    PointsBalance,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsLotState,
)

ENTRY, LOT, ALLOCATION, STATE, HOLD, BALANCE = (
    cast(Table, model.__table__)
    for model in (PointsEntry, PointsLot, PointsAllocation, PointsLotState, PointsHold, PointsBalance)
)
COLUMNS = tuple(column.name for column in ENTRY.columns)


class Done(NamedTuple):
    """What a verb did: its movements, the first of which names the act, and what is available then.

    `again` is true when the same source had done it before: then nothing was done now.
    """

    movements: Sequence[Movement]
    available: int
    again: bool = False

    @property
    def id(self) -> uuid.UUID:
        return self.movements[0].id

    def points(self, *kinds: Kind) -> int:
        """How many points moved in these ways."""
        return sum(movement.amount for movement in self.movements if movement.kind in kinds)


def open_book(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> Book:
    """The book, with its row locked; a new member's is made. Raises `PointsUnknown` for an unknown currency."""
    question = queries.balance_to_change(member_id, currency_id)
    rows = db.rows(question)
    if not rows:
        db.execute(queries.balance_to_open(member_id, currency_id, now=now))
        rows = db.rows(question)
    if not rows:
        raise PointsUnknown
    return book_of(rows[0])


def posted(book: Book, kinds: Sequence[Kind], source: str, *, expecting: int | None = None) -> list[Movement]:
    """What this source did already. Raises `SourceReused` when that was another number of points than expected."""
    found = [movement_of(row) for row in db.rows(queries.from_source(book.member_id, book.currency_id, kinds, source))]
    if found and expecting is not None and sum(movement.amount for movement in found) != expecting:
        raise SourceReused
    return found


def movement_of(row: Any) -> Movement:
    """The movement of a row of entries, without its lot and parts."""
    fields = row._mapping
    return Movement(**{name: fields[name] for name in Movement.__dataclass_fields__ if name in fields})


def save(*books: Book, now: datetime) -> None:
    """Write what was posted, and what it comes to."""
    made = [movement for book in books for movement in book.made]
    if made:
        write_entries(made)
        touched = {lot_id for movement in made for lot_id in movement.parts}
        touched |= {one.about_id for one in made if one.kind == Kind.PENDING_ACTIVATED and one.about_id}
        _write_lots([(book, lot) for book in books for lot in book.lots.values()], touched)
        _write_holds([(book, hold) for book in books for hold in book.holds.values()])
    # Where something was thought to be due and nothing was (the lot had been spent), it is due later, or never.
    changed = [book for book in books if book.made or _late(book, now)]
    if changed:
        _write_balances(changed, now=now)


def write_entries(made: Sequence[Movement]) -> None:
    """Add these movements with their lots and allocations."""
    db.execute(insert(ENTRY), [{name: getattr(one, name) for name in COLUMNS} for one in made])
    lots = [
        {"member_id": one.member_id, "entry_id": one.id, "brand_id": one.brand_id, **vars(one.lot)}
        for one in made
        if one.lot
    ]
    parts = [
        {"member_id": one.member_id, "entry_id": one.id, "lot_id": lot_id, "brand_id": one.brand_id, "amount": amount}
        for one in made
        for lot_id, amount in one.parts.items()
    ]
    for table, rows in ((LOT, lots), (ALLOCATION, parts)):
        if rows:
            db.execute(insert(table), rows)


def _write_lots(lots: Iterable[tuple[Book, Lot]], touched: set[uuid.UUID]) -> None:
    rows = [
        {
            "member_id": book.member_id,
            "lot_id": lot.id,
            "currency_id": book.currency_id,
            "brand_id": book.brand_id,
            "earned_at": lot.earned_at,
            "remaining": lot.remaining,
            "state": lot.state,
            "activates_at": lot.activates_at,
            "expires_at": lot.expires_at,
        }
        for book, lot in lots
        if lot.new or lot.id in touched
    ]
    _put(STATE, rows, ("remaining", "state", "activates_at", "expires_at"))


def _write_holds(holds: Iterable[tuple[Book, Hold]]) -> None:
    rows = [
        {
            "member_id": book.member_id,
            "entry_id": hold.id,
            "currency_id": book.currency_id,
            "brand_id": book.brand_id,
            "amount": hold.amount,
            "ends_at": hold.ends_at,
            "state": hold.state,
        }
        for book, hold in holds
        if hold.new or hold.state != HoldState.OPEN
    ]
    _put(HOLD, rows, ("state",))


def _put(table: Table, rows: Sequence[dict[str, Any]], changing: Sequence[str]) -> None:
    """Add these rows, or bring these columns of those that are there up to date."""
    if rows:
        statement = upsert(table)
        fresh = {name: statement.excluded[name] for name in changing}
        keys = [column.name for column in table.primary_key.columns]
        db.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def _write_balances(books: Sequence[Book], *, now: datetime) -> None:
    keys = [(book.member_id, book.currency_id) for book in books if _late(book, now)]
    due = {(row.member_id, row.currency_id): row.due_at for row in db.rows(queries.next_due(keys))} if keys else {}
    rows = []
    for book in books:
        known = due.get((book.member_id, book.currency_id)) if _late(book, now) else book.next_due_at
        rows.append(
            {
                "of_member": book.member_id,
                "of_currency": book.currency_id,
                "available": book.available,
                "pending": book.sums[Account.PENDING],
                "held": book.sums[Account.HELD],
                "debt": book.debt,
                "totals": book.totals,
                "sequence": book.sequence,
                "head": book.head,
                "next_due_at": min(filter(None, (known, *_instants(book))), default=None),
            }
        )
    mine = (BALANCE.c.member_id == bindparam("of_member"), BALANCE.c.currency_id == bindparam("of_currency"))
    db.execute(update(BALANCE).where(*mine), rows)


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
