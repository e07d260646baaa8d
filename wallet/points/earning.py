"""Points come in: at once, after a time, or when somebody says so."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wallet.ledger import durations, merged_ledgers, settlement
from wallet.ledger.awaited.debts import repay_debts
from wallet.ledger.book import Book, Lot
from wallet.ledger.book_store import Done, post_once, posted_by, save_book
from wallet.ledger.errors import MoreThanMoved, MovementUnknown, PointsNotPending, SourceReused
from wallet.ledger.hash_chain import Movement, NewLot
from wallet.ledger.models import EntryKind, LotState
from wallet.ledger.settlement import settled_book

EARNS = (EntryKind.EARNED, EntryKind.PENDING_ADDED)


@dataclass(frozen=True, slots=True)
class Credit:
    """Points to give, as a lot of their own. The fields are those of `earn_points`."""

    points: int
    source: str
    reason: str
    facts: Mapping[str, Any] | None = None
    earned_at: datetime | None = None
    waits: str | None = None
    lasts: str | None = None


def earn_points(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    points: int,
    source: str,
    reason: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    earned_at: datetime | None = None,
    waits: str | None = None,
    lasts: str | None = None,
) -> Done:
    """Give a member points, as a lot of its own. The same source twice is one effect.

    `waits` and `lasts` are durations (`points.timing`), those of the currency unless given. `earned_at` is in the past
    for what arrives late, or was earned elsewhere: then the points are as old as that.
    Raises `PointsUnknown`, `SourceReused`.
    """
    wanted = Credit(points, source, reason, facts, earned_at, waits, lasts)
    (done,) = earn_credits(member_id=member_id, currency_id=currency_id, credits=[wanted], now=now)
    return done


def earn_credits(
    *, member_id: uuid.UUID, currency_id: uuid.UUID, credits: Sequence[Credit], now: datetime
) -> Sequence[Done]:
    """Give a member many credits at once: one lock, one look, one write. What each did is in the order asked.

    It is as if they came one after the other, but for the order in which what is due at the same time is written.
    Raises `PointsUnknown`, `SourceReused`; then nothing is given.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    known = posted_by(book, EARNS, [wanted.source for wanted in credits])
    done: list[tuple[Sequence[Movement], bool]] = []
    for wanted in credits:
        before = known.get(wanted.source)
        if before and sum(movement.amount for movement in before) != wanted.points:
            raise SourceReused
        made = before or [_earn(book, wanted, now=now)]
        known[wanted.source] = made
        done.append((made, before is not None))
    settlement.post_due(book, now=now)
    save_book(book, now=now)
    return [Done(movements, book.available, again) for movements, again in done]


def post_credits(book: Book, credits: Sequence[Credit], *, now: datetime) -> list[Movement]:
    """Give points in a book that is open, settled and not saved yet, from sources that gave nothing before."""
    made = [_earn(book, wanted, now=now) for wanted in credits]
    settlement.post_due(book, now=now)
    return made


def _earn(book: Book, wanted: Credit, *, now: datetime) -> Movement:
    at = min(wanted.earned_at or now, now)
    begins = durations.activation(wanted.waits or book.waits, since=at, zone=book.zone)
    kind = EntryKind.EARNED if begins is not None and begins <= at else EntryKind.PENDING_ADDED
    return post_credit(
        book,
        kind,
        wanted.points,
        source=wanted.source,
        reason=wanted.reason,
        facts=wanted.facts,
        at=at,
        begins=begins,
        lasts=wanted.lasts or book.lasts,
        now=now,
    )


def post_credit(
    book: Book,
    kind: EntryKind,
    points: int,
    *,
    source: str,
    reason: str,
    facts: Mapping[str, Any] | None,
    at: datetime,
    begins: datetime | None,
    lasts: str,
    now: datetime,
) -> Movement:
    """Post a credit with its lot, and repay a debt from it. What is over already waits for `settlement.post_due`."""
    active = kind is not EntryKind.PENDING_ADDED
    made = book.post(
        kind, points, source=source, reason=reason, facts=facts, at=at, lot=NewLot(points, at, lasts), now=now
    )
    lot = book.lots[made.id] = Lot(
        id=made.id,
        earned_at=at,
        remaining=points,
        state=LotState.ACTIVE if active else LotState.PENDING,
        activates_at=begins,
        # Validity counts from activation. Where that is known already, so is the end.
        expires_at=None if begins is None else durations.end(lasts, since=begins, zone=book.zone),
        lasts=lasts,
        new=True,
    )
    if active:
        repay_debts(book, [lot], cause=made, now=now)
    return made


