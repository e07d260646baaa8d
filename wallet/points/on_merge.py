"""Points of two wallets that become one: lot by lot, each as old as it is, out of one ledger and into the other.

Every transfer goes over the account `moved`, which over both ledgers comes to nothing: no point is made or lost. What
is put aside is let go first, so that a till which still holds it must ask again. Points that go back return to the
lots they had left; what was spent or has expired meanwhile does not. What is awaited of a lot, or owed of an earn that
came back, goes to the ledger that its points would come to, and back with it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from wallet.ledger import merged_ledgers, queries, settlement
from wallet.ledger.awaited.debts import owed_by_earn, repay_debts, settle_debts
from wallet.ledger.awaited.queries import DEBT_OF_RETURN
from wallet.ledger.awaited.recall import awaited_by_lot, recall_points, recalled_since
from wallet.ledger.book import Book, Lot
from wallet.ledger.book_store import save_book
from wallet.ledger.hash_chain import Movement, NewLot
from wallet.ledger.merged_ledgers import ARRIVED, TrailStep
from wallet.ledger.models import EntryKind, LotState
from wallet.ledger.settlement import settled_book
from wallet.points import queries as point_queries
from wallet.points.spending import open_hold


class Brought(NamedTuple):
    """What came into a ledger."""

    points: int
    debts: int


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every point that the source has, and every debt; how many points of each."""
    brought = [
        bring_points(source_id=source_id, target_id=target_id, merge_id=merge_id, currency_id=currency_id, now=now)
        for currency_id in db.all_of(queries.currencies_held(source_id))
    ]
    return {"points": sum(one.points for one in brought), "debts": sum(one.debts for one in brought)}


def bring_points(
    *, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, currency_id: uuid.UUID, now: datetime
) -> Brought:
    """Bring the points of one currency, lot by lot."""
    points = 0
    source, target = _books(source_id, target_id, currency_id, now=now)
    _let_go(source, now=now)
    debts = _move_debt(source, target, _older_debt(source), merge_id=merge_id, reason="merged", now=now)
    debts += _move_owed(source, target, owed_by_earn(source), merge_id=merge_id, now=now)
    _move_awaited(source, target, awaited_by_lot(source), merge_id=merge_id, reason="merged", now=now)
    for lot in _left(source, now=now):
        came = _bring(lot, source, target, merge_id=merge_id, now=now)
        repay_debts(target, [target.lots[came.id]], cause=came, now=now)
        points += came.amount
    settle_debts(target, now=now)
    settlement.post_due(target, now=now)
    save_book(source, target, now=now)
    if not target.continues:
        db.execute(queries.says_that_it_continues(target_id, currency_id))
    return Brought(points, debts)


def carry_points_back(steps: Sequence[TrailStep], books: Sequence[Book], *, since: int, now: datetime) -> int:
    """Bring what came back to the lots of the first of these open books, since its entry of this number, into the next,
    and on into the last, also what is past its time. What is awaited of it on the way is taken; how many points.
    """
    recalled, lots = 0, _changed(books[0], since=since)
    for step, giver, taker in zip(steps, books, books[1:], strict=False):
        moved = [_bring(lot, giver, taker, merge_id=step.merge_id, now=now) for lot in lots]
        arrived = [one for one in moved if one.kind == EntryKind.MERGED_IN]
        save_book(giver, taker, now=now)  # whoever recalls asks where lots came from
        giver.forget_made()
        taker.forget_made()
        before = taker.sequence
        if arrived:  # all at once: the points of an earn pay what is owed of it before others do
            recall_points(taker, {one.id: one.amount for one in arrived}, cause=arrived[-1], now=now)
        recalled += recalled_since(taker, before)
        came = {one.id: taker.lots[one.id] for one in arrived if taker.lots[one.id].remaining}
        lots = list((came | {lot.id: lot for lot in _changed(taker, since=before)}).values())
    return recalled


