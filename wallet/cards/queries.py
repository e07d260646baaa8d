"""Questions about cards."""

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from wallet.cards.models import Card


def cards_of(member_id: uuid.UUID) -> Select[Card]:
    """A member's cards, with their brands."""
    return select(Card).options(joinedload(Card.brand)).where(Card.member_id == member_id)


def card_of(member_id: uuid.UUID, card_id: uuid.UUID) -> Select[Card]:
    """This card, if it is the member's."""
    return select(Card).where(Card.member_id == member_id, Card.id == card_id)


def card_with_brand(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[Card]:
    """The member's one card with a brand."""
    return select(Card).where(Card.member_id == member_id, Card.brand_id == brand_id)
