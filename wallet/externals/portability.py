"""What a portability file gives back of external cards: every card, as it was."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from app.rights.export.restoration import Portable, Row
from app.sql import db
from wallet.externals import queries, rows
from wallet.externals.models import ExternalCard, Source
from wallet.externals.recognition import load_held
from wallet.externals.row_validation import validate_card
from wallet.externals.rows import LARGEST_BALANCE, Raw


def restore(portable: Portable, *, member_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Keep the file's external cards again. A card that is held stays as it is; what is no card is left out."""
    given = portable.rows("external_card")[: rows.MOST_CARDS]
    judged = [validate_card(_raw(row), currency="EUR") for row in given]
    held = load_held(member_id=member_id, rows=judged)
    room = rows.MOST_CARDS - db.all_of(queries.external_card_count(member_id))[0]
    made: list[ExternalCard] = []
    for row in judged:
        if row.wish is None or len(made) >= room:
            continue
        if held.find(row, row.wish) is None and held.has_room_for(row, row.wish):
            made.append(held.add(row, row.wish, member_id=member_id, source=Source.PORTABILITY, now=now))
    db.add_all(made)
    return {"external_cards": len(made)}


def _raw(row: Row) -> Raw:
    currency = _text(row.get("currency")) or ""
    minor, points = _whole(row.get("balance_minor")), _whole(row.get("balance_points"))
    money = None if minor is None or not currency else Decimal(minor).scaleb(-get_currency_precision(currency))
    groups = row.get("groups")
    return Raw(
        programme=_text(row.get("programme")),
        code=_text(row.get("code")),
        symbology=_text(row.get("symbology")),
        encoding=_text(row.get("encoding")),
        number=_text(row.get("number")),
        note=_text(row.get("note")),
        colour=_text(row.get("colour")),
        expires_on=_date(row.get("expires_on")),
        balance=money if money is not None else None if points is None else Decimal(points),
        currency=currency if money is not None else "",
        groups=[name for name in groups if isinstance(name, str)] if isinstance(groups, list) else (),
        archived=row.get("archived_at") is not None,
    )


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) else None


def _whole(given: Any) -> int | None:
    return given if type(given) is int and abs(given) <= LARGEST_BALANCE else None


def _date(given: Any) -> date | None:
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        return None
