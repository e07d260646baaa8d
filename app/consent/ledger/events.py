"""The one path by which a permission changes: an event in the ledger, and the cell that it makes of it.

Every write takes the subject's advisory lock first, so a member's events have one order on all devices and servers;
`recorded_at` follows that order even where clocks do not. Senders share the same lock from their decision until they
have handed over, so a withdrawal is acknowledged only after everything that was decided before it has left, and
nothing leaves afterwards. PostgreSQL queues these locks fairly: a withdrawal waits for what was before it and is
overtaken by nothing.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import object_session

from app.consent import queries
from app.consent.decision.circumstances import Circumstances
from app.consent.ledger.listeners import tell_all, tell_followers
from app.consent.models import CELL_KEY, OWN, PERMITTING, Actor, PermissionEvent, PermissionState, State
from app.consent.noes import notes
from app.consent.registry.texts import text_lock
from app.sql import db, locks

TICK = timedelta(microseconds=1)

EVENTS, CELLS = PermissionEvent.metadata.tables["permission_event"], PermissionState.metadata.tables["permission_state"]
EVENT_COLUMNS, CELL_COLUMNS = [column.name for column in EVENTS.c], [column.name for column in CELLS.c]

DOCUMENTS = [
    f"{prefix}_{column.name}"
    for prefix, table in (("event", EVENTS), ("cell", CELLS))
    for column in table.c
    if isinstance(column.type, JSONB)
]
"""Values that travel as the text of JSON."""

_cell = insert(CELLS).values({column.name: bindparam(f"cell_{column.name}", type_=column.type) for column in CELLS.c})
STORE = db.put_together(
    insert(EVENTS)
    .values({column.name: bindparam(f"event_{column.name}", type_=column.type) for column in EVENTS.c})
    .add_cte(
        _cell.on_conflict_do_update(
            index_elements=CELL_KEY,
            set_={name: _cell.excluded[name] for name in CELL_COLUMNS if name not in CELL_KEY},
        ).cte("cell")
    )
)
"""The event and its cell in one trip: a member who withdraws waits for it."""


def lock_permissions(member_id: uuid.UUID) -> None:
    """Make every other writer of this member's permissions wait until this transaction ends."""
    locks.lock_permissions(member_id)


def lock_permissions_for_yes(member_id: uuid.UUID, *, purpose: str) -> None:
    """Make other writers of this member's permissions wait, and whoever publishes new words of the purpose.

    What is read afterwards is then all that a yes to the purpose can depend on.
    """
    words = text_lock(purpose if purpose.isidentifier() else "")  # no code: the database might not even take it
    locks.lock_permissions_for_yes(member_id, words=words)


def share_permissions(member_id: uuid.UUID) -> None:
    """Keep this member's permissions as they are until this transaction ends, together with others who share.

    For senders, from the decision to the hand-over. Who shares must not write permissions afterwards
    (`lock_permissions` would wait for the other sharers, and they for it); using one up is no such write, see `uses`.
    """
    locks.share_permissions(member_id)


def record_event(event: PermissionEvent) -> PermissionState:
    """Append an event to the ledger and project it on its cell, which is returned. Waits for whoever shares."""
    lock_permissions(event.member_id)
    return append_event(event)


def append_event(
    event: PermissionEvent, *, read: PermissionState | None = None, known: Circumstances | None = None
) -> PermissionState:
    """Append an event and return its cell, for who holds the member's lock, or shares it and locked the cell's row.

    `read` is the cell, if it was read under that lock; `known` all that a yes is judged by, read
    under `lock_permissions_for_yes`. The rooms that follow the ledger do their part in the same transaction. The cell
    belongs to no session any more.
    """
    if event.state in PERMITTING and known is None:
        # Shared with other answers; a publication holds it alone, and before any cell, so that they see one another.
        locks.share_name(text_lock(event.purpose))
    cell = read or (known.cell if known is not None else db.first(queries.cell_at(event)))
    cell = _alone(cell) if cell is not None else blank(event)
    if cell.event_id is not None:
        event.previous_event_id = cell.event_id
        event.recorded_at = max(event.recorded_at, cell.changed_at + TICK)
    event.id, event.recipient = event.id or db.new_id(), event.recipient or OWN
    settle_cell(project_event(cell, event), known)
    store(event, cell)
    notes.note_no(event)
    tell_followers(event, known)
    return cell


