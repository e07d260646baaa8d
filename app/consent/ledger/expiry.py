"""The end of a yes is decided by the clock at every question; that it ended is written down afterwards, by a job."""

from datetime import datetime

from app.consent import queries
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.models import CELL_KEY, Actor, PermissionEvent, PermissionState, State
from app.sql import db


def record_ends(*, now: datetime, limit: int) -> int:
    """Record `expired` for yeses whose time is over, the oldest first; return how many."""
    found = db.all_of(queries.ended_cells(now=now, limit=limit))
    # In one order, so that two who do this never wait for each other in a ring.
    return sum(_end(cell, now=now) for cell in sorted(found, key=lambda cell: cell.member_id))


def _end(seen: PermissionState, *, now: datetime) -> bool:
    event_id = seen.event_id
    lock_permissions(seen.member_id)
    given = db.get(PermissionEvent, (seen.member_id, event_id))
    cell = db.first(queries.cell_at(seen))
    if cell is None or given is None or cell.event_id != event_id:
        return False  # it was answered anew after it was found, and before the lock was ours
    record_event(
        PermissionEvent(
            **{name: getattr(cell, name) for name in CELL_KEY},
            level=cell.level,
            state=State.EXPIRED,
            actor=Actor.SYSTEM_CLOCK,
            expires_at=cell.expires_at,
            max_uses=given.max_uses,
            evidence={},
            recorded_at=now,
        )
    )
    return True
