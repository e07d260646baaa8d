"""Gestures to two wallets that become one: all of them, so that what one person may be given is counted once."""

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy import Table

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from offers.gestures import queries
from offers.gestures.models import Gesture

TABLE = cast(Table, Gesture.__table__)
KIND = "gesture"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every gesture; how many."""
    given = db.all_of(queries.given_ids(source_id))
    rehome_rows(TABLE, Gesture.id.in_(given), source_id=source_id, target_id=target_id)
    for gesture_id in given:
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=gesture_id, was={}, now=now)
    return {"gestures": len(given)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back every gesture that came."""
    came = [uuid.UUID(move.thing) for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)]
    rehome_rows(TABLE, Gesture.id.in_(came), source_id=target_id, target_id=source_id)
    return {"gestures": len(came)}
