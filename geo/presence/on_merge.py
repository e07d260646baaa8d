"""Visits of two wallets that become one: those that the target permits as well come along, and go back at a split.

The others stay with the source, whose permission they rest on, and end there with their time. Minutes stay behind and
go: they only serve visits that are under way, and those of the source end here.
"""

import uuid
from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.consent.models import PERMITTING, PermissionState
from app.identity.moves import note_moves, noted_moves, rehome_rows
from app.sql import db
from geo.presence.models import PURPOSE, Sighting, Visit

KIND = "visit"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring the source's visits, as far as the target permits them; how many."""
    db.execute(delete(Sighting).where(Sighting.member_id == source_id))
    db.execute(
        update(Visit)
        .where(Visit.member_id == source_id, Visit.entered_at.is_not(None), Visit.exited_at.is_(None))
        .values(exited_at=Visit.seen_at, lasts_until=Visit.seen_at)
        .execution_options(synchronize_session=False)
    )
    permitted = (
        select(func.count())
        .where(
            PermissionState.member_id == target_id,
            PermissionState.purpose == PURPOSE,
            PermissionState.brand_id == Visit.brand_id,
            PermissionState.touchpoint == Visit.touchpoint,
            PermissionState.state.in_(PERMITTING),
        )
        .scalar_subquery()
    )
    coming = list(db.all_of(select(Visit.id).where(Visit.member_id == source_id, permitted > 0).order_by(Visit.id)))
    note_moves(target_id=target_id, merge_id=merge_id, kind=KIND, things=[(one, {}) for one in coming], now=now)
    _move(coming, source_id=source_id, target_id=target_id)
    return {"visits": len(coming)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back the visits that came and are still there; how many."""
    came = [uuid.UUID(move.thing) for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)]
    still = list(db.all_of(select(Visit.id).where(Visit.member_id == target_id, Visit.id.in_(came))))
    _move(still, source_id=target_id, target_id=source_id)
    return {"visits": len(still)}


def _move(visits: list[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    if visits:
        table = Visit.metadata.tables["visit"]
        rehome_rows(table, table.c.id.in_(visits), source_id=source_id, target_id=target_id)
