"""The one path by which a permission changes: an event in the ledger, and the cell that it makes of it.

Every write takes the subject's advisory lock first, so a member's events have one order on all devices and servers;
`recorded_at` follows that order even where clocks do not. Senders share the same lock from their decision until they
have handed over, so a withdrawal is acknowledged only after everything that was decided before it has left, and
nothing leaves afterwards. PostgreSQL queues these locks fairly: a withdrawal waits for what was before it and is
overtaken by nothing.
"""

import uuid
from datetime import timedelta

from sqlalchemy import text

from app import db
from app.consent import queries
from app.consent.following import tell
from app.consent.models import CELL_KEY, PERMITTING, PermissionEvent, PermissionState, State

LOCK_CLASS = 0x1C1
"""The first half of the advisory lock's key; the second is a hash of the member. A collision costs a short wait."""

TICK = timedelta(microseconds=1)


def hold(member_id: uuid.UUID) -> None:
    """Make every other writer of this member's permissions wait until this transaction ends."""
    db.execute(
        text("SELECT pg_advisory_xact_lock(:class, hashtext(:member))"),
        {"class": LOCK_CLASS, "member": str(member_id)},
    )


def share(member_id: uuid.UUID) -> None:
    """Keep this member's permissions as they are until this transaction ends, together with others who share.

    For senders, from the decision to the hand-over. Who shares must not write permissions afterwards (`hold` would
    wait for the other sharers, and they for it); using one up is no such write, see `using`.
    """
    db.execute(
        text("SELECT pg_advisory_xact_lock_shared(:class, hashtext(:member))"),
        {"class": LOCK_CLASS, "member": str(member_id)},
    )


def record(event: PermissionEvent) -> PermissionState:
    """Append an event to the ledger and project it on its cell, which is returned. Waits for whoever shares."""
    hold(event.member_id)
    return append(event)


def append(event: PermissionEvent) -> PermissionState:
    """The same for who holds the member's lock already, or shares it and has locked the cell's row.

    The rooms that follow the ledger do their part in the same transaction.
    """
    cell = _projected(event)
    tell(event)
    return cell


def _projected(event: PermissionEvent) -> PermissionState:
    cell = db.first(queries.cell_at(event))
    if cell is not None:
        event.previous_event_id = cell.event_id
        event.recorded_at = max(event.recorded_at, cell.changed_at + TICK)
    event = db.add(event)
    if cell is None:
        return db.add(project(blank(event), event))
    project(cell, event)
    db.session().flush()
    return cell


def blank(event: PermissionEvent) -> PermissionState:
    """The cell of an event before any event."""
    return PermissionState(**{name: getattr(event, name) for name in CELL_KEY}, version=0)


def project(cell: PermissionState, event: PermissionEvent) -> PermissionState:
    """What an event makes of its cell. Pure, so that the projection can be rebuilt from the ledger alone."""
    cell.event_id = event.id
    cell.level = event.level
    cell.state = event.state
    cell.expires_at = event.expires_at
    cell.uses_left = uses_after(event)
    cell.os_location = event.evidence.get("os_permission", {}).get("location")
    cell.version += 1
    cell.changed_at = event.recorded_at
    return cell


def uses_after(event: PermissionEvent) -> int | None:
    """How many uses an event leaves; None when uses are not counted."""
    if event.state == State.EXHAUSTED:
        return 0
    return event.max_uses if event.state in PERMITTING else None
