"""The end of a yes is decided by the clock at every question; that it ended is written down afterwards, by a job."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from app.consent import queries
from app.consent.ledger.events import append_event, lock_permissions, record_event
from app.consent.models import CELL_KEY, Actor, PermissionEvent, State
from app.sql import db
from app.sql.queues import work_through


def record_ends(*, now: datetime, at_once: int) -> int:
    """Record `expired` for yeses whose time is over, the oldest first; return how many. In steps."""

    def waiting(most: int) -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
        return [(cell.member_id, cell.event_id) for cell in db.all_of(queries.ended_cells(now=now, limit=most))]

    return work_through(waiting, lambda key: _end(*key, now=now), what="app.consent.record_expired", at_once=at_once)


class VisitOver(NamedTuple):
    """A visit that is over: the permission that it began by, the scopes that it alone was in of those of its brand (its
    store, the areas, the brand), and until when it lasted at most."""

    event_id: uuid.UUID
    brand_id: uuid.UUID
    scope_ids: Collection[uuid.UUID]
    until: datetime


def end_with_visits(*, member_id: uuid.UUID, purpose: str, over: Sequence[VisitOver], now: datetime) -> int:
    """Record `expired` for the permissions that held for these visits: by whatever touchpoint, and also where the
    member was asked again meanwhile; return how many.

    For who shares the member's permissions: as when a use is taken, what orders two ends is the row of the cell.
    """
    if not over:
        return 0
    held = [
        queries.held_for_visit(
            one.event_id,
            purpose=purpose,
            brand_id=one.brand_id,
            scope_ids=one.scope_ids,
            until=one.until,
        )
        for one in over
    ]
    cells = db.all_of(db.locked(queries.cells_for_visits(member_id, held)))
    for cell in cells:
        append_event(
            PermissionEvent(
                **{name: getattr(cell, name) for name in CELL_KEY},
                level=cell.level,
                state=State.EXPIRED,
                actor=Actor.SYSTEM_CLOCK,
                expires_at=cell.expires_at,
                evidence={},
                recorded_at=now,
            )
        )
    return len(cells)


def _end(member_id: uuid.UUID, event_id: uuid.UUID, *, now: datetime) -> bool:
    lock_permissions(member_id)
    given = db.get(PermissionEvent, (member_id, event_id))
    cell = db.first(queries.cell_of_event(member_id, event_id))
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
