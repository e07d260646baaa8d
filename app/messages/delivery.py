"""Messages leave: decided again at the last moment, behind a barrier that a withdrawal waits for and nothing passes.

For each message:

1. a transaction writes the letter: words, address, stop link;
2. two locks are taken for longer than a transaction: the one on sending to this member, so that a person gets one
   message after the other, and the member's own, shared with whoever else decides about them;
3. a transaction looks again whether the letter may leave, takes a use of a counted permission, and says `leaving`;
4. the letter is handed over, with no transaction open; then the lock is given back;
5. a transaction says what became of it.

A withdrawal takes the member's lock alone, so it waits for steps 3 and 4 of the one sender who is in them, and for
nothing else, however many have something for this member. What was decided before it has left before it is
acknowledged; what is decided after it sees it.

A process that dies after step 3 leaves a message `leaving`: whether it left, nobody knows. A mail is then decided and
handed over again, under the same Message-ID; what cannot be told from a second message ends as `failed`,
`outcome_unknown` (`envelopes` says which is which). A counted permission stays used either way.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from app import clock
from app.accounts.brands import sender_of
from app.accounts.models import Brand
from app.carriers.errors import ChannelUnavailable
from app.carriers.letters.composition import dress_text
from app.consent.decision.verdicts import Verdict
from app.consent.errors import PermissionMissing
from app.consent.ledger import uses
from app.consent.models import PermissionEvent, Reason
from app.consent.suppression import suppression_list
from app.languages import Language
from app.logs import log
from app.messages import queries
from app.messages.cancellation import MAY_LIFT
from app.messages.envelopes import CARRIERS, CarriageOutcome, Carrier, Envelope, HandOver
from app.messages.models import WAITING, Message, MessageStatus, Stopped
from app.messages.queue import decide_message
from app.messages.stop_links import stop_url
from app.messages.wording import MessageWords
from app.sql import db, locks

BATCH = 20
LEASE = timedelta(minutes=2)
"""How long a sender has a batch for itself: more than twenty hand-overs that take as long as they may."""

MOST_CONNECTIONS = 3
"""For one batch: what a broken line leaves over is held."""

HELD = timedelta(minutes=15)
"""After which a held message is looked at again."""

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Between the tries of a message that was not taken; the last one repeats until it would come too late."""


class Leased(NamedTuple):
    """A message that this sender has for itself until an instant."""

    member_id: uuid.UUID
    id: uuid.UUID
    touchpoint: str
    until: datetime


def send_due(
    *, clock: Callable[[], datetime] = clock.now, carriers: Mapping[str, Carrier] = CARRIERS, batch: int = BATCH
) -> int:
    """Hand over everything that is due; return how many messages left. Several senders at once share the work."""
    sent = 0
    while leased := lease_message(now=clock(), batch=batch):
        for touchpoint, group in groupby(sorted(leased, key=lambda found: found.touchpoint), lambda found: found[2]):
            sent += _send_group(list(group), carriers.get(touchpoint), clock)
    return sent


def lease_message(*, now: datetime, batch: int = BATCH) -> list[Leased]:
    """Take some messages that are due. If we die, others take them after the lease."""
    until = now + LEASE
    with db.system_transaction():
        found = db.execute(queries.lease(now=now, until=until, limit=batch))
        return [Leased(row.member_id, row.id, row.touchpoint, until) for row in found]


def _send_group(leased: list[Leased], carrier: Carrier | None, clock: Callable[[], datetime]) -> int:
    """Hand over messages of one touchpoint, or hold those for which there is no way out. A connection in which a
    message met silence says nothing of the next message, which gets another."""
    waiting, sent = list(leased), 0
    try:
        for _ in range(MOST_CONNECTIONS if carrier is not None else 0):
            if waiting and carrier is not None:
                sent += _send_by_one_connection(waiting, carrier, clock)
    except ChannelUnavailable:
        log.warning("messages_held", touchpoint=leased[0].touchpoint, count=len(waiting))
    for each in waiting:
        with db.member_transaction(each.member_id):
            message = _mine(each)
            if message is not None:
                _no_way_out(message, now=clock())
    return sent


