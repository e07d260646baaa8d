"""The stop link of every message: free, without signing in, once or ten times (ePrivacy 13(4), CPCE L34-5, RFC 8058).

The link holds a random number and its keyed hash, nothing about anybody. It stops one touchpoint and purpose of one
brand, for as long as the wallet exists; afterwards it still answers that nothing comes.
"""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app import config
from app.accounts.models import Brand
from app.codes import sealed
from app.consent.ledger import withdrawal
from app.consent.models import Purpose
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.errors import NotFound
from app.identity import moves
from app.languages import Text
from app.messages import queries
from app.messages.models import StopLink
from app.sql import db


class Stop(NamedTuple):
    """What a link stops, as its page says it. None of it is about the member."""

    brand: str
    touchpoint: Text
    purpose: Text


def stop_url(*, member_id: uuid.UUID, brand_id: uuid.UUID, touchpoint: str, purpose: str, now: datetime) -> str:
    """The address that stops this for the member; the same each time."""
    cell: dict[str, Any] = {
        "member_id": member_id,
        "brand_id": brand_id,
        "touchpoint": touchpoint,
        "purpose": purpose,
    }
    link = db.first(queries.stop_link(**cell))
    if link is None:
        # Random, not ordered by time: the number travels, and says nothing.
        db.execute(queries.new_stop_link(id=uuid.uuid4(), created_at=now, **cell))
        link = db.first(queries.stop_link(**cell))
    if link is None:
        raise RuntimeError("a stop link vanished within its own transaction")
    return f"{config.current().public_url.rstrip('/')}/stop/{token_of(link.id)}"


def token_of(id: uuid.UUID) -> str:
    """What stands in the link."""
    return sealed.seal_text(sealed.STOP_LINK, id.bytes)


def what_it_stops(token: str) -> Stop | None:
    """What the link stops, or None when its wallet is gone. Raises `NotFound` for a link that we did not make."""
    link = _link(token)
    return None if link is None else _said(link)


def stop_messages(*, token: str, now: datetime) -> Stop | None:
    """Stop it, as the member's own withdrawal; doing it twice is doing it once. Raises `NotFound` as above."""
    link = _link(token)
    if link is None:
        return None
    with db.system():  # a wallet that became part of another is stopped there: the person is the same
        member_id = moves.who_is_now(link.member_id)
    db.become(member_id=member_id)
    withdrawal.withdraw_permission(
        member_id=member_id,
        brand_id=link.brand_id,
        touchpoint=link.touchpoint,
        purpose=link.purpose,
        evidence={"channel": "stop_link"},
        now=now,
    )
    return _said(link)


def _link(token: str) -> StopLink | None:
    number = sealed.open_text(sealed.STOP_LINK, token)
    if number is None:
        raise NotFound
    # Whoever has the link may stop what it stops, and learns nothing about anybody: nobody's rows are visible yet.
    with db.system():
        return db.get(StopLink, uuid.UUID(bytes=number))


def _said(link: StopLink) -> Stop:
    brand, purpose = db.get(Brand, link.brand_id), db.get(Purpose, link.purpose)
    if brand is None or purpose is None:
        raise RuntimeError("a stop link points at nothing")
    return Stop(
        brand=brand.name,
        touchpoint=TOUCHPOINTS[link.touchpoint].label,
        purpose=Text(fr=purpose.label_fr, en=purpose.label_en),
    )
