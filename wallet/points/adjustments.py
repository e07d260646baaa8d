"""The brand puts a balance right, with a reason that the member can read."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from wallet.cards import resolution
from wallet.cards.errors import CardUnknown
from wallet.cards.models import Card, CardStatus
from wallet.cards.resolution import ShownCode
from wallet.ledger import settlement
from wallet.ledger.book import Book
from wallet.ledger.book_store import Done, post_once
from wallet.ledger.errors import SourceReused, too_little
from wallet.ledger.models import EntryKind
from wallet.ledger.settlement import settled_book
from wallet.points import earning
from wallet.points import queries as point_queries
from wallet.points.currencies import the_currency

ADJUSTS = (EntryKind.ADMIN_CREDIT, EntryKind.ADMIN_DEBIT, EntryKind.ADMIN_DEBIT_OWED)


def adjust_balance(
    *,
    member_id: uuid.UUID,
    currency_id: uuid.UUID,
    points: int,
    source: str,
    reason: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    lasts: str | None = None,
) -> Done:
    """Give points (more than 0) or take them (less than 0). The same source twice is one effect.

    What is missing for a debit is owed in a currency that may go negative.
    Raises `PointsUnknown`, `NotEnoughPoints`, of money `NotEnoughMoney`, `SourceReused`.
    """
    book = settled_book(member_id=member_id, currency_id=currency_id, now=now)
    said: dict[str, Any] = {"source": source, "reason": reason, "facts": facts, "now": now}
    act = partial(_give, book, points, lasts or book.lasts, said) if points > 0 else partial(_take, book, -points, said)
    done = post_once(book, ADJUSTS, source, act, now=now, expecting=abs(points))
    if (done.points(EntryKind.ADMIN_CREDIT) > 0) != (points > 0):  # as many points, the other way
        raise SourceReused
    return done


def _give(book: Book, points: int, lasts: str, said: dict[str, Any]) -> None:
    now = said["now"]
    earning.post_credit(book, EntryKind.ADMIN_CREDIT, points, at=now, begins=now, lasts=lasts, **said)
    settlement.post_due(book, now=now)


def _take(book: Book, points: int, said: dict[str, Any]) -> None:
    there = min(points, book.available)
    if there < points and not book.may_go_negative:
        raise too_little(points, there, money=book.money)
    if there:
        book.post(EntryKind.ADMIN_DEBIT, there, parts=book.take(there, now=said["now"]), **said)
    if there < points:
        book.post(EntryKind.ADMIN_DEBIT_OWED, points - there, **said)


def adjust_card(
    *,
    brand_id: uuid.UUID,
    currency_id: uuid.UUID,
    card_id: uuid.UUID,
    points: int,
    reference: str,
    words: str,
    by: uuid.UUID,
    now: datetime,
) -> Done:
    """Put the balance of a card's member right, by somebody of the brand, in words that the member can read.

    Raises besides `PointsUnknown` and `CardUnknown`, also for what is another brand's.
    """
    currency = the_currency(brand_id=brand_id, currency_id=currency_id)
    member_id = _whose(card_id, brand_id=brand_id)
    note_read(member_id=member_id, classes=[DataClass.ACCOUNT], now=now)
    return adjust_balance(
        member_id=member_id,
        currency_id=currency.id,
        points=points,
        source=f"adjustment:{reference}",
        reason="adjustment",
        facts={"words": words, "by": str(by)},
        now=now,
    )


def _whose(card_id: uuid.UUID, *, brand_id: uuid.UUID) -> uuid.UUID:
    """The member of a card; of one that is closed because its member became part of another: whom its code opens.

    Raises `CardUnknown`, also for another brand's.
    """
    card = db.first(point_queries.card_in_brand(brand_id, card_id))
    holder: Card | ShownCode | None = card
    if card is not None and card.status == CardStatus.CLOSED:
        holder = resolution.resolve_codes(codes=[card.code], brand_id=brand_id).get(card.code)
    if holder is None:
        raise CardUnknown
    return holder.member_id