def activate_credit(
    *, member_id: uuid.UUID, currency_id: uuid.UUID, earn_id: uuid.UUID, reason: str, now: datetime
) -> Done:
    """Points that wait can be spent from now on. Twice is once.

    Raises `PointsUnknown`, `MovementUnknown`, `PointsNotPending` when they were cancelled.
    """
    whose = {"member_id": member_id, "currency_id": currency_id}
    book = settled_book(**whose, now=now)
    lot = lot_made_by(book, earn_id)
    known = _activated(book, lot.id)
    if not known and lot.id != earn_id:
        known = _activated(book, *merged_ledgers.lots_before(**whose, earn_id=earn_id))
    if not known and lot.state != LotState.PENDING:
        # Settled just now, or never pending.
        if not any(one.kind == EntryKind.PENDING_ACTIVATED and one.about_id == lot.id for one in book.made):
            raise PointsNotPending
    elif not known:
        settlement.activate_lot(book, lot, at=now, now=now, reason=reason)
        settlement.post_due(book, now=now)
    save_book(book, now=now)
    made = [one for one in book.made if one.kind == EntryKind.PENDING_ACTIVATED]
    return Done(known or made, book.available, again=bool(known))


def _activated(book: Book, *lot_ids: uuid.UUID) -> list[Movement]:
    """That one of these lots became active before."""
    found = posted_by(book, (EntryKind.PENDING_ACTIVATED,), [f"lot:{lot_id}" for lot_id in lot_ids])
    return [one for movements in found.values() for one in movements]


def cancel_pending(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    earn_id: uuid.UUID,
    source: str,
    reason: str,
    now: datetime,
    points: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Done:
    """Take points back before they can be spent: all of them, or so many. The same source twice is one effect.

    Raises `PointsUnknown`, `MovementUnknown`, `PointsNotPending`, `MoreThanMoved`, `SourceReused`.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)

    def act() -> None:
        lot = lot_made_by(book, earn_id)
        if lot.state != LotState.PENDING:
            raise PointsNotPending
        said: dict[str, Any] = {"source": source, "reason": reason, "facts": facts, "now": now}
        cancel_credit(book, lot, points or lot.remaining, **said, about=earn_id)

    return post_once(book, (EntryKind.PENDING_CANCELLED,), source, act, now=now, expecting=points)


def cancel_credit(
    book: Book,
    lot: Lot,
    points: int,
    *,
    source: str,
    reason: str,
    facts: Mapping[str, Any] | None,
    now: datetime,
    about: uuid.UUID | None = None,
) -> None:
    """Post that so many points of a pending lot will never be active; `about` is the earn, if it is not the lot's own
    (it was made in another ledger). Raises `MoreThanMoved`."""
    if points > lot.remaining:
        raise MoreThanMoved(most=lot.remaining)
    book.post(
        EntryKind.PENDING_CANCELLED,
        points,
        source=source,
        reason=reason,
        facts=facts,
        about=about or lot.id,
        parts={lot.id: -points},
        now=now,
    )
    if lot.remaining == 0:
        lot.state = LotState.CANCELLED


def lot_made_by(book: Book, entry_id: uuid.UUID) -> Lot:
    """The lot of this credit, or what came of it by a merge.

    Raises `MovementUnknown`, also for one of another currency; `PointsNotPending` when nothing came of it.
    """
    try:
        (lot,) = book.read_lots([entry_id])
    except KeyError:
        whose = {"member_id": book.member_id, "currency_id": book.currency_id}
        came = merged_ledgers.lots_of(**whose, earn_id=entry_id) if book.continues else None
        if came is None:
            raise MovementUnknown from None
        if not came:
            raise PointsNotPending from None
        lots = book.read_lots(came)
        return next((lot for lot in lots if lot.state == LotState.PENDING), lots[0])
    return lot
