"""What was done is undone: a spend is given back, an earn is taken back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from app.sql import db
from wallet.ledger import merged_ledgers, queries, settlement
from wallet.ledger.awaited.recall import recall_points, recalled_since
from wallet.ledger.book import Book, Lot
from wallet.ledger.book_store import Done, movement_of, post_once, posted, save_book
from wallet.ledger.errors import DebtNotAllowed, MoreThanMoved, MovementUnknown
from wallet.ledger.hash_chain import Movement
from wallet.ledger.merged_ledgers import Trail, TrailStep
from wallet.ledger.models import EntryKind, LotState
from wallet.ledger.settlement import settled_book
from wallet.points import earning, on_merge
from wallet.points.demands import await_points

TAKEN_BACK = (EntryKind.PENDING_CANCELLED, EntryKind.RETURNED, EntryKind.RETURNED_OWED)

ASKED_BACK = (*TAKEN_BACK, EntryKind.RETURN_AWAITED)
"""With what was not there, and is taken when it comes back."""

ASKED_BACK_ONCE = (*ASKED_BACK, EntryKind.AWAITED_MERGED_IN, EntryKind.AWAITED_MERGED_OUT)
"""With what is awaited in another ledger since, or in this one."""


class Policy(StrEnum):
    """How far an earn is taken back: what still waits; what is there, and the rest when it comes back from what it was
    spent on; or all of it, even if that leaves a debt."""

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"


def give_back_spend(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    spend_id: uuid.UUID,
    source: str,
    reason: str,
    now: datetime,
    points: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Done:
    """Give a spend, or a captured hold, back to the lots that paid it, as old as they were: all of it that was not
    given back yet, or so many points.

    A part goes back to the lots that paid last, so that what stays spent is what a smaller spend would have taken.
    What goes back to a lot whose time is over expires at once; what was asked back in vain before is taken from what
    comes back (`Done.recalled`). The same source twice is one effect.
    Raises `PointsUnknown`, `MovementUnknown`, `MoreThanMoved`, `SourceReused`.
    """
    steps = merged_ledgers.steps_to(member_id=member_id, currency_id=currency_id, entry_id=spend_id)
    if steps:
        said: dict[str, Any] = {"source": source, "reason": reason, "points": points, "facts": facts}
        return _give_back_from(steps, member_id=member_id, currency_id=currency_id, now=now, spend_id=spend_id, **said)
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    act = partial(post_give_back, book, spend_id, points, source=source, reason=reason, facts=facts, now=now)
    done = post_once(book, (EntryKind.REFUNDED,), source, act, now=now, expecting=points)
    return done if done.again else done._replace(recalled=recalled_since(book, done.movements[-1].sequence))


def post_give_back(
    book: Book,
    spend_id: uuid.UUID,
    points: int | None = None,
    *,
    source: str,
    reason: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Movement:
    """Give a spend of this book back in it: it is open, settled and not saved yet, and the source did nothing before.

    Raises `MovementUnknown`, `MoreThanMoved`.
    """
    made = _post_give_back(book, spend_id, points, source=source, reason=reason, facts=facts, now=now)
    settlement.post_due(book, now=now)
    return made


def _post_give_back(
    book: Book,
    spend_id: uuid.UUID,
    points: int | None,
    *,
    source: str,
    reason: str,
    facts: Mapping[str, Any] | None,
    now: datetime,
) -> Movement:
    """Give a spend of this book back in it, where what is past its time does not expire yet."""
    spend = _movement(book, spend_id, EntryKind.SPENT, EntryKind.HOLD_CAPTURED)
    roots = (spend.id, spend.about_id) if spend.about_id else (spend.id,)
    parts_left = db.rows(queries.parts_of(book.member_id, queries.family(book.member_id, *roots)))
    taken = {lot_id: int(points_left) for lot_id, points_left in parts_left}
    most = sum(taken.values())
    wanted = most if points is None else points
    if not 0 < wanted <= most:
        raise MoreThanMoved(most=most)
    lots = sorted(book.read_lots(taken), key=lambda lot: lot.turn, reverse=True)
    parts = _shares(lots, taken, wanted)
    made = book.post(
        EntryKind.REFUNDED, wanted, source=source, reason=reason, facts=facts, about=spend.id, parts=parts, now=now
    )
    recall_points(book, parts, cause=made, now=now)
    return made


def take_back_earn(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    earn_id: uuid.UUID,
    source: str,
    reason: str,
    policy: Policy,
    now: datetime,
    points: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Done:
    """Take an earn back as far as the policy goes: all of it that was not taken back yet, or so many points.

    First from its own lot, then from the others in their turn. What of it has expired is gone already, and is not taken
    a second time from points that are still good. What is not there within the balance is taken when it comes back.
    The same source twice is one effect; `Done.points(…)` says how many points went in which way, and no movement that
    there was nothing to take.
    Raises `PointsUnknown`, `MovementUnknown`, `MoreThanMoved`; `DebtNotAllowed` when a debt would arise in a currency
    that may not go negative.
    """
    whose = {"member_id": member_id, "currency_id": currency_id}
    steps = merged_ledgers.steps_to(**whose, entry_id=earn_id)
    book = settled_book(**whose, now=now)

    def act() -> None:
        trail = merged_ledgers.trail_of(steps, **whose, entry_id=earn_id, back=ASKED_BACK_ONCE) if steps else None
        said: dict[str, Any] = {"source": source, "reason": reason, "facts": facts, "now": now}
        _take_back(book, trail or _own(book, earn_id), points, policy, said)

    return post_once(book, ASKED_BACK, source, act, now=now)


def post_take_back(
    book: Book,
    earn_id: uuid.UUID,
    points: int | None = None,
    *,
    source: str,
    reason: str,
    policy: Policy,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Sequence[Movement]:
    """Take an earn of this book back in it: it is open, settled and not saved yet, and the source did nothing before.

    Raises `MovementUnknown`, `MoreThanMoved`, `DebtNotAllowed`.
    """
    before = len(book.made)
    said: dict[str, Any] = {"source": source, "reason": reason, "facts": facts, "now": now}
    _take_back(book, _own(book, earn_id), points, policy, said)
    return [one for one in book.made[before:] if one.kind in TAKEN_BACK]


def _take_back(book: Book, earn: Trail, points: int | None, policy: Policy, said: dict[str, Any]) -> None:
    earlier = (lot_id for _, lots in earn.earlier for lot_id in lots)
    asked = queries.about(book.member_id, [earn.entry.id, *earn.lots, *earlier], ASKED_BACK_ONCE)
    before = earn.taken_back + int(db.all_of(asked)[0])
    most = earn.entry.amount - before
    wanted = most if points is None else points
    if wanted > most:
        raise MoreThanMoved(most=most)
    lots = book.read_lots(earn.lots)
    waiting = [lot for lot in lots if lot.state == LotState.PENDING]
    if waiting:
        share = min(wanted, waiting[0].remaining)
        if share:
            earning.cancel_credit(book, waiting[0], share, **said, about=earn.entry.id)
        return
    if policy is Policy.ONLY_PENDING:
        return
    expired = earn.expired + sum(int(db.all_of(queries.expired_of(book.member_id, lot.id))[0]) for lot in lots)
    expired += sum(one.amount for one in book.made if one.kind == EntryKind.EXPIRED and one.about_id in earn.lots)
    wanted = min(wanted, max(most - expired, 0))
    now_there = min(wanted, book.available)
    if now_there:
        parts = book.take(now_there, now=said["now"], first=earn.lots)
        book.post(EntryKind.RETURNED, now_there, about=earn.entry.id, parts=parts, **said)
    if policy is Policy.UNLIMITED and wanted > now_there:
        if not book.may_go_negative:
            raise DebtNotAllowed
        book.post(EntryKind.RETURNED_OWED, wanted - now_there, about=earn.entry.id, **said)
    elif wanted > now_there:
        await_points(book, earn, wanted - now_there, said)


def _own(book: Book, earn_id: uuid.UUID) -> Trail:
    """An earn of the book's own. Raises `MovementUnknown`."""
    earn = _movement(book, earn_id, *earning.EARNS)
    return Trail(earn, [earning.lot_made_by(book, earn.id).id], expired=0, taken_back=0)