def _changed(book: Book, *, since: int) -> list[Lot]:
    """The lots with something left of which entries from this number on took points, or to which they gave some."""
    ids = dict.fromkeys(lot_id for one in book.made if one.sequence >= since for lot_id in one.parts)
    return [book.lots[lot_id] for lot_id in ids if book.lots[lot_id].remaining]


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back what came and is still there; how many points, and how much of the debts."""
    points = debts = 0
    for currency_id in db.all_of(queries.currencies_held(source_id)):
        source, target = _books(source_id, target_id, currency_id, now=now)
        debts += _give_debts_back(source, target, merge_id=merge_id, now=now)
        came = db.rows(_came(merge_id, target, *ARRIVED))
        target.read_lots([entry.id for entry in came])
        source.read_lots([uuid.UUID(entry.facts["lot"]) for entry in came])
        for entry in came:
            points += _give_back(entry, source, target, merge_id=merge_id, now=now)
        back = {lot_id: left for lot_id, left in awaited_by_lot(target).items() if _holds(source, lot_id)}
        _move_awaited(target, source, back, merge_id=merge_id, reason="split", now=now)
        settle_debts(source, now=now)
        settlement.post_due(source, now=now)
        save_book(source, target, now=now)
    return {"points": points, "debts": debts}


def _books(source_id: uuid.UUID, target_id: uuid.UUID, currency_id: uuid.UUID, *, now: datetime) -> tuple[Book, Book]:
    """Both books under their locks: first that of whom the other becomes part of, as everybody takes them who comes
    from a member to those who are part of them."""
    target = settled_book(member_id=target_id, currency_id=currency_id, now=now)
    return settled_book(member_id=source_id, currency_id=currency_id, now=now), target


def _came(merge_id: uuid.UUID, book: Book, *kinds: EntryKind) -> Any:
    return queries.moved_by(merge_id, member_id=book.member_id, currency_id=book.currency_id, kinds=kinds)


def _let_go(book: Book, *, now: datetime) -> None:
    for hold_id in db.all_of(queries.open_holds(book.member_id, book.currency_id)):
        if hold_id not in book.holds:  # its time was over, and it has just ended
            settlement.release_parts(book, open_hold(book, hold_id), at=now, now=now, reason="merged")
    settlement.post_due(book, now=now)


def _left(book: Book, *, now: datetime) -> Sequence[Lot]:
    """The lots of which something is left, also of what has just come back to them."""
    ids = dict.fromkeys((*db.all_of(queries.lots_left(book.member_id, book.currency_id)), *book.lots))
    lots = book.read_lots(ids)
    return [lot for lot in lots if lot.remaining > 0 and (lot.state == LotState.PENDING or lot.usable(now))]


def _bring(lot: Lot, source: Book, target: Book, *, merge_id: uuid.UUID, now: datetime) -> Movement:
    points, waits = lot.remaining, lot.state == LotState.PENDING
    lasts = lot.lasts or _lasts(source, lot)
    out = _take_out(lot, source, merge_id=merge_id, reason="merged", now=now)
    made = target.post(
        EntryKind.PENDING_MERGED_IN if waits else EntryKind.MERGED_IN,
        points,
        source=_source(merge_id, target),
        reason="merged",
        about=out.id,
        facts={"lot": str(lot.id)},
        lot=NewLot(points, lot.earned_at, lasts),
        now=now,
    )
    target.lots[made.id] = Lot(
        id=made.id,
        earned_at=lot.earned_at,
        remaining=points,
        state=LotState.PENDING if waits else LotState.ACTIVE,
        activates_at=lot.activates_at,
        expires_at=lot.expires_at,
        lasts=lasts,
        new=True,
    )
    return made


def _give_back(entry: Any, source: Book, target: Book, *, merge_id: uuid.UUID, now: datetime) -> int:
    """To the lot that they had left, which is as it would be had they stayed there."""
    [there] = target.read_lots([entry.id])
    [home] = source.read_lots([uuid.UUID(entry.facts["lot"])])
    points, waits = there.remaining, there.state == LotState.PENDING
    if not points or not (waits or there.usable(now)):
        return 0
    out = _take_out(there, target, merge_id=merge_id, reason="split", now=now)
    waited = home.state == LotState.CANCELLED
    source.post(
        EntryKind.PENDING_MERGED_BACK if waited else EntryKind.MERGED_BACK,
        points,
        source=_source(merge_id, source),
        reason="split",
        about=out.id,
        parts={home.id: points},
        now=now,
    )
    if waited:
        home.state = LotState.PENDING
    if waited and not waits:  # they became active at the other member's
        settlement.activate_lot(source, home, at=now, now=now)
    home.activates_at, home.expires_at = there.activates_at, there.expires_at
    return points


def _take_out(lot: Lot, book: Book, *, merge_id: uuid.UUID, reason: str, now: datetime) -> Movement:
    waits = lot.state == LotState.PENDING
    points = lot.remaining
    out = book.post(
        EntryKind.PENDING_MERGED_OUT if waits else EntryKind.MERGED_OUT,
        points,
        source=_source(merge_id, book),
        reason=reason,
        about=lot.id,
        parts={lot.id: -points},
        now=now,
    )
    if waits:
        lot.state = LotState.CANCELLED
    return out


def _give_debts_back(source: Book, target: Book, *, merge_id: uuid.UUID, now: datetime) -> int:
    """What is still owed of what came, and of earns of the source that were taken back since; how many points."""
    came = db.rows(_came(merge_id, target, EntryKind.DEBT_MERGED_IN))
    older: int = sum(entry.amount for entry in came if entry.reason != DEBT_OF_RETURN)
    back = {earn_id: points for earn_id, points in owed_by_earn(target).items() if _holds(source, earn_id)}
    points = min(_older_debt(target), older)
    _move_debt(target, source, points, merge_id=merge_id, reason="split", now=now)
    return points + _move_owed(target, source, back, merge_id=merge_id, now=now)


def _older_debt(book: Book) -> int:
    """How much is owed for other reasons than that an earn came back."""
    return book.debt - sum(owed_by_earn(book).values())


def _move_debt(giver: Book, taker: Book, points: int, *, merge_id: uuid.UUID, reason: str, now: datetime) -> int:
    if points:
        said: dict[str, Any] = {"reason": reason, "now": now}
        out = giver.post(EntryKind.DEBT_MERGED_OUT, points, source=_source(merge_id, giver), **said)
        taker.post(EntryKind.DEBT_MERGED_IN, points, source=_source(merge_id, taker), about=out.id, **said)
    return points


def _move_owed(giver: Book, taker: Book, owed: Mapping[uuid.UUID, int], *, merge_id: uuid.UUID, now: datetime) -> int:
    """Whose reason tells them from a debt of which nobody knows the earn: that one is about where it came from."""
    for earn_id, points in owed.items():
        said: dict[str, Any] = {"about": earn_id, "reason": DEBT_OF_RETURN, "now": now}
        giver.post(EntryKind.DEBT_MERGED_OUT, points, source=_source(merge_id, giver), **said)
        taker.post(EntryKind.DEBT_MERGED_IN, points, source=_source(merge_id, taker), **said)
    return sum(owed.values())


def _move_awaited(
    giver: Book, taker: Book, awaited: Mapping[uuid.UUID, int], *, merge_id: uuid.UUID, reason: str, now: datetime
) -> None:
    for lot_id, points in awaited.items():
        said: dict[str, Any] = {"about": lot_id, "reason": reason, "now": now}
        giver.post(EntryKind.AWAITED_MERGED_OUT, points, source=_source(merge_id, giver), **said)
        taker.post(EntryKind.AWAITED_MERGED_IN, points, source=_source(merge_id, taker), **said)


def _holds(book: Book, entry_id: uuid.UUID) -> bool:
    """Whether a lot or an earn is of this ledger, or of one that goes on in it."""
    whose = {"member_id": book.member_id, "currency_id": book.currency_id}
    own = db.rows(queries.entry(book.member_id, book.currency_id, entry_id))
    return bool(own or merged_ledgers.steps_to(**whose, entry_id=entry_id))


def _source(merge_id: uuid.UUID, book: Book) -> str:
    """A merge may come again for what was left: its name and the number of the entry are there once."""
    return f"merge:{merge_id}:{book.sequence + 1}"


def _lasts(book: Book, lot: Lot) -> str:
    """How long a lot lasts, where it was read without that."""
    return str(db.all_of(point_queries.lasts_of(book.member_id, lot.id))[0])