def store(event: PermissionEvent, cell: PermissionState) -> None:
    """Write an event and the cell that it makes, in one statement."""
    values: dict[str, Any] = {f"event_{name}": getattr(event, name) for name in EVENT_COLUMNS}
    values |= {f"cell_{name}": getattr(cell, name) for name in CELL_COLUMNS}
    told = {name: json.dumps(values[name]) for name in DOCUMENTS if values[name] is not None}
    db.send_statement(STORE, values | told)


def _alone(cell: PermissionState) -> PermissionState:
    """The cell without its session, which would write it a second time."""
    session = object_session(cell)
    if session is not None:
        session.flush()
        session.expunge(cell)
    return cell


def blank(event: PermissionEvent) -> PermissionState:
    """The cell of an event before any event."""
    return PermissionState(**{name: getattr(event, name) for name in CELL_KEY}, version=0)


def project_event(cell: PermissionState, event: PermissionEvent) -> PermissionState:
    """What an event makes of its cell. Pure, so that the projection can be rebuilt from the ledger alone."""
    cell.event_id = event.id
    cell.level = event.level
    cell.state = event.state
    cell.expires_at = event.expires_at
    cell.uses_left = uses_after(event)
    cell.os_vector = event.evidence.get("os_permission")
    cell.os_location = (cell.os_vector or {}).get("location")
    cell.pending = event.evidence.get("pending") if event.state == State.REQUESTED else None
    cell.with_parent = event.state in PERMITTING and event.actor == Actor.DATA_SUBJECT_WITH_PARENT
    cell.text_version = event.evidence.get("version")
    cell.version += 1
    cell.changed_at = event.recorded_at
    return cell


def settle_cell(cell: PermissionState, known: Circumstances | None = None) -> PermissionState:
    """What stands against a yes from outside its ledger: a newer text that changes what was agreed to, an objection.

    `known` says so already where it was read for this yes.
    """
    cell.notice_until, cell.objected = None, False
    if cell.state not in PERMITTING:
        return cell
    if known is not None:
        cell.notice_until = known.replaced_at if cell.text_version is not None else None
        cell.objected = known.objected
        return cell
    if cell.text_version is not None:
        cell.notice_until = db.first(queries.replaced_at(cell.purpose, version=cell.text_version))
    objects = queries.objects(cell.member_id, brand_id=cell.brand_id, purpose=cell.purpose)
    cell.objected = bool(db.first(objects))
    return cell


def uses_after(event: PermissionEvent) -> int | None:
    """How many uses an event leaves; None when uses are not counted."""
    if event.state == State.EXHAUSTED:
        return 0
    return event.max_uses if event.state in PERMITTING else None


def append_all(events: Sequence[PermissionEvent], *, read: Sequence[PermissionState]) -> Sequence[PermissionState]:
    """Append noes of one member, each about another cell, for who holds their lock; return the cells.

    `read` are the cells in the order of the events, read under that lock; they belong to no session afterwards.
    Whatever their number, they are written and followed in the same few statements.
    """
    for event, cell in zip(events, read, strict=True):
        _detach(cell)
        event.id, event.recipient = db.new_id(), event.recipient or OWN
        event.previous_event_id = cell.event_id
        event.recorded_at = max(event.recorded_at, cell.changed_at + TICK)
        settle_cell(project_event(cell, event))
    if events:
        store_all(events, read)
        for event in events:
            notes.note_no(event)
        tell_all(events)
    return read


def store_all(events: Sequence[PermissionEvent], cells: Sequence[PermissionState]) -> None:
    """Write events, and the cells that they make."""
    db.execute(insert(PermissionEvent).values([_columns(event) for event in events]))
    written = insert(PermissionState).values([_columns(cell) for cell in cells])
    db.execute(
        written.on_conflict_do_update(
            index_elements=CELL_KEY,
            set_={name: written.excluded[name] for name in _columns(cells[0]) if name not in CELL_KEY},
        )
    )


def _columns(row: PermissionEvent | PermissionState) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def _detach(cell: PermissionState) -> None:
    """Take a cell out of its session, which would write it a second time."""
    session = object_session(cell)
    if session is not None:
        session.expunge(cell)
