"""Whoever works for a brand goes on working for it when two wallets become one.

Where the brand said it of both, the target's goes on until the later of the two days, and the source's is written down
for a split. What the brand took away since does not come back.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from wallet.employment import queries
from wallet.employment.models import Employment

MOVED, JOINED = "employment", "employment_joined"
TABLE = Employment.metadata.tables[Employment.__tablename__]


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every employment; how many."""
    mine = {one.brand_id: one for one in db.all_of(db.locked(queries.employments_of(target_id)))}
    came = db.all_of(db.locked(queries.employments_of(source_id)))
    for one in came:
        known = mine.get(one.brand_id)
        kind, was = (MOVED, {}) if known is None else (JOINED, _written(one, known))
        note_move(target_id=target_id, merge_id=merge_id, kind=kind, thing=one.brand_id, was=was, now=now)
        if known is None:
            _rehome(one.brand_id, giver=source_id, taker=target_id)
        else:
            known.last_day = _later(one.last_day, known.last_day)
            db.execute(delete(Employment).where(Employment.id == one.id))
    db.session().flush()
    db.session().expire_all()
    return {"employments": len(came)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back what came and still holds."""
    given = 0
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=MOVED):
        brand_id = uuid.UUID(move.thing)
        if db.first(db.locked(queries.employment_with(target_id, brand_id))) is not None:
            _rehome(brand_id, giver=target_id, taker=source_id)
            given += 1
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=JOINED):
        known = db.first(db.locked(queries.employment_with(target_id, uuid.UUID(move.thing))))
        if known is not None:
            _part(known, move.was, source_id=source_id)
            given += 1
    db.session().flush()
    db.session().expire_all()
    return {"employments": given}


def _rehome(brand_id: uuid.UUID, *, giver: uuid.UUID, taker: uuid.UUID) -> None:
    rehome_rows(TABLE, TABLE.c.brand_id == brand_id, source_id=giver, target_id=taker)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _written(one: Employment, known: Employment) -> dict[str, Any]:
    """What a split needs: the source's as it was, and the target's day."""
    return {
        "since": one.since.isoformat(),
        "last_day": one.last_day and one.last_day.isoformat(),
        "marked_by": str(one.marked_by),
        "marked_at": one.marked_at.isoformat(),
        "their_last_day": known.last_day and known.last_day.isoformat(),
    }


def _part(known: Employment, was: dict[str, Any], *, source_id: uuid.UUID) -> None:
    """The source's is there again, and the target's ends on its own day, unless the brand said another since."""
    last_day, theirs = _day(was["last_day"]), _day(was["their_last_day"])
    if known.last_day == _later(last_day, theirs):
        known.last_day = theirs
    db.add(
        Employment(
            member_id=source_id,
            brand_id=known.brand_id,
            since=datetime.fromisoformat(was["since"]),
            last_day=last_day,
            marked_by=uuid.UUID(was["marked_by"]),
            marked_at=datetime.fromisoformat(was["marked_at"]),
        )
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
