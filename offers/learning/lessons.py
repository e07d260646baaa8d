"""Learning from what happened: each thing counts once, whenever, in whatever order and however often it is looked for.

Nothing is learnt where it happens: a till must not wait for it. Instead it is noted of each thing that it was learnt
from, and whatever has no note is new, however late it was recorded; notes, counts and the profile are written by one
statement, under the lock of the profile, so that a crash leaves all or none and two who learn at once take turns. The
notes of decisions, of which there are many, are kept for a day only: none is recorded so long after it was made.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from app.consent.noes import rest
from app.data_map import MONTH, RETENTION, DataClass
from app.sql import db
from app.sql.queues import work_through
from offers.learning import effects, queries
from offers.learning.effects import Bought, CameBack, Counts, Line
from offers.learning.models import Learnt

LATELY = timedelta(hours=1)
"""How far back it is looked for purchases and redemptions of anybody, each time."""
TURN = timedelta(hours=1)
"""How often each profile is looked at, whatever happened: the bound for returns, coupons and showings."""
OVERLAP = timedelta(days=1)
"""How long after it was made a decision may still be found."""
NAMED = 200
"""How many articles, categories and offers the text of a taste names: those of the largest weight."""
DECISIONS_KEPT = timedelta(days=200)
SLACK = MONTH
"""How long something may count after its data are gone, so that a profile is not learnt anew for each purchase."""

Key = tuple[uuid.UUID, uuid.UUID]
"""Member and brand: what a profile is known by."""


class Lesson(NamedTuple):
    """What is to be written: notes of what was learnt from, the change of the counts, and the first day of it."""

    notes: list[tuple[str, uuid.UUID]]
    change: Counts
    first_on: date | None


def learn_waiting(*, now: datetime, at_once: int) -> int:
    """Learn what is new of every member who permits it; return how many things. In steps."""
    if rest.rests():
        return 0

    def waiting(most: int) -> Sequence[Key]:
        return db.fetch(queries.WAITING, [now, most, id_at(now - LATELY), now - TURN])

    return _each(waiting, lambda member_id, brand_id: learn_profile(member_id, brand_id, now=now), at_once=at_once)


def renew_outgrown(*, now: datetime, at_once: int) -> int:
    """Learn anew what still counts purchases that have long been deleted; return how many things. In steps."""

    def waiting(most: int) -> Sequence[Key]:
        live = RETENTION[DataClass.PURCHASE].live or timedelta()
        return db.fetch(queries.OUTGROWN, [(now - live - SLACK).date(), most])

    return _each(waiting, lambda member_id, brand_id: relearn_profile(member_id, brand_id, now=now), at_once=at_once)


def relearn_profiles(*, member_id: uuid.UUID | None, now: datetime) -> int:
    """Learn every profile, or those of a member, from nothing but what is kept; return how many. A transaction each."""
    with db.system_transaction():
        keys = db.rows(queries.every_profile(member_id))
    for owner_id, brand_id in keys:
        with db.system_transaction():
            relearn_profile(owner_id, brand_id, now=now)
    return len(keys)


def relearn_profile(member_id: uuid.UUID, brand_id: uuid.UUID, *, now: datetime) -> int:
    """Forget what was learnt and learn it from what is kept; return how many things that was."""
    if not db.fetch(queries.LOCK_PROFILE, [member_id, brand_id, now]):
        return 0
    db.fetch(queries.FORGET, [member_id, brand_id])
    return learn_profile(member_id, brand_id, now=now)


def learn_profile(member_id: uuid.UUID, brand_id: uuid.UUID, *, now: datetime) -> int:
    """Learn what is new of a member, if they permit it; return how many things that was."""
    found = db.fetch(queries.LOCK_PROFILE, [member_id, brand_id, now])
    if not found:
        return 0
    [(looked_at, zone, currency)] = found
    since = now - DECISIONS_KEPT if looked_at is None else looked_at - OVERLAP
    lesson = _read_lesson(member_id, brand_id, zone=zone, since=since)
    if looked_at is not None and not lesson.notes:
        db.fetch(queries.LOOKED, [member_id, brand_id, now])
        return 0
    kinds, ids = [kind for kind, _ in lesson.notes], [id for _, id in lesson.notes]
    whats, keys = [str(what) for what, _ in lesson.change], [key for _, key in lesson.change]
    weights = list(lesson.change.values())
    values = [member_id, brand_id, kinds, ids, id_at(min(since, now - OVERLAP)), whats, keys, weights]
    db.fetch(queries.WRITE, [*values, NAMED, now, lesson.first_on, currency])
    return len(lesson.notes)


def id_at(instant: datetime) -> uuid.UUID:
    """The least id (UUIDv7) that can be made at this instant, to the millisecond."""
    elapsed_ms = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return uuid.UUID(int=elapsed_ms << 80 | 0x7 << 76 | 0x2 << 62)


def _each(
    waiting: Callable[[int], Sequence[Key]], learn: Callable[[uuid.UUID, uuid.UUID], int], *, at_once: int
) -> int:
    return work_through(waiting, lambda key: learn(*key), what="offers.learning.learn", at_once=at_once)


def _read_lesson(member_id: uuid.UUID, brand_id: uuid.UUID, *, zone: str, since: datetime) -> Lesson:
    lesson, days = Lesson([], Counts(), None), []
    for purchase in db.fetch(queries.NEW_PURCHASES, [member_id, brand_id, zone], shape=_Purchase._make):
        _learn_purchase(lesson, purchase)
        days.append(purchase.day)
    for kind, id, day, offers in db.fetch(queries.NEW_REACTIONS, [member_id, brand_id, zone, id_at(since)]):
        lesson.notes.append((kind, id))
        _add(lesson.change, _REACTIONS[kind](day, offers or ()))
        days.append(day)
    changed = Counts({what: weight for what, weight in lesson.change.items() if weight})
    return Lesson(lesson.notes, changed, min(days, default=None))


class _Purchase(NamedTuple):
    """A row of `queries.NEW_PURCHASES`."""

    id: uuid.UUID
    noted: bool
    closed: bool
    day: date
    store_id: uuid.UUID | None
    channel: str
    currency: str
    lines: Sequence[Sequence[Any]]
    returns: Sequence[tuple[str, bool, Sequence[Sequence[int]]]] | None


def _learn_purchase(lesson: Lesson, row: _Purchase) -> None:
    """Add the difference between what is left of a purchase and what was left when it was last learnt from."""
    known: list[CameBack] = []
    fresh: list[CameBack] = []
    for id, noted, units in row.returns or ():
        (known if noted else fresh).extend(CameBack(*unit) for unit in units or ())
        if not noted:
            lesson.notes.append((Learnt.RETURN, uuid.UUID(id)))
    if not row.noted:
        lesson.notes.append((Learnt.PURCHASE, row.id))
    if row.closed:
        return
    lines = [Line(*line) for line in row.lines or ()]
    bought = Bought(row.day, row.store_id, row.channel, row.currency, lines)
    before = effects.count_purchase(bought, known) if row.noted else Counts()
    _add(lesson.change, effects.less(effects.count_purchase(bought, [*known, *fresh]), before))


def _add(change: Counts, more: Counts) -> None:
    change.update(more)


_REACTIONS: dict[str, Callable[[date, Sequence[int]], Counts]] = {
    Learnt.COUPON: effects.count_coupon,
    Learnt.REDEMPTION: lambda day, _: effects.count_redemption(day),
    Learnt.UNDOING: lambda day, _: effects.less(Counts(), effects.count_redemption(day)),
    Learnt.REFERRAL: lambda day, _: effects.count_referral(day),
    Learnt.REVOCATION: lambda day, _: effects.less(Counts(), effects.count_referral(day)),
    Learnt.DECISION: effects.count_showing,
}
