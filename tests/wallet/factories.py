"""Cards and codes for tests."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import Brand, Member
from app.sql import db
from tests.factories import NOON, made
from wallet.cards.enrolment import join_brand
from wallet.cards.models import Card, CardNumber, NumberKind
from wallet.cards.numbers import link_number
from wallet.cards.printed_cards import Printed, print_cards
from wallet.passes import directory
from wallet.passes.models import CodeKind


def make_card(
    member: Member, brand: Brand, *, display_name: str = "Zoé", now: datetime = NOON, status: str = "active"
) -> Card:
    """The member's card with the brand."""
    with made():
        card = join_brand(member_id=member.id, brand_id=brand.id, display_name=display_name, now=now)
        db.execute(update(Card).where(Card.id == card.id).values(status=status))
    return card


def make_coupon_code(member: Member, brand: Brand, *, target_id: uuid.UUID | None = None, **given: Any) -> str:
    """A code in the directory that stands for a coupon of the member."""
    with made():
        return directory.register_code(
            kind=CodeKind.COUPON,
            brand_id=brand.id,
            member_id=member.id,
            target_id=target_id or uuid.uuid4(),
            now=NOON,
            **given,
        )


def revoke(code: str, brand: Brand) -> None:
    with made():
        directory.revoke_code(code=code, brand_id=brand.id, now=NOON)


def link(card: Card, number: str, *, kind: NumberKind = NumberKind.BRAND_NUMBER, now: datetime = NOON) -> CardNumber:
    """Another number that stands for the card."""
    with made():
        return link_number(
            member_id=card.member_id, card_id=card.id, brand_id=card.brand_id, kind=kind, number=number, now=now
        )


def print_some(brand: Brand, count: int = 1, *, batch: str = "printemps", now: datetime = NOON) -> list[Printed]:
    """Cards that are nobody's yet."""
    with made():
        return list(print_cards(brand_id=brand.id, batch=batch, count=count, language="fr", now=now))


def code_of(card: Card) -> str:
    """The code of this card now."""
    with made():
        return db.all_of(select(Card.code).where(Card.id == card.id))[0]
