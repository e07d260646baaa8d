"""Double opt-in: for some purposes a yes counts only once a link, sent to the member's own address, comes back.

The link holds a token that names the question and is signed; it is kept nowhere. Until it comes back the cell holds a
question, which never permits.
"""

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from app import config
from app.accounts.brands import sender_of
from app.accounts.models import Brand, IdentifierKind, Member, MemberIdentifier
from app.carriers import outgoing_mail, outgoing_texts
from app.carriers.letters.composition import Writing, compose_letter, compose_sms
from app.carriers.letters.kinds import CONFIRMATION_LINK
from app.carriers.senders import WALLET
from app.codes import sealed
from app.consent import queries
from app.consent.errors import AddressMissing, ConfirmationUnusable
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.models import (
    CELL_KEY,
    PERMITTING,
    Pending,
    PermissionEvent,
    PermissionState,
    Purpose,
    Recipient,
    State,
)
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.languages import Language, Text
from app.sql import db

LASTING = timedelta(days=7)
TRIED_FOR = timedelta(hours=1)
"""How long a link that the mail server does not take at first is sent again."""
METHOD = "double_opt_in_link"


class AwaitedYes(NamedTuple):
    """What a link confirms, as its page says it. None of it is about the member."""

    brand: str
    touchpoint: Text
    purpose: Text
    recipient: str | None
    confirmed: bool
    """Whether it was confirmed already."""


def send_confirmation_link(event: PermissionEvent) -> None:
    """Send the link of this question once it is recorded, to the address that the touchpoint uses, else to any.

    Raises `AddressMissing`, and `ChannelUnavailable` while nothing can leave.
    """
    event.id = event.id or db.new_id()
    own = TOUCHPOINTS[event.touchpoint].address
    kind = own or IdentifierKind.EMAIL
    member = db.get(Member, event.member_id)
    known = sorted(member.addresses if member is not None else [], key=lambda address: address.kind != kind)
    if member is None or not known or known[0].kind != (own or known[0].kind):
        raise AddressMissing
    purpose = db.first(queries.label_of(event.purpose))
    language: Language = "en" if member.language == "en" else "fr"
    facts = {
        "purpose": Text(*purpose) if purpose else event.purpose,
        "days": LASTING.days,
        # The part behind # stays in the app or browser that opens it: tokens do not belong in the logs of servers.
        "link": f"{config.current().public_url}/confirm#{token_of(event.member_id, event.id)}",
    }
    brand = db.get(Brand, event.brand_id)
    writing = Writing(WALLET if brand is None else sender_of(brand), language, facts)
    _send(known[0], writing, now=event.recorded_at)


def what_it_confirms(*, token: str, now: datetime) -> AwaitedYes:
    """What the yes of this link is about, for whoever opened it. Changes nothing. Raises `ConfirmationUnusable`."""
    asked, cell = _find(token, now=now)
    brand, purpose = db.get(Brand, asked.brand_id), db.get(Purpose, asked.purpose)
    if brand is None or purpose is None:
        raise ConfirmationUnusable
    recipient = db.get(Recipient, (brand.id, purpose.code, asked.recipient)) if asked.recipient else None
    return AwaitedYes(
        brand=brand.name,
        touchpoint=TOUCHPOINTS[asked.touchpoint].label,
        purpose=Text(fr=purpose.label_fr, en=purpose.label_en),
        recipient=recipient.name if recipient is not None else None,
        confirmed=cell.event_id != asked.id,
    )


def confirm_permission(*, token: str, now: datetime) -> PermissionState:
    """Make the question of this link a yes, and return its cell. A second time changes nothing.

    Raises `ConfirmationUnusable`: for a token that is none, too late, or overtaken by another answer.
    """
    member_id, _ = _read(token)
    db.become(member_id=member_id)
    lock_permissions(member_id)
    asked, cell = _find(token, now=now)
    if cell.event_id != asked.id:
        return cell
    evidence = {name: value for name, value in asked.evidence.items() if name != "pending"}
    return record_event(
        PermissionEvent(
            **{name: getattr(asked, name) for name in CELL_KEY},
            level=asked.level,
            state=State.GIVEN,
            actor=asked.actor,
            expires_at=asked.expires_at,
            max_uses=asked.max_uses,
            evidence=evidence | {"method": METHOD, "confirms": str(asked.id)},
            recorded_at=now,
        )
    )


def _find(token: str, *, now: datetime) -> tuple[PermissionEvent, PermissionState]:
    """The question of a link that can still be confirmed, or was, and its cell; the transaction sees its member."""
    member_id, event_id = _read(token)
    db.become(member_id=member_id)
    asked = db.get(PermissionEvent, (member_id, event_id))
    cell = db.first(queries.cell_at(asked)) if asked is not None else None
    if asked is None or cell is None:
        raise ConfirmationUnusable
    if cell.state in PERMITTING and db.first(queries.confirms(member_id, cell.event_id)) == str(event_id):
        return asked, cell
    late = now > asked.recorded_at + LASTING or (asked.expires_at is not None and asked.expires_at <= now)
    if cell.event_id != event_id or cell.pending != Pending.CONFIRMATION or late:
        raise ConfirmationUnusable
    return asked, cell


def token_of(member_id: uuid.UUID, event_id: uuid.UUID) -> str:
    """The token that confirms a question. Whoever holds it opened the link."""
    return sealed.seal_text(sealed.CONFIRMATION_LINK, member_id.bytes + event_id.bytes)


def _read(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    named = sealed.open_text(sealed.CONFIRMATION_LINK, token)
    if named is None:
        raise ConfirmationUnusable
    return uuid.UUID(bytes=named[:16]), uuid.UUID(bytes=named[16:])


def _send(address: MemberIdentifier, writing: Writing, *, now: datetime) -> None:
    # Before it is recorded: a question whose link never left would wait for an answer that nobody can give.
    if address.kind == IdentifierKind.EMAIL:
        outgoing_mail.require_channel()
        letter = compose_letter(CONFIRMATION_LINK, writing)
        send = partial(outgoing_mail.post_letter, letter, to=address.value, now=now, useful_for=TRIED_FOR)
    else:
        outgoing_texts.require_channel()
        text = compose_sms(CONFIRMATION_LINK, writing)
        post = partial(outgoing_texts.post_sms, to=address.value, text=text, sender=writing.sender.sms_sender)
        send = partial(post, now=now, useful_for=TRIED_FOR)
    db.after_commit(send)
