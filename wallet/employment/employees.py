"""A brand says which of its card holders work for it."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.access_log.reads import note_read, note_reads
from app.accounts.models import Brand
from app.data_map import DataClass
from app.errors import Pointer
from app.sql import db
from wallet.cards.errors import CardUnknown
from wallet.cards.models import Card, CardStatus
from wallet.cards.queries import card_of_brand
from wallet.employment.errors import DAY_OVER, EmploymentOver
from wallet.employment.models import Employment


def mark_employee(
    *, brand_id: uuid.UUID, card_id: uuid.UUID, last_day: date | None, by: uuid.UUID, now: datetime
) -> dict[str, Any]:
    """Say that the holder of a card works for the brand until a day, included, or without end; returns it as the
    console reads it. Said again, only the day changes, unless the former employment is over.

    Raises `CardUnknown`, also for another brand's; `EmploymentOver` for a day that has passed where the brand is.
    """
    card = _find_card(brand_id, card_id)
    today = brand_day(brand_id=brand_id, now=now)
    if last_day is not None and last_day < today:
        raise EmploymentOver(errors=[Pointer("/last_day", DAY_OVER)])
    said = {"last_day": last_day, "marked_by": by, "marked_at": now}
    new = insert(Employment).values(member_id=card.member_id, brand_id=brand_id, id=db.new_id(), since=now, **said)
    since = case((Employment.last_day < today, now), else_=Employment.since)
    kept = [Employment.member_id, Employment.brand_id]
    put = new.on_conflict_do_update(index_elements=kept, set_=said | {"since": since})
    marked = db.execute(put.returning(Employment.since, Employment.last_day)).one()
    note_read(member_id=card.member_id, classes=[DataClass.EMPLOYMENT], now=now)
    return _describe(card, since=marked.since, last_day=marked.last_day)


def unmark_employee(*, brand_id: uuid.UUID, card_id: uuid.UUID, now: datetime) -> None:
    """Say of the holder of a card no longer that they work for the brand. Twice is no error.

    Raises `CardUnknown`, also for another brand's.
    """
    card = _find_card(brand_id, card_id)
    mine = (Employment.member_id == card.member_id, Employment.brand_id == brand_id)
    db.execute(delete(Employment).where(*mine))
    note_read(member_id=card.member_id, classes=[DataClass.EMPLOYMENT], now=now)


def note_shown(employees: Sequence[Employment], *, now: datetime) -> None:
    """Record that staff saw who works for the brand."""
    note_reads(member_ids=[one.member_id for one in employees], classes=[DataClass.EMPLOYMENT], now=now)


def describe_employee(one: Employment) -> dict[str, Any]:
    """What the console reads of an employee, loaded with their card."""
    return _describe(one.card, since=one.since, last_day=one.last_day)


def brand_day(*, brand_id: uuid.UUID, now: datetime) -> date:
    """The day on the brand's calendar."""
    return clock.day_of(now, clock.zone_of(db.get(Brand, brand_id)))


def _describe(card: Card, *, since: datetime, last_day: date | None) -> dict[str, Any]:
    return {"card_id": card.id, "display_name": card.display_name, "since": since, "last_day": last_day}


def _find_card(brand_id: uuid.UUID, card_id: uuid.UUID) -> Card:
    card = db.first(card_of_brand(brand_id, card_id))
    if card is None or card.status == CardStatus.CLOSED:
        raise CardUnknown
    return card
