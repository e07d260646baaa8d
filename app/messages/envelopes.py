"""Who carries a message away: one carrier per touchpoint. Push and phone have none yet, so their messages are held.

A carrier connects first, which may be slow, and then hands over, which is quick: a withdrawal waits for a hand-over.

| touchpoint | by | tried again when nobody knows whether it left |
|---|---|---|
| `email` | SMTP | yes: the `Message-ID` stays the same, so that mailboxes show one mail (RFC 5322 section 3.6.4) |
| `sms` | the gateway of text messages | no: a second text message cannot be told from a first |
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from app.accounts.models import IdentifierKind
from app.carriers import channels
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff, RecipientRefused
from app.carriers.senders import WALLET, Sender
from app.consent.registry.touchpoints import address_kind


class Envelope(NamedTuple):
    """What a carrier needs of one message."""

    id: uuid.UUID
    to: str
    subject: str
    text: str
    stop_url: str
    at: datetime
    html: str | None = None
    sender: Sender = WALLET


class CarriageOutcome(StrEnum):
    """What became of a hand-over."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"  # surely not: it may be tried again
    AWAY = "away"  # surely not, and nor would be any other message now
    REFUSED = "refused"  # surely not, and never will be
    UNKNOWN = "unknown"  # perhaps


HandOver = Callable[[Envelope], CarriageOutcome]


@dataclass(frozen=True)
class Carrier:
    """One way out. `connect` raises `ChannelUnavailable`; what it yields never raises, and takes nothing more once it
    said `AWAY` or `UNKNOWN`."""

    address: IdentifierKind
    repeatable: bool
    """Whether a message may be handed over again when nobody knows whether it left."""
    connect: Callable[[], AbstractContextManager[HandOver]]


@contextmanager
def _by_mail() -> Iterator[HandOver]:
    with channels.mail_server() as submit:

        def hand_over(envelope: Envelope) -> CarriageOutcome:
            return _outcome(partial(submit, _mail(envelope)))

        yield hand_over


def _mail(envelope: Envelope) -> channels.Mail:
    headers = {
        "Message-ID": f"<{envelope.id}@{channels.domain()}>",
        # RFC 8058: the mailbox shows a button of its own, and presses it by a POST that needs no page.
        "List-Unsubscribe": f"<{envelope.stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return channels.Mail(
        envelope.to, envelope.subject, envelope.text, envelope.at, headers, html=envelope.html, sender=envelope.sender
    )


def _outcome(submit: Callable[[], None]) -> CarriageOutcome:
    try:
        submit()
    except RecipientRefused:
        return CarriageOutcome.REFUSED
    except RecipientPutOff:
        return CarriageOutcome.NOT_TAKEN
    except ChannelUnavailable:
        return CarriageOutcome.AWAY
    except HandOverUnknown:  # the last word may have been heard
        return CarriageOutcome.UNKNOWN
    return CarriageOutcome.TAKEN


@contextmanager
def _by_sms() -> Iterator[HandOver]:
    channels.require_sms()

    def hand_over(envelope: Envelope) -> CarriageOutcome:
        send = partial(channels.send_sms, to=envelope.to, text=envelope.text, sender=envelope.sender.sms_sender)
        return _outcome(partial(send, now=envelope.at, id=str(envelope.id)))

    yield hand_over


CARRIERS: Mapping[str, Carrier] = {
    "email": Carrier(address=address_kind("email"), repeatable=True, connect=_by_mail),
    "sms": Carrier(address=address_kind("sms"), repeatable=False, connect=_by_sms),
}
