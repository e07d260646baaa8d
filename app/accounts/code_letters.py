"""A one-time code leaves for its address, in the name of whoever's app asked; an address that takes none is noted.

A refusal is told to the next who asks for a code for the address, whoever they are: it is what a mail server or a
gateway says of an address to anybody, and says nothing about whom we know.
"""

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app import clock
from app.accounts import queries
from app.accounts.addresses import Address
from app.accounts.brands import find_sender
from app.accounts.errors import AddressNotReached
from app.accounts.models import IdentifierKind, OneTimeCode
from app.carriers import outgoing_mail, outgoing_texts
from app.carriers.letters.composition import Writing, compose_letter, compose_sms
from app.carriers.letters.kinds import LONG_SIGN_IN_CODE, SIGN_IN_CODE
from app.languages import Language
from app.sql import db

REFUSED_FOR = timedelta(minutes=10)
"""How long an address that took no message is sent none, so that a mistyped one is told and not tried again."""


def require_reachable(address: Address, *, now: datetime) -> None:
    """Before a code is written and counted: raise `AddressNotReached` when the address took no message a moment ago,
    and `ChannelUnavailable` while the channel is away."""
    if address.kind is IdentifierKind.EMAIL:
        outgoing_mail.require_channel()
    else:
        outgoing_texts.require_channel()
    if db.first(queries.refusal_since(address.hashed(), now - REFUSED_FOR)) is not None:
        raise AddressNotReached


def post_code(
    *,
    address: Address,
    code: str,
    is_long: bool,
    code_id: uuid.UUID,
    lasting: timedelta,
    language: Language,
    brand: str | None,
    now: datetime,
) -> None:
    """Send a code once it is committed, in the name of the brand with this code, or of the wallet. A long one stands in
    groups, and says why it is long.

    Raises `BrandUnknown`; and after the commit `ChannelUnavailable`.
    """
    kind = LONG_SIGN_IN_CODE if is_long else SIGN_IN_CODE
    grouped = code if not is_long else " ".join(code[at : at + 3] for at in range(0, len(code), 3))
    facts = {"code": grouped, "minutes": int(lasting.total_seconds() // 60)}
    writing = Writing(find_sender(brand), language, facts)
    # A code that waits for another try is void once there is a newer one.
    more: dict[str, Any] = {
        "topic": address.hashed(),
        "refused": partial(_note_refusal, code_id),
        "useful_for": lasting,
    }
    if address.kind is IdentifierKind.EMAIL:
        letter = compose_letter(kind, writing)
        db.after_commit(partial(outgoing_mail.post_letter, letter, to=address.value, now=now, **more))
    else:
        text, sender = compose_sms(kind, writing), writing.sender.sms_sender
        db.after_commit(partial(outgoing_texts.post_sms, to=address.value, text=text, sender=sender, now=now, **more))


def _note_refusal(code_id: uuid.UUID) -> None:
    with db.system_transaction():
        sent = db.get(OneTimeCode, code_id)
        if sent is not None:
            sent.refused_at = clock.now()
