"""Points go out: spent at once, or held for a while and then captured or released."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from app.sql import db
from wallet.ledger import merged_ledgers, queries, settlement
from wallet.ledger.book import Book, Hold, lot_of
from wallet.ledger.book_store import Done, post_once, posted, save_book
from wallet.ledger.errors import HoldOver, MoreThanMoved, MovementUnknown, below_use
from wallet.ledger.hash_chain import Movement
from wallet.ledger.models import EntryKind, HoldState
from wallet.ledger.settlement import settled_book


def spend_points(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    points: int,
    source: str,
    reason: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Done:
    """Spend points, from the lots that expire soonest. The same source twice is one effect.

    Raises `PointsUnknown`, `NotEnoughPoints`, `CagnotteBelowUse`, `SourceReused`.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    act = partial(post_spend, book, points, source=source, reason=reason, facts=facts, now=now)
    return post_once(book, (EntryKind.SPENT,), source, act, now=now, expecting=points)


def post_spend(
    book: Book, points: int, *, source: str, reason: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> Movement:
    """Spend points in a book that is open, settled and not saved yet, from a source that did nothing before.

    Raises `NotEnoughPoints`, `CagnotteBelowUse`.
    """
    require_usable(book)
    parts = book.take(points, now=now)
    return book.post(EntryKind.SPENT, points, source=source, reason=reason, facts=facts, parts=parts, now=now)


def hold_points(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    points: int,
    source: str,
    reason: str,
    ends_at: datetime,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Done:
    """Put points aside until `ends_at`: nothing else can spend them meanwhile. `source` is the key of the hold.

    Raises `PointsUnknown`, `NotEnoughPoints`, `CagnotteBelowUse`, `SourceReused`.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    act = partial(post_hold, book, points, ends_at=ends_at, source=source, reason=reason, facts=facts, now=now)
    return post_once(book, (EntryKind.HELD,), source, act, now=now, expecting=points)


def post_hold(
    book: Book,
    points: int,
    *,
    source: str,
    reason: str,
    ends_at: datetime,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Movement:
    """Put points aside in a book that is open, settled and not saved yet, by a key that holds nothing yet.

    Raises `NotEnoughPoints`, `CagnotteBelowUse`.
    """
    require_usable(book)
    parts = book.take(points, now=now)
    made = book.post(EntryKind.HELD, points, source=source, reason=reason, facts=facts, parts=parts, now=now)
    book.holds[made.id] = Hold(made.id, points, ends_at, HoldState.OPEN, parts, new=True)
    return made


def require_usable(book: Book) -> None:
    """Refuse to spend of a balance below the threshold of use; of nothing at all `Book.take` says what is missing.

    Raises `CagnotteBelowUse`.
    """
    if book.money is not None and 0 < book.available < book.usable_from:
        raise below_use(book.available, book.usable_from, money=book.money)


def capture_hold(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    hold_id: uuid.UUID,
    source: str,
    reason: str,
    now: datetime,
    points: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Done:
    """Spend what is held: all of it, or so many points, and the rest is free again. A hold is captured once.

    Raises `PointsUnknown`, `MovementUnknown`, `HoldOver`, `MoreThanMoved`, `SourceReused`.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    act = partial(post_capture, book, hold_id, points=points, source=source, reason=reason, facts=facts, now=now)
    return post_once(book, (EntryKind.HOLD_CAPTURED,), source, act, now=now, expecting=points)


def post_capture(
    book: Book,
    hold_id: uuid.UUID,
    *,
    source: str,
    reason: str,
    now: datetime,
    points: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Movement:
    """Spend what is held in a book that is open, settled and not saved yet, from a source that did nothing before.

    Raises `MovementUnknown`, `HoldOver`, `MoreThanMoved`.
    """
    held = open_hold(book, hold_id)
    wanted = held.amount if points is None else points
    if wanted > held.amount:
        raise MoreThanMoved(most=held.amount)
    made = book.post(EntryKind.HOLD_CAPTURED, wanted, source=source, reason=reason, facts=facts, about=hold_id, now=now)
    settlement.release_parts(book, held, at=now, now=now, reason="hold_rest", kept=wanted)
    held.state = HoldState.CAPTURED
    settlement.post_due(book, now=now)
    return made


def release_hold(
    *, member_id: uuid.UUID, currency_id: uuid.UUID, hold_id: uuid.UUID, reason: str, now: datetime
) -> Done:
    """Let go of a hold: its points go back to their lots, as old as they were. Twice is once, also after its end.

    Raises `PointsUnknown`, `MovementUnknown`, `HoldOver` when it was captured.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    known = post_release(book, hold_id, reason=reason, now=now)
    save_book(book, now=now)
    made = [one for one in book.made if one.kind == EntryKind.HOLD_RELEASED and one.source == f"hold:{hold_id}"]
    return Done(known or made, book.available, again=bool(known))


def post_release(book: Book, hold_id: uuid.UUID, *, reason: str, now: datetime) -> list[Movement]:
    """Let go of a hold in a book that is open, settled and not saved yet; what had done that before, if anything.

    Raises `MovementUnknown`, `HoldOver` when it was captured.
    """
    source = f"hold:{hold_id}"
    known = posted(book, (EntryKind.HOLD_RELEASED,), source) if _captured(book, hold_id) is None else []
    known = known or [one for one in book.made if one.kind == EntryKind.HOLD_RELEASED and one.source == source]
    if not known:
        held = open_hold(book, hold_id)
        settlement.release_parts(book, held, at=now, now=now, reason=reason)
        settlement.post_due(book, now=now)
    return known


def _captured(book: Book, hold_id: uuid.UUID) -> HoldState | None:
    """That a hold was captured, perhaps with a rest that was released."""
    rows = db.rows(queries.hold_of_entry(book.member_id, book.currency_id, hold_id))
    return HoldState.CAPTURED if rows and rows[0].state == HoldState.CAPTURED else None


def open_hold(book: Book, hold_id: uuid.UUID) -> Hold:
    """A hold that still holds, with its parts. Raises `MovementUnknown`, `HoldOver`."""
    rows = db.rows(queries.hold_of_entry(book.member_id, book.currency_id, hold_id))
    if not rows:
        whose = {"member_id": book.member_id, "currency_id": book.currency_id}
        # What somebody held who became part of the member was let go then.
        raise HoldOver if book.continues and merged_ledgers.steps_to(**whose, entry_id=hold_id) else MovementUnknown
    ended_just_now = hold_id in book.holds and book.holds[hold_id].state != HoldState.OPEN
    if rows[0].state != HoldState.OPEN or ended_just_now:
        raise HoldOver
    found = Hold(hold_id, rows[0].amount, rows[0].ends_at, rows[0].state)
    for row in db.rows(queries.parts_with_lots([(book.member_id, hold_id)])):
        book.lots.setdefault(row.lot_id, lot_of(row))
        found.parts[row.lot_id] = row.part
    book.holds[hold_id] = found
    return found
