"""A member's book in one currency, in memory: what was read under the lock, what is posted, and how it is written.

Verbs open it under the lock (`book_store`), settle what is due (`settlement`), post, and save. A read never saves.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.sql import db
from wallet.ledger import currency_kinds, hash_chain, queries
from wallet.ledger.errors import too_little
from wallet.ledger.hash_chain import Movement, NewLot
from wallet.ledger.models import FLOWS, Account, EntryKind, LotState

OWN = (Account.PENDING, Account.AVAILABLE, Account.HELD, Account.OWED, Account.AWAITED)
"""The member's accounts. The last two count backwards: what is owed, or awaited, leaves them."""

CHUNK = 64
"""Lots that are read at a time to pay from."""


@dataclass
class Lot:
    """A lot as it stands. `lasts` is known where it may be activated."""

    id: uuid.UUID
    earned_at: datetime
    remaining: int
    state: str
    activates_at: datetime | None
    expires_at: datetime | None
    lasts: str | None = None
    new: bool = False

    def usable(self, at: datetime) -> bool:
        """Whether points can be taken from it at this instant."""
        live = self.state == LotState.ACTIVE and self.remaining > 0
        return live and (self.expires_at is None or self.expires_at > at)

    @property
    def turn(self) -> tuple[bool, datetime, datetime, uuid.UUID]:
        """The soonest expiry pays first, then the oldest."""
        return self.expires_at is None, self.expires_at or self.earned_at, self.earned_at, self.id


@dataclass
class Hold:
    """A hold as it stands, with what it took from which lot."""

    id: uuid.UUID
    amount: int
    ends_at: datetime
    state: str
    parts: dict[uuid.UUID, int] = field(default_factory=dict)
    new: bool = False


