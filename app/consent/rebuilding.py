"""The projection, made again from the ledger alone: the ledger is the truth, the projection only makes it quick."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from app import db
from app.consent import queries
from app.consent.models import CELL_KEY, PermissionEvent, PermissionState
from app.consent.recording import blank, hold, project, settle

CellKey = tuple[Any, ...]


def projection(events: Iterable[PermissionEvent]) -> Mapping[CellKey, PermissionState]:
    """Every cell that these events make. Pure: the cells belong to no session."""
    cells: dict[CellKey, PermissionState] = {}
    for event in sorted(events, key=lambda event: (event.recorded_at, event.id)):
        key = tuple(getattr(event, name) for name in CELL_KEY)
        cells[key] = project(cells.get(key) or blank(event), event)
    return cells


def rebuild(*, member_id: uuid.UUID) -> int:
    """Put a member's cells right from their ledgers, of events and of uses; return how many were not."""
    hold(member_id)
    right = projection(db.all_of(queries.ledger_of(member_id)))
    taken = db.all_of(queries.uses_of(member_id))
    for cell in right.values():
        settle(cell)
        if cell.uses_left:
            cell.uses_left -= sum(use.event_id == cell.event_id for use in taken)
    stored = {_key(cell): cell for cell in db.all_of(queries.projection_of(member_id))}
    wrong = {key for key in right.keys() | stored.keys() if _values(right.get(key)) != _values(stored.get(key))}
    for key in wrong:
        if key in stored and key not in right:
            db.session().delete(stored[key])
        else:
            db.session().merge(right[key])
    db.session().flush()
    return len(wrong)


def _key(cell: PermissionState) -> CellKey:
    return tuple(getattr(cell, name) for name in CELL_KEY)


def _values(cell: PermissionState | None) -> tuple[Any, ...] | None:
    return None if cell is None else tuple(getattr(cell, column.key) for column in PermissionState.__table__.columns)
