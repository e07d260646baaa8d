"""Points for tests."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand, Member
from app.sql import db
from tests.factories import NOON, made, make_brand, make_member
from wallet.cards.models import Card
from wallet.ledger import queries, settlement
from wallet.ledger.book import Book
from wallet.ledger.book_store import Done
from wallet.ledger.models import Account, PointsBalance, PointsCurrency, PointsEntry, PointsLotState
from wallet.ledger.proof import replay
from wallet.points import adjustments, currencies, earning, on_merge, returns, spending, statements
from wallet.points.queries import lots_of, movements_of
from wallet.points.returns import Policy

A_MINUTE = timedelta(minutes=1)


def make_currency(brand: Brand, **given: Any) -> PointsCurrency:
    fields = {
        "code": f"c{uuid.uuid4().hex[:8]}",
        "name_fr": "Points",
        "name_en": "Points",
        "waits": "immediate",
        "lasts": "unlimited",
        "may_go_negative": False,
        "now": NOON,
    }
    with made():
        return currencies.make_currency(brand_id=brand.id, **(fields | given))


def earn_and_spend(member: Member, currency: PointsCurrency, *, now: datetime) -> None:
    """Leave something of every kind: entries, lots, allocations, a hold."""
    whose = {"member_id": member.id, "currency_id": currency.id, "reason": "test", "now": now}
    with made():
        earning.earn_points(**whose, points=100, source="1")
        spending.spend_points(**whose, points=30, source="2")
        spending.hold_points(**whose, points=10, source="3", ends_at=now + timedelta(days=1))


def adjustment(card: Card, **given: Any) -> dict[str, Any]:
    """The JSON of an adjustment."""
    fields = {"card_id": str(card.id), "points": 50, "reference": uuid.uuid4().hex, "reason": "Geste commercial"}
    return fields | given


@dataclass
class Purse:
    """A member with points in one currency. Each call is a transaction; `now` is noon unless given."""

    rules: dict[str, Any] = field(default_factory=dict)
    zone: str = "Europe/Paris"

    def __post_init__(self) -> None:
        with made():
            self.brand: Brand = make_brand(time_zone=self.zone)
            self.currency: PointsCurrency = make_currency(self.brand, **self.rules)
            self.member: Member = make_member()

    @property
    def whose(self) -> dict[str, Any]:
        return {"member_id": self.member.id, "currency_id": self.currency.id}

    def does(self, verb: Any, **given: Any) -> Any:
        fields = {"source": uuid.uuid4().hex, "reason": "test", "now": NOON} | given
        with made():
            return verb(**self.whose, **fields)

    def earn(self, points: int, **given: Any) -> Done:
        return self.does(earning.earn_points, points=points, **given)

    def activate(self, earn_id: uuid.UUID, now: datetime = NOON) -> Done:
        with made():
            return earning.activate_credit(**self.whose, earn_id=earn_id, reason="test", now=now)

    def cancel(self, earn_id: uuid.UUID, **given: Any) -> Done:
        return self.does(earning.cancel_pending, earn_id=earn_id, **given)

    def spend(self, points: int, **given: Any) -> Done:
        return self.does(spending.spend_points, points=points, **given)

    def hold(self, points: int, **given: Any) -> Done:
        given.setdefault("ends_at", given.get("now", NOON) + timedelta(minutes=15))
        return self.does(spending.hold_points, points=points, **given)

    def capture(self, hold_id: uuid.UUID, **given: Any) -> Done:
        return self.does(spending.capture_hold, hold_id=hold_id, **given)

    def release(self, hold_id: uuid.UUID, now: datetime = NOON) -> Done:
        with made():
            return spending.release_hold(**self.whose, hold_id=hold_id, reason="test", now=now)

    def give_back(self, spend_id: uuid.UUID, **given: Any) -> Done:
        return self.does(returns.give_back_spend, spend_id=spend_id, **given)

    def take_back(self, earn_id: uuid.UUID, policy: Policy = Policy.WITHIN_BALANCE, **given: Any) -> Done:
        return self.does(returns.take_back_earn, earn_id=earn_id, policy=policy, **given)

    def adjust(self, points: int, **given: Any) -> Done:
        return self.does(adjustments.adjust_balance, points=points, **given)

    def of_somebody_else(self) -> "Purse":
        """Another member's, in the same currency."""
        other = Purse(self.rules, self.zone)
        other.brand, other.currency = self.brand, self.currency
        return other

    def bring(self, other: "Purse", *, now: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Bring what another purse holds, as a merge of two members does: (its lot, the entry that it came by)."""
        merge_id = uuid.uuid4()
        with made():
            on_merge.merge(source_id=other.member.id, target_id=self.member.id, merge_id=merge_id, now=now)
            came = queries.moved_by(merge_id, **self.whose, kinds=on_merge.ARRIVED)
            return [(uuid.UUID(entry.facts["lot"]), entry.id) for entry in db.rows(came)]

    def settle(self, now: datetime) -> int:
        with made():
            return settlement.settle_member(**self.whose, now=now)

    def balance(self) -> PointsBalance:
        """As stored."""
        with made():
            found = db.get(PointsBalance, (self.member.id, self.currency.id))
        assert found is not None
        return found

    def as_read(self, now: datetime) -> Book:
        """As a member reads it: what is due is done, and nothing is saved."""
        with made():
            return statements.read_balance(**self.whose, now=now).book

    def past(self, *, at: datetime, now: datetime) -> dict[Account, int]:
        """What each account came to at an instant."""
        with made():
            return statements.sums_at(**self.whose, at=at, now=now)

    @property
    def available(self) -> int:
        return self.balance().available

    def lots(self) -> list[int]:
        """What is left of each lot, the oldest first."""
        order = (PointsLotState.earned_at, PointsLotState.lot_id)
        with made():
            found = db.all_of(lots_of(self.member.id, self.currency.id).order_by(*order))
        return [lot.remaining for lot in found]

    def lots_by_id(self) -> dict[uuid.UUID, tuple[int, datetime | None]]:
        """What is left of each lot, and until when."""
        with made():
            found = db.all_of(lots_of(self.member.id, self.currency.id))
        return {lot.lot_id: (lot.remaining, lot.expires_at) for lot in found}

    def entries(self) -> list[PointsEntry]:
        with made():
            mine = movements_of(self.member.id, self.currency.id).order_by(PointsEntry.sequence)
            return list(db.all_of(mine))

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.entries()]

    def faults(self) -> list[str]:
        """What is wrong with this ledger."""
        with made():
            return [fault.what for fault in replay.verify_some(currency_id=self.currency.id).faults]


def count(purse: Purse, **where: Any) -> int:
    """How many entries of the purse have these values."""
    with made():
        return len(db.all_of(select(PointsEntry.id).filter_by(member_id=purse.member.id, **where)))