def _send_by_one_connection(waiting: list[Leased], carrier: Carrier, clock: Callable[[], datetime]) -> int:
    """Hand over what waits until the connection is of no more use; what was tried waits no more."""
    sent = 0
    with carrier.connect() as hand_over:
        while waiting:
            outcome = _deliver_alone(waiting.pop(0), carrier, hand_over, clock)
            sent += outcome is CarriageOutcome.TAKEN
            if outcome in (CarriageOutcome.AWAY, CarriageOutcome.UNKNOWN):
                break
    return sent


def _deliver_alone(
    leased: Leased, carrier: Carrier, hand_over: HandOver, clock: Callable[[], datetime]
) -> CarriageOutcome | None:
    """Hand over one message; one that cannot be written keeps none waiting that was leased with it.

    It is tried again after its lease, until it would come too late.
    """
    try:
        return deliver_message(leased, carrier, hand_over, clock)
    except Exception as error:
        log.error("message_not_delivered", touchpoint=leased.touchpoint, error=type(error).__name__)
        return None


def deliver_message(
    leased: Leased, carrier: Carrier, hand_over: HandOver, clock: Callable[[], datetime]
) -> CarriageOutcome | None:
    """Hand over one message if it may leave now; None when it may not, or when somebody else has it."""
    with db.member_transaction(leased.member_id):
        letter = write_message(leased, carrier, now=clock())
    if letter is None:
        return None
    with locks.between_hand_overs(leased.member_id):
        with db.member_transaction(leased.member_id):
            until = permit_message(leased, now=clock())
        if until is None:
            return None
        outcome = hand_over(letter)
    with db.member_transaction(leased.member_id):
        settle_message(leased._replace(until=until), outcome, repeatable=carrier.repeatable, now=clock())
    return outcome


def write_message(leased: Leased, carrier: Carrier, *, now: datetime) -> Envelope | None:
    """What to hand over, as far as that needs no permission; or end the message, with the reason why."""
    message = _mine(leased)
    if message is None:
        return None
    language, address, marketing = next(iter(db.rows(queries.addressee(message, carrier.address))), (None, None, None))
    if message.status == MessageStatus.LEAVING and not carrier.repeatable:
        _stay(message, Stopped.OUTCOME_UNKNOWN, now=now)
    elif message.expires_at <= now:
        _stay(message, Stopped.TOO_LATE, now=now)
    elif language is None or address is None:
        _stay(message, Stopped.NO_ADDRESS, now=now)
    elif marketing is not False and _is_opposed(message, address, now=now):
        _stay(message, Stopped.OPPOSED, now=now)
    else:
        return _envelope(message, language, to=address, now=now)
    return None


def _is_opposed(message: Message, address: str, *, now: datetime) -> bool:
    """Whether the address itself is on the opposition list, whoever's wallet it opens now."""
    return suppression_list.is_suppressed(
        channel=message.touchpoint, address=address, brand_id=message.brand_id, now=now
    )


def permit_message(leased: Leased, *, now: datetime) -> datetime | None:
    """Mark a message as leaving if it may, and say until when that is ours; or hold it, or end it, and say why.

    The caller has the member's lock until the message is handed over.
    """
    message = _mine(leased)
    if message is None:
        return None
    verdict = decide_message(
        member_id=message.member_id,
        brand_id=message.brand_id,
        touchpoint=message.touchpoint,
        purpose=message.purpose,
        store_id=message.store_id,
        now=now,
    )
    if not verdict.allowed and not _has_used(message, verdict):
        _stay(message, verdict.reason, now=now)
        return None
    if verdict.allowed:
        try:
            _take(message, verdict, now=now)
        except PermissionMissing as refusal:  # somebody else took the last use since we looked
            _stay(message, Reason(refusal.facts["reason"]), now=now)
            return None
    message.status, message.reason = MessageStatus.LEAVING, None
    message.tries, message.due_at = message.tries + 1, now + LEASE
    return message.due_at


