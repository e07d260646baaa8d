"""A lost card is replaced: its code is refused from that instant, and the card goes on under a new one."""

import uuid
from datetime import datetime

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from wallet.cards import queries
from wallet.cards.errors import CardUnknown
from wallet.cards.models import Card, CardStatus
from wallet.passes.directory import register_code, revoke_code
from wallet.passes.models import CodeKind, Revocation


def replace_lost(*, member_id: uuid.UUID, card_id: uuid.UUID, now: datetime) -> Card:
    """The member's card with a new code, for good: a card that turns up again is not taken.

    Of several at once each makes a code, and the last one stands. Raises `CardUnknown`, also for somebody else's.
    """
    return _replace(db.first(db.locked(queries.card_of(member_id, card_id))), now=now)


def replace_lost_of_brand(*, brand_id: uuid.UUID, card_id: uuid.UUID, now: datetime) -> Card:
    """Replace a lost card for a member who calls the brand. Raises `CardUnknown`, also for another brand's."""
    return _replace(db.first(db.locked(queries.card_of_brand(brand_id, card_id))), now=now)


def _replace(card: Card | None, *, now: datetime) -> Card:
    if card is None or card.status == CardStatus.CLOSED:
        raise CardUnknown
    revoke_code(code=card.code, brand_id=card.brand_id, now=now, reason=Revocation.LOST)
    card.code = register_code(
        kind=CodeKind.CARD, brand_id=card.brand_id, member_id=card.member_id, target_id=card.id, now=now
    )
    card.version += 1
    note_read(member_id=card.member_id, classes=[DataClass.ACCOUNT], now=now)
    db.session().flush()
    return card
