"""Cards of other programmes of two wallets that become one: each once. One that the target keeps too stays behind."""

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy import Table

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from wallet.externals import queries
from wallet.externals.models import ExternalCard

TABLE = cast(Table, ExternalCard.__table__)
KIND = "external_card"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every card that the target does not keep already."""
    cards = db.all_of(db.locked(queries.unlike(source_id, target_id)))
    for card_id in [card.id for card in cards]:
        rehome_rows(TABLE, ExternalCard.id == card_id, source_id=source_id, target_id=target_id)
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=card_id, was={}, now=now)
    return {"external_cards": len(cards)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back every card that came and is still kept."""
    given = 0
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND):
        card_id = uuid.UUID(move.thing)
        if db.first(db.locked(queries.external_card_of(target_id, card_id))) is not None:
            rehome_rows(TABLE, ExternalCard.id == card_id, source_id=target_id, target_id=source_id)
            given += 1
    return {"external_cards": given}
