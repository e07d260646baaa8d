"""The birthday of two wallets that become one: the target's, or else the source's."""

import uuid
from datetime import datetime

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from offers.planning.audiences import queries
from offers.planning.audiences.models import Birthday

KIND = "birthday"
TABLE = Birthday.metadata.tables[Birthday.__tablename__]


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring what the source said, where the target said nothing; how many."""
    said = db.first(db.locked(queries.birthday_of(source_id)))
    if said is None or db.first(queries.birthday_of(target_id)) is not None:
        return {"birthdays": 0}
    note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=source_id, was={}, now=now)
    rehome_rows(TABLE, TABLE.c.member_id == source_id, source_id=source_id, target_id=target_id)
    return {"birthdays": 1}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back what came and is still there."""
    came = noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)
    if not came or db.first(db.locked(queries.birthday_of(target_id))) is None:
        return {"birthdays": 0}
    rehome_rows(TABLE, TABLE.c.member_id == target_id, source_id=target_id, target_id=source_id)
    return {"birthdays": 1}
