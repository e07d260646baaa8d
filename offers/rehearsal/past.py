"""What happened in some stores of a brand: purchases, scanned passes, and members who asked what is near.

However much a brand remembers, a rehearsal looks at so much and no more: of a larger past, at whole members drawn by a
hash, each of whom stands for several.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from app.ops.deadlines import check_deadline
from app.sql import db
from offers.rehearsal import queries
from offers.rehearsal.estimates import Rate
from offers.rehearsal.queries import PARTS

T = TypeVar("T")

MOST_PURCHASES = 300_000
MOST_HOLDERS = 100_000
"""Members with a card whose questions are looked at."""

AT_ONCE = 20_000
"""Rows of one page."""

CLOCKS_APART = timedelta(days=1)
"""How much later than its receipt says a purchase may be bought: a till whose clock is wrong."""


class PastVisit(NamedTuple):
    """Somebody was in a store, or near it. `purchase_id` is what they bought there; null where nothing is known."""

    member_id: uuid.UUID
    store_id: uuid.UUID
    at: datetime
    purchase_id: uuid.UUID | None = None
    tax_included: bool = True
    """Whether the prices of what they bought contain the taxes."""


class AskedPast(NamedTuple):
    """The past that a rehearsal asks about: what happened in these stores (by id, with their numbers)."""

    brand_id: uuid.UUID
    currency: str
    stores: Mapping[uuid.UUID, int]
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Past:
    """Visits by their kind. `members` are those of them and the holders of cards; each stands for `scale` members."""

    purchases: Sequence[PastVisit]
    scans: Sequence[PastVisit]
    questions: Sequence[PastVisit]
    members: Sequence[uuid.UUID]
    scale: float

    @property
    def visits(self) -> Iterator[PastVisit]:
        """All of them."""
        yield from self.purchases
        yield from self.scans
        yield from self.questions


class Reactions(NamedTuple):
    """How members took the brand's offers: how often one that was shown was claimed, and how often used."""

    claimed: Rate
    used: Rate


def read_past(asked: AskedPast, *, most: int = MOST_PURCHASES) -> Past:
    """Who was where. The running transaction may see every member; whoever calls lets out nothing but counts."""
    values = {"brand": asked.brand_id, "since": asked.since, "until": asked.until}
    count = db.send_statement(queries.COUNT_BOUGHT, values | {"after": first_id(asked.since)}).one().purchases
    share = max(1, PARTS * most // max(count, most))
    values |= {"stores": list(asked.stores), "currency": asked.currency, "share": share}
    bought = [PastVisit(row[0], row[2], row[3], row[1], row[4]) for row in _pages(queries.BOUGHT, values, asked.since)]
    scans = [PastVisit(row[0], row[2], row[3]) for row in _pages(queries.SCANNED, values, asked.since)]
    holders = _holders(asked.brand_id, share)
    members = list({*holders, *(one.member_id for one in bought), *(one.member_id for one in scans)})
    questions = list(_questions(asked, members))
    return Past(bought, scans, questions, members, PARTS / share)


def read_reactions(asked: AskedPast, past: Past, *, since: datetime) -> Reactions:
    """What those members did with the offers that the brand showed them since then."""
    members = shown = claimed = used = 0
    for some in in_pages(past.members):
        values = {"members": list(some), "after": first_id(since), "since": since}
        row = db.send_statement(queries.REACTIONS, values | {"brand": asked.brand_id}).one()
        members, shown = members + row.members, shown + row.shown
        claimed, used = claimed + row.claimed, used + row.redeemed
    return Reactions(Rate(shown, claimed, members), Rate(shown, used, members))


def in_pages(things: Sequence[T], *, at_once: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """These things, so many at a time as one question is about; between two, whether the work goes on."""
    for first in range(0, len(things), at_once):
        check_deadline()
        yield things[first : first + at_once]


def first_id(since: datetime) -> uuid.UUID:
    """The least id that anything can have that was made at this instant or later (RFC 9562, version 7)."""
    milliseconds = int((since - CLOCKS_APART).timestamp() * 1000)
    return uuid.UUID(int=max(milliseconds, 0) << 80)


def _pages(statement: db.HotStatement, values: Mapping[str, Any], since: datetime) -> Iterator[Any]:
    after = first_id(since)
    while True:
        check_deadline()
        rows = db.send_statement(statement, {**values, "after": after, "most": AT_ONCE})
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def _holders(brand_id: uuid.UUID, share: int) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    after = uuid.UUID(int=0)
    while len(found) < MOST_HOLDERS:
        check_deadline()
        values = {"brand": brand_id, "share": share, "after": after, "most": AT_ONCE}
        rows = db.send_statement(queries.HOLDERS, values)
        found += [row.member_id for row in rows]
        if len(rows) < AT_ONCE:
            break
        after = found[-1]
    return found


def _questions(asked: AskedPast, members: Collection[uuid.UUID]) -> Iterator[PastVisit]:
    stores = {number: id for id, number in asked.stores.items()}
    for some in in_pages(list(members)):
        values = {"members": list(some), "after": first_id(asked.since), "numbers": list(stores)}
        for row in db.send_statement(queries.ASKED, values | {"since": asked.since, "until": asked.until}):
            yield PastVisit(row.member_id, stores[row.store_number], row.decided_at)
