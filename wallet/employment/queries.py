"""Questions about who works for a brand."""

import uuid
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from wallet.cards.models import Card, CardStatus
from wallet.employment.models import Employment


def employments_of(member_id: uuid.UUID) -> Select[Employment]:
    """What brands said of a member, as it can be locked."""
    return select(Employment).where(Employment.member_id == member_id).order_by(Employment.brand_id)


def employment_with(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[Employment]:
    """What a brand said of a member."""
    return employments_of(member_id).where(Employment.brand_id == brand_id)


def employees_of(brand_id: uuid.UUID, *, today: date) -> Select[Employment]:
    """Who works for a brand on this day of its calendar, with their cards."""
    with_cards = select(Employment).join(Employment.card).options(contains_eager(Employment.card))
    holds = or_(Employment.last_day.is_(None), Employment.last_day >= today)
    return with_cards.where(Employment.brand_id == brand_id, Card.status != CardStatus.CLOSED, holds)
