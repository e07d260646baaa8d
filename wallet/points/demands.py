"""What is asked back and is not there is written down, by the lot to which it may come back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.sql import db
from wallet.ledger.awaited import queries
from wallet.ledger.awaited.recall import awaited_by_lot, recall_points
from wallet.ledger.book import Book, Lot
from wallet.ledger.book_store import save_book
from wallet.ledger.hash_chain import Movement
from wallet.ledger.merged_ledgers import Trail
from wallet.ledger.models import EntryKind
from wallet.ledger.settlement import settled_book

Said = Mapping[str, Any]
"""`source`, `reason`, `facts` and `now` of what asks."""


def await_points(book: Book, earn: Trail, points: int, said: Said) -> None:
    """Write down that so many points of an earn were asked back in vain.

    Of each lot that came of it is awaited what of it is spent or held: of those of the book first, then of those of the
    ledgers that go on in it. What has gone in no such way (another lot's points were asked back, and these were taken)
    is awaited of the earn: of all that comes of it still, since those may be put back to an earlier ledger and brought
    from there. What has come back to an earlier ledger, and was not brought yet, is taken there at once.
    """
    if not earn.earlier:
        _post(book, next(iter(earn.lots), earn.entry.id), points, said)
        return
    here = _share_out(book, earn.lots, points, now=said["now"])
    left = points - sum(here.values())
    for member_id, lots in reversed(earn.earlier):
        if left:
            left -= _take_there(member_id, book.currency_id, lots, left, said)
        for lot_id, share in _share_out_there(book, member_id, lots, left).items():
            here[lot_id] = share
            left -= share
    if left:
        here[earn.entry.id] = here.get(earn.entry.id, 0) + left
    for lot_id, share in here.items():
        _post(book, lot_id, share, said)


def _take_there(
    member_id: uuid.UUID, currency_id: uuid.UUID, lots: Sequence[uuid.UUID], points: int, said: Said
) -> int:
    """Take what came back to lots of somebody who became part of the member; how many points."""
    now: datetime = said["now"]
    taken = 0
    with db.system():
        book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
        for lot in book.read_lots(lots):
            share = min(points - taken, _there(lot, now=now))
            if share:
                asked = _post(book, lot.id, share, said)
                recall_points(book, {lot.id: share}, cause=asked, now=now)
                taken += share
        save_book(book, now=now)
    return taken


def _share_out_there(
    book: Book, member_id: uuid.UUID, lot_ids: Sequence[uuid.UUID], points: int
) -> dict[uuid.UUID, int]:
    """How many of these points each of these lots of an earlier ledger may still bring back to this book."""
    with db.system():
        out = {row.lot_id: int(row.points) for row in db.rows(queries.given_out(member_id, lot_ids))}
    awaited = awaited_by_lot(book)
    shares = {}
    for lot_id in lot_ids:
        share = min(points, out.get(lot_id, 0) - awaited.get(lot_id, 0))
        if share > 0:
            shares[lot_id] = share
            points -= share
    return shares


def _share_out(book: Book, lot_ids: Sequence[uuid.UUID], points: int, *, now: datetime) -> dict[uuid.UUID, int]:
    """How many of these points each of these lots of the book may still bring back."""
    out = {row.lot_id: int(row.points) for row in db.rows(queries.given_out(book.member_id, lot_ids))}
    awaited = awaited_by_lot(book)
    shares = {}
    for lot in book.read_lots(lot_ids):
        share = min(points, out.get(lot.id, 0) + _there(lot, now=now) - awaited.get(lot.id, 0))
        if share > 0:
            shares[lot.id] = share
            points -= share
    return shares


def _there(lot: Lot, *, now: datetime) -> int:
    """What is in a lot that can be spent."""
    return lot.remaining if lot.usable(now) else 0


def _post(book: Book, lot_id: uuid.UUID, points: int, said: Said) -> Movement:
    """The source stands for itself once; of several lots the others are named with it."""
    known = any(one.kind == EntryKind.RETURN_AWAITED and one.source == said["source"] for one in book.made)
    source = f"{said['source']}:{lot_id}" if known else said["source"]
    return book.post(EntryKind.RETURN_AWAITED, points, about=lot_id, **{**said, "source": source})
