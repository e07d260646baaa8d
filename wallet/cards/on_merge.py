"""Cards of two wallets that become one.

A card with a brand that the target knew nothing of comes as it is. Where both have one, the target's stays, the
source's is closed, and its codes open the target's from now on: what is printed keeps working. If either is blocked,
what stays is blocked.
"""

import uuid
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from wallet.cards import queries
from wallet.cards.models import Card, CardStatus
from wallet.cards.numbers import hand_over_numbers
from wallet.passes.directory import hand_over_codes

TABLE = cast(Table, Card.__table__)
MOVED, CLOSED, CODE, NUMBER = "card", "card_closed", "code", "card_number"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every card, or what opens it; how many cards."""
    mine = {card.brand_id: card for card in db.all_of(db.locked(queries.cards_alone(target_id)))}
    cards = [card for card in db.all_of(db.locked(queries.cards_alone(source_id))) if card.status != CardStatus.CLOSED]
    for card in cards:
        known = mine.get(card.brand_id)
        if known is None:
            rehome_rows(TABLE, Card.id == card.id, source_id=source_id, target_id=target_id)
            note_move(target_id=target_id, merge_id=merge_id, kind=MOVED, thing=card.id, was={}, now=now)
        else:
            was = {"status": card.status, "card": str(known.id), "their_status": known.status}
            note_move(target_id=target_id, merge_id=merge_id, kind=CLOSED, thing=card.id, was=was, now=now)
            known.status = CardStatus.BLOCKED if card.status == CardStatus.BLOCKED else known.status
            card.status = CardStatus.CLOSED
            card.version, known.version = card.version + 1, known.version + 1
        to = card.id if known is None else known.id
        for code in hand_over_codes(source_id=source_id, of=card.id, target_id=target_id, to=to):
            note_move(
                target_id=target_id, merge_id=merge_id, kind=CODE, thing=code, was={"card": str(card.id)}, now=now
            )
        for number in hand_over_numbers(source_id=source_id, of=card.id, target_id=target_id, to=to):
            note_move(
                target_id=target_id, merge_id=merge_id, kind=NUMBER, thing=number, was={"card": str(card.id)}, now=now
            )
    db.session().flush()
    return {"cards": len(cards)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give every card back, with the codes that it came with."""
    given = 0
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=MOVED):
        card_id = uuid.UUID(move.thing)
        if db.first(db.locked(queries.card_of(target_id, card_id))) is not None:
            rehome_rows(TABLE, Card.id == card_id, source_id=target_id, target_id=source_id)
            hand_over_codes(source_id=target_id, of=card_id, target_id=source_id, to=card_id)
            hand_over_numbers(source_id=target_id, of=card_id, target_id=source_id, to=card_id)
            given += 1
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=CLOSED):
        given += _part(source_id, target_id, merge_id, uuid.UUID(move.thing), move.was)
    db.session().flush()
    return {"cards": given}


def _part(
    source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, card_id: uuid.UUID, was: dict[str, Any]
) -> bool:
    """A closed card is open again, and what it was known by stands for it."""
    card = db.first(db.locked(queries.card_of(source_id, card_id)))
    known = db.first(db.locked(queries.card_of(target_id, uuid.UUID(was["card"]))))
    if known is not None and known.status == CardStatus.BLOCKED:
        _open_again(known, was["their_status"])
    if card is None:
        return False
    _open_again(card, was["status"])
    if known is not None:
        way: Any = {"source_id": target_id, "of": known.id, "target_id": source_id, "to": card.id}
        hand_over_codes(**way, only=_born_of(card, CODE, target_id, merge_id))
        hand_over_numbers(**way, only=[uuid.UUID(id) for id in _born_of(card, NUMBER, target_id, merge_id)])
    return True


def _open_again(card: Card, status: str) -> None:
    card.status = status
    card.version += 1


def _born_of(card: Card, kind: str, target_id: uuid.UUID, merge_id: uuid.UUID) -> list[str]:
    """What this card was known by before the merge."""
    came = noted_moves(target_id=target_id, merge_id=merge_id, kind=kind)
    return [move.thing for move in came if move.was["card"] == str(card.id)]
