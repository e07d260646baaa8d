"""Card holders who work for their brand, for tests."""

from datetime import date, datetime
from typing import Any

from app.accounts.models import Brand, Member
from app.sql import db
from tests.factories import NOON, made, make_console_user
from wallet.cards.models import Card
from wallet.employment import employees, queries
from wallet.employment.models import Employment


def mark(card: Card, *, last_day: date | None = None, now: datetime = NOON) -> dict[str, Any]:
    """The brand says that the holder of the card works for it."""
    with made():
        brand = db.get(Brand, card.brand_id)
        assert brand is not None
        by = make_console_user(brand, "admin").id
        return employees.mark_employee(brand_id=brand.id, card_id=card.id, last_day=last_day, by=by, now=now)


def unmark(card: Card, *, now: datetime = NOON) -> None:
    """And that they do not any more."""
    with made():
        employees.unmark_employee(brand_id=card.brand_id, card_id=card.id, now=now)


def employment_of(member: Member) -> Employment | None:
    """What a brand said of a member, if one did."""
    with db.system_transaction():
        return db.first(queries.employments_of(member.id))
