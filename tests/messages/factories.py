"""Messages and sinks for tests."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand, IdentifierKind, Member, MemberIdentifier
from app.consent.models import Level, PermissionState
from app.languages import Text
from app.messages import delivery, queries, sinks
from app.messages.envelopes import CarriageOutcome, Carrier, Envelope, HandOver
from app.messages.models import Message, Sink, SinkNotice
from app.messages.queue import queue_message
from app.messages.wording import MessageWords
from app.sql import db
from tests.accounts.factories import new_phone
from tests.consent.factories import give, say_no
from tests.factories import NOON, make_member, save

BY_MAIL = {"touchpoint": "email", "purpose": "personalised_offers"}
WORDS = MessageWords(
    subject=Text(fr="Trois fromages", en="Three cheeses"),
    text=Text(fr="Goûtez-les.\nNe plus recevoir : {stop}", en="Taste them.\nStop: {stop}"),
)


def make_addressee(**given: Any) -> Member:
    """A member with a mail address and a phone number that nobody else has."""
    member = make_member(**given)
    for kind, value in (
        (IdentifierKind.EMAIL, f"{uuid.uuid4().hex}@example.org"),
        (IdentifierKind.PHONE, new_phone()),
    ):
        save(MemberIdentifier(kind=kind, value=value, member_id=member.id, verified_at=NOON))
    return member


def allow(member: Member, brand: Brand, level: Level = Level.PROACTIVE, **given: Any) -> PermissionState:
    """The member lets the brand write by mail."""
    return give(member, brand, level=level, **{**BY_MAIL, **given})


def forbid(member: Member, brand: Brand, **given: Any) -> PermissionState:
    """The member stops the brand's mails."""
    return say_no(member, brand, **{**BY_MAIL, **given})


def queue(member: Member, brand: Brand, *, now: datetime = NOON, **given: Any) -> Message:
    """A message of the brand to the member, due now."""
    asked = {**BY_MAIL, "words": WORDS, "key": uuid.uuid4().hex, **given}
    with db.system_transaction():
        return queue_message(member_id=member.id, brand_id=brand.id, now=now, **asked)


def fresh(message: Message) -> Message:
    """The message as it stands now."""
    with db.system_transaction():
        found = db.first(queries.message_with(message.member_id, message.id))
    assert found is not None
    return found


def standing(message: Message) -> tuple[str, str | None]:
    """Its status and reason."""
    now = fresh(message)
    return now.status, now.reason


@dataclass
class Post:
    """A carrier that keeps what it is given, and says of it what a test wants."""

    outcome: CarriageOutcome = CarriageOutcome.TAKEN
    taken: list[Envelope] = field(default_factory=list)
    address: IdentifierKind = IdentifierKind.EMAIL
    repeatable: bool = True
    outcomes: dict[uuid.UUID, CarriageOutcome] = field(default_factory=dict)
    """What it says of some messages."""
    connections: int = 0

    def carrier(self) -> Carrier:
        return Carrier(address=self.address, repeatable=self.repeatable, connect=self.connect)

    @contextmanager
    def connect(self) -> Iterator[HandOver]:
        self.connections += 1
        yield self.hand_over

    def hand_over(self, envelope: Envelope) -> CarriageOutcome:
        self.taken.append(envelope)
        return self.outcomes.get(envelope.id, self.outcome)


def deliver(message: Message, post: Post, *, now: datetime = NOON) -> CarriageOutcome | None:
    """One try of this one message, whatever else is due."""
    return delivery.deliver_message(leased(message, now=now), post.carrier(), post.hand_over, lambda: now)


def leased(message: Message, *, now: datetime = NOON) -> delivery.Leased:
    """The message as a sender has it that took it at this instant."""
    until = now + delivery.LEASE
    with db.system_transaction():
        found = db.first(queries.message_with(message.member_id, message.id))
        assert found is not None
        found.due_at = until
    return delivery.Leased(message.member_id, message.id, message.touchpoint, until)


def make_sink(brand: Brand, *, enabled: bool = True, now: datetime = NOON, **given: Any) -> Sink:
    """A sink of the brand with a bound of a minute, under contract."""
    fields = {
        "code": f"s{uuid.uuid4().hex[:8]}",
        "url": "https://crm.example.org/ici",
        "country": "FR",
        "purposes": ["personalised_offers"],
        "bound_s": 60,
        "contract_id": "DPA-7",
    }
    with db.system_transaction():
        sink = sinks.add_sink(brand_id=brand.id, now=now, **(fields | given))
        return sinks.enable_sink(brand_id=brand.id, code=sink.code, now=now) if enabled else sink


def notices(member: Member) -> list[SinkNotice]:
    """What sinks are to be told about the member, oldest first."""
    with db.system_transaction():
        mine = select(SinkNotice).where(SinkNotice.member_id == member.id)
        return list(db.all_of(mine.order_by(SinkNotice.created_at, SinkNotice.id)))
