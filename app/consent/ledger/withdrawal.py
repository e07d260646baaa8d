"""A member says no: to one cell, or to everything. It asks no reason, needs no version, never conflicts and wins.

A no flows down: it ends every yes inside its scope. What was given becomes `withdrawn`; a question, a delay or a yes
that was over becomes `refused`. A no that was said already stays as it is and adds nothing to the ledger.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import inspect

from app.consent import queries
from app.consent.ledger.events import append_event, lock_permissions
from app.consent.ledger.evidence import Evidence, kept
from app.consent.ledger.grants import check_scope, check_touchpoint, find_purpose
from app.consent.models import (
    CELL_KEY,
    OWN,
    PERMITTING,
    SAID_NO,
    Actor,
    Level,
    PermissionEvent,
    PermissionState,
    Scope,
    State,
)
from app.sql import db


def withdraw_permission(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    now: datetime,
    scope: Scope | None = None,
    recipient: str | None = None,
    evidence: Evidence | None = None,
    claimed_at: datetime | None = None,
    actor: Actor = Actor.DATA_SUBJECT,
) -> PermissionState:
    """End the yes of a scope (the whole brand when none is named) and of all that is inside it; return its cell.

    Without a recipient, those of all recipients end.

    Raises `TouchpointUnknown`, `PurposeUnknown`, `PurposeBundled`, `PurposeNeedsNoPermission` or `ScopeForeign`.
    """
    lock_permissions(member_id)  # before all else: from now on no sender begins
    scope = check_scope(scope, brand_id=brand_id)
    inside = _cells_inside(
        scope, member_id=member_id, brand_id=brand_id, touchpoint=touchpoint, purpose=purpose, recipient=recipient
    )
    if not inside:
        # Cells that stand have proven both words already, also a purpose that is asked for no more.
        check_touchpoint(touchpoint)
        find_purpose(purpose)
    asked = PermissionState(
        member_id=member_id,
        touchpoint=touchpoint,
        purpose=purpose,
        brand_id=brand_id,
        scope_kind=scope.kind,
        scope_id=scope.id,
        recipient=recipient or OWN,
    )
    at_scope = [cell for cell in inside if (cell.scope_kind, cell.scope_id) == tuple(scope)]
    named = at_scope[0] if at_scope else asked
    for cell in inside:
        if cell is not named and cell.state not in SAID_NO:
            say_no(cell, now=now, evidence=evidence, claimed_at=claimed_at, actor=actor)
    if named.state in SAID_NO:
        return named
    return say_no(named, now=now, evidence=evidence, claimed_at=claimed_at, actor=actor)


def _cells_inside(scope: Scope, *, touchpoint: str, purpose: str, **about: Any) -> Sequence[PermissionState]:
    """The cells that a no flows down to; none for words that are no codes, which the database might not even take."""
    if not (touchpoint.isidentifier() and purpose.isidentifier()):
        return ()
    return db.all_of(queries.cells_inside(scope, touchpoint=touchpoint, purpose=purpose, **about))


def withdraw_everything(
    *, member_id: uuid.UUID, now: datetime, brand_id: uuid.UUID | None = None, actor: Actor = Actor.DATA_SUBJECT
) -> Sequence[PermissionState]:
    """End every yes, with one brand or with all; return the cells that this changed."""
    lock_permissions(member_id)
    cells = db.all_of(queries.cells_without_answer_no(member_id=member_id, brand_id=brand_id))
    return [say_no(cell, now=now, actor=actor) for cell in cells]


def say_no(
    cell: PermissionState,
    *,
    now: datetime,
    evidence: Evidence | None = None,
    claimed_at: datetime | None = None,
    actor: Actor = Actor.DATA_SUBJECT,
) -> PermissionState:
    """Record a no on a cell that holds none. It needs no proof: what the app says about it is kept as it is.

    The caller holds the member's lock, and read the cell, if it exists already, under it.
    """
    return append_event(
        PermissionEvent(
            **{name: getattr(cell, name) for name in CELL_KEY},
            level=Level.NONE,
            state=State.WITHDRAWN if cell.state in PERMITTING else State.REFUSED,
            actor=actor,
            evidence=kept(evidence),
            recorded_at=now,
            claimed_at=claimed_at,
        ),
        read=cell if inspect(cell).persistent else None,
    )
