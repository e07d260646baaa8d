"""Questions about cards."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import aliased

from app.sql import db
from wallet.authenticity.queries import needs_fresh
from wallet.cards.models import Card, CardNumber, PrintedCard
from wallet.passes.models import PassCode

_SHOWN = select(
    PassCode.code,
    PassCode.kind,
    PassCode.member_id,
    PassCode.target_id,
    Card.id.label("card_id"),
    Card.status.label("card_status"),
    Card.display_name,
    needs_fresh().label("needs_fresh"),
    PassCode.revoked_at,
    PassCode.revoked_reason,
)
_WITH_CARD = and_(Card.member_id == PassCode.member_id, Card.brand_id == PassCode.brand_id)

SHOWN_CODES = db.put_together(
    _SHOWN.select_from(PassCode)
    .outerjoin(Card, _WITH_CARD)
    .where(PassCode.code == any_(bindparam("codes", type_=ARRAY(TEXT))), PassCode.brand_id == bindparam("brand_id"))
)
"""What these codes of a brand are, also when they were revoked, with the member's card of the brand if there is one."""

_NAMED = aliased(Card)

SHOWN_NUMBER = db.put_together(
    _SHOWN.select_from(CardNumber)
    .outerjoin(_NAMED, and_(_NAMED.member_id == CardNumber.member_id, _NAMED.id == CardNumber.card_id))
    .outerjoin(PassCode, and_(PassCode.code == _NAMED.code, PassCode.brand_id == _NAMED.brand_id))
    .outerjoin(Card, _WITH_CARD)
    .where(
        CardNumber.brand_id == bindparam("brand_id"),
        CardNumber.kind == bindparam("kind"),
        CardNumber.value == bindparam("value"),
    )
)
"""The same of the code of the card that a number stands for; a row without a code when the card has none any more."""

CARDS_SHOWN = """
SELECT card.joined_at, card.id, card.code, card.display_name, card.status, brand.id, brand.code, brand.name
FROM card JOIN brand ON brand.id = card.brand_id
WHERE card.member_id = $1 AND ($2::timestamptz IS NULL OR (card.joined_at, card.id) < ($2, $3::uuid))
ORDER BY card.joined_at DESC, card.id DESC
LIMIT $4
"""
"""A page of a member's cards with their brands: of this member, after this place, so many."""


def shown_card(row: Sequence[Any]) -> dict[str, Any]:
    """A row of `CARDS_SHOWN` as it is answered."""
    joined_at, id, code, display_name, status, brand_id, brand_code, brand_name = row
    brand = {"id": brand_id, "code": brand_code, "name": brand_name}
    return {
        "id": id,
        "brand": brand,
        "code": code,
        "display_name": display_name,
        "status": status,
        "joined_at": joined_at,
    }


def cards_alone(member_id: uuid.UUID) -> Select[Card]:
    """A member's cards, as they can be locked."""
    return select(Card).where(Card.member_id == member_id).order_by(Card.id)


def card_of(member_id: uuid.UUID, card_id: uuid.UUID) -> Select[Card]:
    """This card, if it is the member's."""
    return select(Card).where(Card.member_id == member_id, Card.id == card_id)


def card_with_brand(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[Card]:
    """The member's one card with a brand."""
    return select(Card).where(Card.member_id == member_id, Card.brand_id == brand_id)


def card_of_brand(brand_id: uuid.UUID, card_id: uuid.UUID) -> Select[Card]:
    """This card, if it is one of the brand's."""
    return select(Card).where(Card.brand_id == brand_id, Card.id == card_id)


def number_of_brand(brand_id: uuid.UUID, kind: str, value: str) -> Select[CardNumber]:
    """What this number stands for at this brand; `value` as the table keeps it."""
    return select(CardNumber).where(CardNumber.brand_id == brand_id, CardNumber.kind == kind, CardNumber.value == value)


def numbers_of_card(member_id: uuid.UUID, card_id: uuid.UUID) -> Select[CardNumber]:
    """The numbers that stand for a card, the oldest first."""
    mine = select(CardNumber).where(CardNumber.member_id == member_id, CardNumber.card_id == card_id)
    return mine.order_by(CardNumber.linked_at, CardNumber.id)


def number_of_card(member_id: uuid.UUID, card_id: uuid.UUID, number_id: uuid.UUID) -> Select[CardNumber]:
    """This number, if it stands for this card of the member's."""
    return select(CardNumber).where(
        CardNumber.member_id == member_id, CardNumber.card_id == card_id, CardNumber.id == number_id
    )


def printed_of_batch(brand_id: uuid.UUID, batch: str) -> Select[PrintedCard]:
    """The cards of a batch, in the order of their printing."""
    mine = select(PrintedCard).where(PrintedCard.brand_id == brand_id, PrintedCard.batch == batch)
    return mine.order_by(PrintedCard.position)


def printed_with_code(code: str) -> Select[PrintedCard]:
    """The card on which this code is printed."""
    return select(PrintedCard).where(PrintedCard.code == code)


def numbers_like(brand_id: uuid.UUID, kind: str, values: Collection[str]) -> Select[CardNumber]:
    """Those of these numbers that stand for a card of the brand; values as the table keeps them."""
    return select(CardNumber).where(
        CardNumber.brand_id == brand_id, CardNumber.kind == kind, CardNumber.value.in_(values)
    )


def number_counts(member_ids: Collection[uuid.UUID], *, brand_id: uuid.UUID) -> Select[uuid.UUID, int]:
    """How many numbers the cards of these members with a brand have, for those that have any."""
    mine = (CardNumber.brand_id == brand_id, CardNumber.member_id.in_(member_ids))
    return select(CardNumber.member_id, func.count()).where(*mine).group_by(CardNumber.member_id)


def cards_with_brand(member_ids: Collection[uuid.UUID], brand_id: uuid.UUID) -> Select[Card]:
    """The cards of these members with a brand."""
    return select(Card).where(Card.member_id.in_(member_ids), Card.brand_id == brand_id)


def cards_with_codes(brand_id: uuid.UUID, codes: Collection[str]) -> Select[Card]:
    """The cards of a brand that have these codes now."""
    return (
        select(Card)
        .join(PassCode, PassCode.target_id == Card.id)
        .where(PassCode.code.in_(codes), PassCode.brand_id == brand_id, PassCode.revoked_at.is_(None))
    )
