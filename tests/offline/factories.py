"""A shop whose tills may lose their network."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.accounts.models import Brand, Terminal
from app.sql import db
from offers.offline import allowances, grants, policies, snapshots
from offers.offline.entitlement import Entitlement, OfflineAction, OfflineClaim
from offers.offline.grants import Lease, LeaseWish
from offers.offline.policies import OfflinePolicy
from offers.offline.snapshots import Snapshot
from tests.coupons.factories import Shop, acting_at
from tests.factories import NOON, made, make_console_user, make_terminal
from tests.planning.factories import publish
from tests.points.factories import make_currency
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.points import earning, statements


def at(terminal: Terminal) -> dict[str, uuid.UUID]:
    return {"brand_id": terminal.brand_id, "store_id": terminal.store_id, "terminal_id": terminal.id}


def digest_of(code: str) -> bytes:
    """By what an ended code is told."""
    return hashlib.sha256(code.encode()).digest()[:6]


def set_policy(
    brand: Brand, said: Mapping[str, Any], *, store_id: uuid.UUID | None = None, version: int = 0, now: datetime = NOON
) -> OfflinePolicy:
    with made():
        by = make_console_user(brand, "admin").id
        return policies.set_policy(brand_id=brand.id, store_id=store_id, said=said, version=version, by=by, now=now)


def read_snapshot(terminal: Terminal, *, now: datetime = NOON, since: int | None = None) -> Snapshot:
    with acting_at(terminal):
        return snapshots.read_snapshot(**at(terminal), since=since, now=now)


def lease(terminal: Terminal, *, now: datetime = NOON, lasts_s: int = 3600, **wish: Any) -> Lease:
    with acting_at(terminal):
        return grants.grant_lease(wish=LeaseWish(lasts_s, **wish), **at(terminal), now=now)


def release(terminal: Terminal, lease: Lease, *, now: datetime = NOON) -> Lease:
    with acting_at(terminal):
        return grants.release_lease(terminal_id=terminal.id, lease_id=lease.id, now=now)


def admit(
    terminal: Terminal,
    action: OfflineAction,
    *,
    happened_at: datetime = NOON,
    now: datetime = NOON,
    lease: Lease | None = None,
    then: Callable[[], Any] = lambda: None,
    **given: Any,
) -> Entitlement:
    """What the server says to this; `then` is done in the same transaction."""
    claim = OfflineClaim(action, happened_at, **given)
    with acting_at(terminal):
        found = allowances.admit_claim(claim=claim, **at(terminal), lease_ids=[lease.id] if lease else [], now=now)
        then()
        return found


class DarkShop(Shop):
    """A shop with a live offer of so many units, and a member with a card and points."""

    def __init__(self, anyone: Speaker, *, points: int = 0, **offer: Any) -> None:
        super().__init__(anyone, **offer)
        publish(self.store)
        self.card = make_card(self.member, self.brand)
        self.currency = make_currency(self.brand)
        if points:
            self.earn(points)

    @property
    def whose(self) -> dict[str, uuid.UUID]:
        return {"member_id": self.member.id, "currency_id": self.currency.id}

    def earn(self, points: int) -> None:
        with made():
            earning.earn_points(**self.whose, points=points, source=uuid.uuid4().hex, reason="test", now=NOON)

    def available(self, now: datetime = NOON) -> int:
        with db.system_transaction():
            return statements.read_balance(**self.whose, now=now).book.available

    def more_tills(self, count: int) -> list[Terminal]:
        with made():
            return [make_terminal(self.store)[0] for _ in range(count)]
