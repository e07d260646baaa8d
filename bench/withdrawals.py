"""Withdrawals while messages are on their way: how long they take, and that nothing leaves after one."""

import argparse
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select, update

from app.accounts.models import IdentifierKind
from app.commands.housekeeping import MANNERS
from app.consent.ledger.withdrawal import withdraw_permission
from app.languages import Text
from app.messages import delivery
from app.messages.delivery import Leased
from app.messages.envelopes import CarriageOutcome, Carrier, Envelope, HandOver
from app.messages.models import Message
from app.messages.queue import queue_message
from app.messages.wording import MessageWords
from app.sql import db
from bench import crowd
from bench.crowd import CELL, make_members, now, processes, say_yes
from bench.machine import say

PATIENCE_S = 30
LOOK_AGAIN_S = 0.25  # a sender that finds nothing; the jobs look every 5 s
AGAIN = {"status": "queued", "reason": None, "sent_at": None, "settled_at": None}
WORDS = MessageWords(
    subject=Text(fr="Bonjour", en="Hello"),
    text=Text(fr="Une offre vous attend. {stop}", en="An offer is waiting. {stop}"),
)

Figures = dict[str, float]


def withdrawals(brand_id: uuid.UUID, asked: argparse.Namespace, *, through_queue: bool) -> Figures:
    """One member who says yes and no in turn, while all senders deliver as they can.

    A no is said when a message is being handed over and others wait: what was decided and has not left is what a
    withdrawal without a barrier would let through. Through the queue a member's messages go to one sender after the
    other; past it, each sender delivers one of its own, all at the same time.
    """
    how = "through the queue" if through_queue else "all at once"
    say(f"{asked.rounds:,} withdrawals under {asked.senders} senders, {how}, {asked.hand_over_ms} ms a hand-over")
    [member_id] = make_members(1, reachable=True)
    _answer(member_id, brand_id)
    with db.system_transaction():
        of = {"member_id": member_id, "brand_id": brand_id, "words": WORDS, "now": now()} | CELL
        messages = [queue_message(key=str(n), **of).id for n in range(2 * asked.senders)]
    took: list[float] = []
    stopped = 0
    with processes(asked.senders) as (pool, shared):
        own = [None if through_queue else Leased(member_id, id, CELL["touchpoint"], now()) for id in messages]
        sending = [pool.submit(_keep_sending, asked.hand_over_ms / 1000, each) for each in own[: asked.senders]]
        for number in range(asked.rounds):
            if number % 100 == 0:
                say(f"withdrawal {number:,}")
            if not shared.begun.wait(timeout=PATIENCE_S):
                faults = [str(done.exception()) for done in sending if done.done()]
                raise RuntimeError(f"no race at all: no sender had a message in round {number}: {faults}")
            started = time.perf_counter()
            _answer(member_id, brand_id, yes=False)
            took.append(time.perf_counter() - started)
            shared.acknowledged.set()
            stopped += _queue_again(member_id)  # now all of them must be refused
            shared.acknowledged.clear()
            shared.begun.clear()
            _answer(member_id, brand_id)
            stopped += _queue_again(member_id)
        shared.over.set()
        told = [done.result() for done in sending]
    late, sent = sum(each["late"] for each in told), sum(each["sent"] for each in told)
    if late:
        raise RuntimeError(f"{late} messages left after an acknowledged withdrawal")
    return {"rounds": len(took), "late_sends": late, "sent": sent, "stopped": stopped} | _spread(took)


def _spread(took: list[float]) -> Figures:
    spent = sorted(took)
    shares = {f"p{p}_ms": round(spent[len(spent) * p // 100] * 1000, 2) for p in (50, 99)}
    return shares | {"worst_ms": round(spent[-1] * 1000, 2)}


def _answer(member_id: uuid.UUID, brand_id: uuid.UUID, *, yes: bool = True) -> None:
    """As a request of the member's phone does it: acknowledged when this returns."""
    with db.transaction():
        db.become(member_id=member_id)
        if yes:
            say_yes(member_id, brand_id)
        else:
            withdraw_permission(member_id=member_id, brand_id=brand_id, **CELL, now=now())


def _queue_again(member_id: uuid.UUID) -> int:
    """Put the messages in the queue again, as if they had just been asked for; return how many had been stopped."""
    stopped = select(func.count()).where(Message.member_id == member_id, Message.status == "cancelled")
    with db.system_transaction():
        count = db.execute(stopped).scalar() or 0
        db.execute(update(Message).where(Message.member_id == member_id).values(**AGAIN, due_at=now()))
    return count


def _keep_sending(hand_over_s: float, own: Leased | None) -> dict[str, int]:
    """One sender: through the queue as the jobs do, or with a message of its own; what it handed over, how late."""
    os.nice(MANNERS)
    told = {"sent": 0, "late": 0}

    def hand_over(_: Envelope) -> CarriageOutcome:
        crowd.shared.begun.set()
        was_late = crowd.shared.acknowledged.is_set()
        time.sleep(hand_over_s)  # as long as a network takes
        told["sent"] += 1
        told["late"] += was_late or crowd.shared.acknowledged.is_set()
        return CarriageOutcome.TAKEN

    @contextmanager
    def connect() -> Iterator[HandOver]:
        yield hand_over

    carrier = Carrier(IdentifierKind.EMAIL, repeatable=True, connect=connect)
    while not crowd.shared.over.is_set():
        if own is not None:
            delivery.deliver_message(_leased_again(own), carrier, hand_over, now)
        elif not delivery.send_due(carriers={CELL["touchpoint"]: carrier}):
            time.sleep(LOOK_AGAIN_S)
    return told


def _leased_again(own: Leased) -> Leased:
    """The message as if it had just been asked for and leased."""
    until = now() + delivery.LEASE
    with db.member_transaction(own.member_id):
        db.execute(update(Message).where(Message.id == own.id).values(**AGAIN, due_at=until))
    return own._replace(until=until)