def settle_message(leased: Leased, outcome: CarriageOutcome, *, repeatable: bool, now: datetime) -> None:
    """Say what became of a message that was handed over."""
    message = _mine(leased)
    if message is None:
        return  # its member is gone meanwhile, or it took so long that somebody else has it
    if outcome is CarriageOutcome.TAKEN:
        message.status, message.reason, message.settled_at, message.sent_at = MessageStatus.SENT, None, now, now
    elif outcome is CarriageOutcome.REFUSED:
        _end(message, MessageStatus.FAILED, Stopped.REFUSED_BY_CHANNEL, now=now)
    elif outcome is CarriageOutcome.UNKNOWN and not repeatable:
        _end(message, MessageStatus.FAILED, Stopped.OUTCOME_UNKNOWN, now=now)
    else:
        # A doubtful mail stays `leaving`: it may have left, so it must not be said to be only queued.
        message.status = MessageStatus.LEAVING if outcome is CarriageOutcome.UNKNOWN else MessageStatus.QUEUED
        message.due_at = now + BACK_OFF[min(message.tries, len(BACK_OFF)) - 1]


def _mine(leased: Leased) -> Message | None:
    """The message, locked, unless it has ended or its lease went to somebody else."""
    message = db.first(db.locked(queries.message_with(leased.member_id, leased.id)))
    if message is None or message.due_at != leased.until or message.status not in (*WAITING, MessageStatus.LEAVING):
        return None
    return message


def _take(message: Message, verdict: Verdict, *, now: datetime) -> None:
    """Write down the verdict, and take one use where uses are counted, once for one message."""
    if verdict.event_id is None:
        raise RuntimeError("a permission without its event")
    if verdict.uses_left is not None and not (message.used and message.event_id == verdict.event_id):
        uses.use_permission(member_id=message.member_id, event_id=verdict.event_id, now=now)
        message.used = True
    message.event_id = verdict.event_id


def _has_used(message: Message, verdict: Verdict) -> bool:
    """Whether the permission is used up by this very message, on an earlier try, and nothing was said since."""
    if not message.used or verdict.reason is not Reason.EXHAUSTED or verdict.event_id is None:
        return False
    if verdict.event_id == message.event_id:
        return True
    event = db.get(PermissionEvent, (message.member_id, verdict.event_id))
    return event is not None and event.previous_event_id == message.event_id


def _envelope(message: Message, language: str, *, to: str, now: datetime) -> Envelope:
    spoken: Language = "fr" if language == "fr" else "en"
    url = stop_url(
        member_id=message.member_id,
        brand_id=message.brand_id,
        touchpoint=message.touchpoint,
        purpose=message.purpose,
        now=now,
    )
    subject, body = MessageWords.read(message.words).spoken(spoken, stop_url=url)
    brand = db.get(Brand, message.brand_id)
    if brand is None:
        raise RuntimeError("a message of no brand")
    letter = dress_text(subject, body, sender=sender_of(brand), language=spoken)
    if message.touchpoint == "email":
        subject, body = letter.subject, letter.text
    return Envelope(
        id=message.id, to=to, subject=subject, text=body, stop_url=url, at=now, html=letter.html, sender=letter.sender
    )


def _stay(message: Message, reason: Reason | Stopped, *, now: datetime) -> None:
    """Not now, or not at all. What may have left before is not said to have been stopped."""
    if message.status == MessageStatus.LEAVING:
        _end(message, MessageStatus.FAILED, Stopped.OUTCOME_UNKNOWN, now=now)
    elif reason in MAY_LIFT:
        message.status, message.reason, message.due_at = MessageStatus.HELD, reason, now + HELD
    else:
        _end(message, MessageStatus.CANCELLED, reason, now=now)


def _no_way_out(message: Message, *, now: datetime) -> None:
    """Hold it until there is a channel again, as long as it is useful."""
    if message.expires_at <= now:
        _end(message, MessageStatus.CANCELLED, Stopped.TOO_LATE, now=now)
        return
    message.due_at = now + HELD
    if message.status != MessageStatus.LEAVING:
        message.status, message.reason = MessageStatus.HELD, Stopped.CHANNEL_UNAVAILABLE


def _end(message: Message, status: MessageStatus, reason: Reason | Stopped, *, now: datetime) -> None:
    message.status, message.reason, message.settled_at = status, reason, now