def _give_back_from(
    steps: Sequence[TrailStep],
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    spend_id: uuid.UUID,
    points: int | None,
    source: str,
    now: datetime,
    **said: Any,
) -> Done:
    """To the lots of the ledger that paid, and from there on to the member's, as old as they were. What is past its
    time goes there too and expires there: what stood in for it may stand there."""
    with db.system():
        ways = [*(step.member_id for step in steps), member_id]
        books = [settled_book(member_id=one, currency_id=currency_id, now=now) for one in reversed(ways)][::-1]
        paid, own = books[0], books[-1]
        made = posted(paid, (EntryKind.REFUNDED,), source, expecting=points)
        again, recalled = bool(made), 0
        if not again:
            made = [_post_give_back(paid, spend_id, points, source=source, now=now, **said)]
            recalled = recalled_since(paid, made[0].sequence)
            recalled += on_merge.carry_points_back(steps, books, since=made[0].sequence, now=now)
            settlement.post_due(own, now=now)
        save_book(*books, now=now)
    return Done(made, own.available, again, recalled)


def _movement(book: Book, entry_id: uuid.UUID, *kinds: EntryKind) -> Movement:
    """An entry of one of these kinds. Raises `MovementUnknown`."""
    rows = db.rows(queries.entry(book.member_id, book.currency_id, entry_id))
    if not rows or rows[0].kind not in kinds:
        raise MovementUnknown
    return movement_of(rows[0])


def _shares(lots: list[Lot], taken: Mapping[uuid.UUID, int], wanted: int) -> dict[uuid.UUID, int]:
    """How `wanted` points are divided over these lots in their order, each getting at most what it gave."""
    parts: dict[uuid.UUID, int] = {}
    for lot in lots:
        share = min(taken[lot.id], wanted)
        if share:
            parts[lot.id] = share
            wanted -= share
    return parts
