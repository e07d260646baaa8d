"""Receipts for tests: given, sealed, and as the bytes that a member saves."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, not_, select

from app import canonical
from app.accounts.models import Brand, Member
from app.receipts import destruction, presentation, queries, seals, signatures
from app.receipts.models import Receipt
from app.sql import db
from tests.consent.factories import give, ledger
from tests.factories import make_brand, make_member

CONSENT = Path(os.environ.get("ICI_TEST_CONSENT", Path(__file__).parents[3] / "shared/consent"))
"""Where the given profile and the Merkle vectors are, on machines that have them."""

Nodes = Mapping[tuple[int, int], bytes]


def keys() -> dict[str, bytes]:
    """The keys that a verifier holds."""
    return {signatures.key_id(signatures.public_key()): signatures.public_key()}


def seal_all() -> int:
    """Everything that waits is in the log afterwards; how much that was."""
    settle()
    done = 0
    while sealed := seal_now():
        done += sealed
    return done


def seal_now() -> int:
    """One turn of the sealer; how much it sealed."""
    with db.system_transaction():
        return seals.seal_log(now=datetime.now(UTC))


def settle() -> None:
    """Wait until the transactions before all receipts have ended. Transactions of every database of the server are in
    one order, so those of tests that run beside this one count too."""
    until = time.monotonic() + 30
    while unsettled():
        assert time.monotonic() < until, "a transaction does not end"
        threading.Event().wait(0.01)


def unsettled() -> int:
    with db.system_transaction():
        waiting = select(func.count()).select_from(Receipt).where(Receipt.leaf_index.is_(None), not_(queries.ENDED))
        return int(db.execute(waiting).scalar_one())


def receipts(member: Member) -> Sequence[Receipt]:
    """The member's receipts in the order of their events."""
    with db.system_transaction():
        return db.all_of(select(Receipt).where(Receipt.member_id == member.id).order_by(Receipt.issued_at))


def record(member: Member, number: int = -1) -> dict[str, Any]:
    """What one receipt of the member says; the last one's unless another is asked for."""
    found: dict[str, Any] = json.loads(receipts(member)[number].record)
    return found


def shown(member: Member, number: int = -1) -> dict[str, Any]:
    """The sealed receipt of one event of the member."""
    event = ledger(member)[number]
    seal_all()
    with db.transaction():
        db.become(member_id=member.id)
        return dict(presentation.receipt_of(member_id=member.id, event_id=event.id))


def saved(member: Member, number: int = -1) -> bytes:
    """The same as the bytes of a file."""
    return canonical.write_json(shown(member, number))


def make_saved(brand: Brand | None = None) -> bytes:
    """The receipt of a yes of somebody."""
    member = make_member()
    give(member, brand or make_brand())
    return saved(member)


@cache
def one_saved() -> bytes:
    """A receipt that several tests look at and none changes; the log holds more than one entry."""
    make_saved()
    return make_saved()


def destroy(member: Member, *event_ids: Any, forget: Callable[..., int] = destruction.destroy_salt) -> int:
    """End the time of proof of these events, of all of the member's when none are named."""
    with db.system_transaction():
        return forget(member_id=member.id, event_ids=event_ids or None)
