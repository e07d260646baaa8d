"""A ledger that goes on in another: what its member earned and spent is given back and taken back by whom they became.

An entry is looked for in the member's own ledger first. Only when it is not there are the ledgers of those who are part
of the member looked at, whoever asks: they may ask for the member, so they may ask for these.
"""

import uuid
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import select

from app.identity.models import MergedMember
from app.sql import db
from wallet.ledger import queries
from wallet.ledger.models import EntryKind

GONE = (EntryKind.MERGED_OUT, EntryKind.PENDING_MERGED_OUT)
ARRIVED = (EntryKind.MERGED_IN, EntryKind.PENDING_MERGED_IN)


class TrailStep(NamedTuple):
    """A ledger on the way of an entry to the member, and the merge by which it goes on in the next."""

    member_id: uuid.UUID
    merge_id: uuid.UUID


class Trail(NamedTuple):
    """An entry of an earlier ledger: its row, and what became of the lot that it made.

    `lots` are those of the member that came of it; `expired` and `taken_back` are points before they came. `earlier`
    are the members in whose ledgers it was before, the first of them first, with the lots that it was there.
    """

    entry: Any
    lots: Sequence[uuid.UUID]
    expired: int
    taken_back: int
    earlier: Sequence[tuple[uuid.UUID, Sequence[uuid.UUID]]] = ()


def steps_to(*, member_id: uuid.UUID, currency_id: uuid.UUID, entry_id: uuid.UUID) -> Sequence[TrailStep]:
    """The ledgers from the one that holds the entry to the member's; none when it is their own, or nobody's."""
    if db.rows(queries.entry(member_id, currency_id, entry_id)):
        return ()
    with db.system():
        return _search(member_id, currency_id, entry_id)


def posted_before(member_id: uuid.UUID, asked: Mapping[str, Any]) -> list[Any]:
    """What sources did in the ledgers of those who are part of the member: `asked` is for `FROM_SOURCES`."""
    with db.system():
        parts = _parts(member_id)
        return [row for part in parts for row in db.send_statement(queries.FROM_SOURCES, {**asked, "member": part})]


def lots_of(*, member_id: uuid.UUID, currency_id: uuid.UUID, earn_id: uuid.UUID) -> Sequence[uuid.UUID] | None:
    """The member's lots that came of an earn of before; None when there was no such earn."""
    steps = steps_to(member_id=member_id, currency_id=currency_id, entry_id=earn_id)
    if not steps:
        return None
    return trail_of(steps, member_id=member_id, currency_id=currency_id, entry_id=earn_id, back=()).lots


def lots_before(*, member_id: uuid.UUID, currency_id: uuid.UUID, earn_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """What an earn of before was on its way to the member, in each of the ledgers that it came through."""
    whose = {"member_id": member_id, "currency_id": currency_id, "entry_id": earn_id}
    steps = steps_to(**whose)
    return [lot for _, lots in trail_of(steps, **whose, back=()).earlier for lot in lots] if steps else []


def trail_of(
    steps: Sequence[TrailStep],
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    entry_id: uuid.UUID,
    back: Sequence[EntryKind],
) -> Trail:
    """What an entry at the beginning of these steps came to; `back` are the kinds that took points of it back."""
    with db.system():
        [entry] = db.rows(queries.entry(steps[0].member_id, currency_id, entry_id))
        lots: Sequence[uuid.UUID] = [entry_id]
        expired = taken_back = 0
        earlier: list[tuple[uuid.UUID, Sequence[uuid.UUID]]] = []
        ways = [step.member_id for step in steps] + [member_id]
        for giver, taker in pairwise(ways):
            expired += sum(int(db.all_of(queries.expired_of(giver, lot))[0]) for lot in lots)
            taken_back += int(db.all_of(queries.about(giver, [entry_id, *lots], back))[0]) if back else 0
            earlier.append((giver, lots))
            gone = db.all_of(queries.ids_about(giver, lots, GONE))
            lots = db.all_of(queries.ids_about(taker, gone, ARRIVED))
    return Trail(entry, lots, expired, taken_back, earlier)


def _parts(member_id: uuid.UUID) -> list[uuid.UUID]:
    direct = db.all_of(select(MergedMember.member_id).where(MergedMember.principal_id == member_id))
    return [one for part in direct for one in (part, *_parts(part))]


def _search(member_id: uuid.UUID, currency_id: uuid.UUID, entry_id: uuid.UUID) -> Sequence[TrailStep]:
    for part in db.all_of(select(MergedMember).where(MergedMember.principal_id == member_id)):
        step = TrailStep(part.member_id, part.merge_id)
        if db.rows(queries.entry(part.member_id, currency_id, entry_id)):
            return (step,)
        before = _search(part.member_id, currency_id, entry_id)
        if before:
            return (*before, step)
    return ()
