"""A parent whose two wallets become one is the same children's parent."""

import uuid
from datetime import datetime

from sqlalchemy import select

from app.family.models import ParentalLink
from app.identity.moves import note_move, noted_moves
from app.sql import db

KIND = "child"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring the children. The members themselves are of age: minors are not merged."""
    children = db.all_of(db.locked(select(ParentalLink).where(ParentalLink.principal_id == source_id)))
    for link in children:
        link.principal_id = target_id
        was = {"child": str(link.member_id)}
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=link.id, was=was, now=now)
    db.session().flush()
    return {"children": len(children)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give the children back."""
    given = 0
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND):
        link = db.get(ParentalLink, (uuid.UUID(move.was["child"]), uuid.UUID(move.thing)))
        if link is not None and link.principal_id == target_id:
            link.principal_id = source_id
            given += 1
    db.session().flush()
    return {"children": given}
