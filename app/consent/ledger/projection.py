"""The projection, made again from the ledger alone: the ledger is the truth, the projection only makes it quick."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from app.consent import queries
from app.consent.ledger.events import blank, lock_permissions, project_event, settle_cell
from app.consent.models import CELL_KEY, PermissionEvent, PermissionState
from app.sql import db

CellKey = tuple[Any, ...]


def project_ledger(events: Iterable[PermissionEvent]) -> Mapping[CellKey, PermissionState]:
    """Every cell that these events make. Pure: the cells belong to no session."""
    cells: dict[CellKey, PermissionState] = {}
    for event in sorted(events, key=lambda event: (event.recorded_at, event.id)):
        key = tuple(getattr(event, name) for name in CELL_KEY)
        cells[key] = project_event(cells.get(key) or blank(event), event)
    return cells


def rebuild_projection(*, member_id: uuid.UUID) -> int:
    """Put a member's cells right from their ledgers, of events and of uses; return how many were not."""
    lock_permissions(member_id)
    right = project_ledger(db.all_of(queries.ledger_of(member_id)))
    taken = db.all_of(queries.uses_of(member_id))
    for cell in right.values():
        settle_cell(cell)
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