@dataclass
class Book:
    """`sums` are points by account of the member; `made` the movements of this time, in their order. `ahead` are the
    first lots that can pay, where they were read together with something else."""

    member_id: uuid.UUID
    currency_id: uuid.UUID
    brand_id: uuid.UUID
    zone: str
    waits: str
    lasts: str
    may_go_negative: bool
    sums: dict[Account, int]
    totals: dict[str, int]
    sequence: int
    head: bytes | None
    next_due_at: datetime | None
    continues: bool = False
    money: str | None = None
    """The ISO 4217 currency of which it counts minor units; null where it counts no money."""
    usable_from: int = 0
    lots: dict[uuid.UUID, Lot] = field(default_factory=dict)
    holds: dict[uuid.UUID, Hold] = field(default_factory=dict)
    made: list[Movement] = field(default_factory=list)
    ahead: Sequence[Lot] | None = None

    @property
    def available(self) -> int:
        return self.sums[Account.AVAILABLE]

    @property
    def spendable(self) -> int:
        """What can be spent: nothing of a balance below the threshold of use."""
        return self.available if self.available >= self.usable_from else 0

    @property
    def debt(self) -> int:
        return -self.sums[Account.OWED]

    @property
    def awaited(self) -> int:
        return -self.sums[Account.AWAITED]

    def post(
        self,
        kind: EntryKind,
        amount: int,
        *,
        source: str,
        reason: str,
        now: datetime,
        at: datetime | None = None,
        about: uuid.UUID | None = None,
        facts: Mapping[str, Any] | None = None,
        parts: Mapping[uuid.UUID, int] | None = None,
        lot: NewLot | None = None,
    ) -> Movement:
        """Write one transfer at the end of the chain, and what it does to balance and lots. `at`: when it was due."""
        giver, taker = FLOWS[kind]
        for account, change in ((giver, -amount), (taker, amount)):
            if account in OWN:
                self.sums[account] += change
        for lot_id, change in (parts or {}).items():
            self.lots[lot_id].remaining += change
        self.sequence += 1
        unsigned = Movement(
            member_id=self.member_id,
            id=db.new_id(),
            currency_id=self.currency_id,
            brand_id=self.brand_id,
            sequence=self.sequence,
            kind=kind,
            from_account=giver,
            to_account=taker,
            amount=amount,
            source=source,
            about_id=about,
            reason=reason,
            facts=facts or {},
            occurred_at=min(at or now, now),
            recorded_at=now,
            lot=lot,
            parts=parts or {},
        )
        self.head = hash_chain.link(self.head, unsigned)
        self.totals[kind] = self.totals.get(kind, 0) + amount
        movement = replace(unsigned, hash=self.head)
        self.made.append(movement)
        return movement

    def forget_made(self) -> None:
        """What was posted is saved, and the book goes on."""
        self.made.clear()
        for lot in self.lots.values():
            lot.new = False

    def take(self, amount: int, *, now: datetime, first: Collection[uuid.UUID] = ()) -> dict[uuid.UUID, int]:
        """What `amount` takes from which lot, as negative parts: soonest expiry first, then oldest, after `first`.

        Raises `NotEnoughPoints`, of money `NotEnoughMoney`. The book must be settled.
        """
        if amount > self.available:
            raise too_little(amount, self.available, money=self.money)
        self._read_lots_for(amount, now=now)
        usable = sorted(
            (lot for lot in self.lots.values() if lot.usable(now)), key=lambda lot: (lot.id not in first, *lot.turn)
        )
        return portion(usable, most=amount)

    def _read_lots_for(self, amount: int, *, now: datetime) -> None:
        """Read lots in their turn until those just read are enough, or all are known."""
        found = offset = 0
        while found < amount:
            lots = self.ahead if self.ahead is not None and not offset else self._live_lots(offset, now=now)
            offset += len(lots)
            for lot in lots:
                found += self.lots.setdefault(lot.id, lot).remaining
            if len(lots) < CHUNK:
                return

    def _live_lots(self, offset: int, *, now: datetime) -> Sequence[Lot]:
        some = queries.live_lots(self.member_id, self.currency_id, now=now).limit(CHUNK).offset(offset)
        return [lot_of(row) for row in db.rows(some)]

    def read_lots(self, ids: Iterable[uuid.UUID]) -> list[Lot]:
        """These lots, whatever their state. Raises KeyError for one that is not of this book."""
        wanted = list(ids)
        missing = [id for id in wanted if id not in self.lots]
        known = queries.lots_with_ids(self.member_id, self.currency_id, missing)
        for row in db.rows(known) if missing else ():
            self.lots[row.lot_id] = lot_of(row)
        return [self.lots[id] for id in wanted]


def portion(lots: Iterable[Lot], *, most: int) -> dict[uuid.UUID, int]:
    """Up to `most` points from these lots in their order, as negative parts."""
    parts: dict[uuid.UUID, int] = {}
    for lot in lots:
        share = min(lot.remaining, most)
        if share > 0:
            parts[lot.id] = -share
            most -= share
    return parts


def lot_of(row: Any) -> Lot:
    """The lot of a row of `queries`."""
    return Lot(
        row.lot_id,
        row.earned_at,
        row.remaining,
        row.state,
        row.activates_at,
        row.expires_at,
        getattr(row, "lasts", None),
    )


def book_of(row: Any) -> Book:
    """The book of a row of `queries.balances`."""
    sums = {
        Account.PENDING: row.pending,
        Account.AVAILABLE: row.available,
        Account.HELD: row.held,
        Account.OWED: -row.debt,
        Account.AWAITED: -row.awaited,
    }
    return Book(
        member_id=row.member_id,
        currency_id=row.currency_id,
        brand_id=row.brand_id,
        zone=row.time_zone,
        waits=row.waits,
        lasts=row.lasts,
        may_go_negative=row.may_go_negative,
        sums=sums,
        totals=dict(row.totals),
        sequence=row.sequence,
        head=row.head,
        next_due_at=row.next_due_at,
        continues=row.continues,
        money=currency_kinds.money_of(row.kind, row.brand_currency),
        usable_from=row.usable_from or 0,
    )
