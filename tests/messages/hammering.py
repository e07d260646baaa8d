"""Many senders and one member who keeps changing their mind: how long a no takes, and what leaves after it.

Used by tests, which want no late message, and by the bench, which wants to know how long a withdrawal waits.
"""

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from app.accounts.models import Brand, IdentifierKind, Member
from app.consent.ledger import grants, withdrawal
from app.consent.models import Level
from app.messages import delivery, queue
from app.messages.envelopes import CarriageOutcome, Carrier, Envelope
from app.sql import db
from tests.consent.factories import evidence
from tests.messages.factories import BY_MAIL, WORDS

AGAIN = text(
    "UPDATE message SET status = 'queued', reason = NULL, sent_at = NULL, settled_at = NULL, due_at = :until,"
    " used = false, expires_at = :until WHERE member_id = :member AND id = :id"
)


@dataclass
class Hammered:
    """What was seen. `late` counts messages handed over after a withdrawal was acknowledged and before the next yes."""

    rounds: int = 0
    sent: int = 0
    late: int = 0
    withdrawals_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Mind:
    """How often the member spoke: odd from before a yes is sent until after a no is acknowledged, else even."""

    said: int = 0
    stopped: bool = False


def hammer(
    member: Member,
    brand: Brand,
    *,
    rounds: int,
    senders: int = 8,
    level: Level = Level.PROACTIVE,
    hand_over_s: float = 0.005,
    at_most_s: float = 600.0,
) -> Hammered:
    """`rounds` times yes, then no, from one phone, or as often as time allows, while senders deliver as they can.

    A hand-over takes `hand_over_s`, as it does when there is a network: what is decided and not yet handed over is
    what a withdrawal without a barrier would let through.

    Needs a pool with a connection for each sender and one for the phone.
    """
    seen, mind, counting = Hammered(), Mind(), threading.Lock()

    def hand_over(_: Envelope) -> CarriageOutcome:
        time.sleep(hand_over_s)  # the mail server takes its time; that is what a withdrawal must wait for
        with counting:
            seen.sent += 1
            # Even: a no was acknowledged, and no yes was begun since.
            seen.late += mind.said % 2 == 0
        return CarriageOutcome.TAKEN

    @contextmanager
    def connect() -> Any:
        yield hand_over

    carrier = Carrier(address=IdentifierKind.EMAIL, repeatable=True, connect=connect)
    _as_member(member, lambda: _yes(member, brand, level))  # so that each sender has a message to begin with
    mind.said += 1
    mine = [_queued(member, brand) for _ in range(senders)]
    threads = [threading.Thread(target=_send, args=(member, id, carrier, hand_over, mind, seen)) for id in mine]
    for thread in threads:
        thread.start()
    try:
        deadline = time.monotonic() + at_most_s
        while seen.rounds < rounds and time.monotonic() < deadline:
            if seen.rounds:
                mind.said += 1
                _as_member(member, lambda: _yes(member, brand, level))
            goal = seen.sent + 1
            _wait_until(lambda goal=goal: seen.sent >= goal)
            seen.withdrawals_ms.append(_timed(lambda: _as_member(member, lambda: _no(member, brand))))
            mind.said += 1
            seen.rounds += 1
    finally:
        mind.stopped = True
        for thread in threads:
            thread.join(timeout=60)
    return seen


def _send(member: Member, id: uuid.UUID, carrier: Carrier, hand_over: Any, mind: Mind, seen: Hammered) -> None:
    """One sender: deliver a message of its own, again and again; a refusal is no fault."""
    try:
        while not mind.stopped:
            delivery.deliver_message(_queued_again(member, id), carrier, hand_over, _now)
    except Exception as error:
        seen.faults.append(f"{type(error).__name__}: {error}")


def _queued(member: Member, brand: Brand) -> uuid.UUID:
    with db.system_transaction():
        return queue.queue_message(
            member_id=member.id, brand_id=brand.id, words=WORDS, key=uuid.uuid4().hex, now=_now(), **BY_MAIL
        ).id


def _queued_again(member: Member, id: uuid.UUID) -> delivery.Leased:
    """The message as if it had just been queued and leased: what counts here is what happens from then on."""
    until = _now() + delivery.LEASE
    with db.member_transaction(member.id):
        db.execute(AGAIN, {"member": member.id, "id": id, "until": until})
    return delivery.Leased(member.id, id, BY_MAIL["touchpoint"], until)


def _yes(member: Member, brand: Brand, level: Level) -> None:
    grants.grant_permission(
        member_id=member.id, brand_id=brand.id, level=level, evidence=evidence(), now=_now(), **BY_MAIL
    )


def _no(member: Member, brand: Brand) -> None:
    withdrawal.withdraw_permission(member_id=member.id, brand_id=brand.id, now=_now(), **BY_MAIL)


def _as_member(member: Member, act: Callable[[], None]) -> None:
    """As a request of the member's phone does it: acknowledged when this returns."""
    with db.transaction():
        db.become(member_id=member.id)
        act()


def _timed(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _wait_until(true: Callable[[], bool]) -> None:
    """A round means nothing unless a message left in it."""
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.0005)  # the senders need the processor more


def _now() -> datetime:
    return datetime.now(UTC)
