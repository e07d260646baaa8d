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
from app.consent.decision import circumstances
from app.consent.ledger.events import append_all, append_event, lock_permissions
from app.consent.ledger.evidence import Evidence, kept
from app.consent.ledger.grants import Answered
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
    ScopeKind,
    State,
)
from app.consent.registry.validation import check_touchpoint, require_purpose, require_scope
from app.sql import db


def withdraw_permission(**asked: Any) -> PermissionState:
    """End the yes of a scope and return its cell; takes what `record_no` takes and raises what it raises."""
    return record_no(**asked).cell


def record_no(
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
    session_id: uuid.UUID | None = None,
) -> Answered:
    """End the yes of a scope (the whole brand when none is named) and of all that is inside it.

    Returns its cell with what it was judged by. Without a recipient, those of all recipients end. `session_id` is the
    sign-in that answers.

    Raises `TouchpointUnknown`, `PurposeUnknown`, `PurposeBundled`, `PurposeNeedsNoPermission` or `ScopeForeign`.
    """
    lock_permissions(member_id)  # before all else: from now on no sender begins
    scope = scope or Scope(ScopeKind.BRAND, brand_id)
    key = dict(zip(CELL_KEY, (member_id, touchpoint, purpose, brand_id, *scope, recipient or OWN), strict=True))
    known = circumstances.read_inside(key, recipient=recipient, session_id=session_id, now=now)
    require_scope(scope, brand_id=brand_id, place_known=known.place_known)
    if not known.cells:
        # Cells that stand have proven both words already, also a purpose that is asked for no more.
        check_touchpoint(touchpoint)
        require_purpose(purpose, known.goal)
    at_scope = [cell for cell in known.cells if (cell.scope_kind, cell.scope_id) == tuple(scope)]
    named = at_scope[0] if at_scope else PermissionState(**key, version=0)
    for cell in known.cells:
        if cell is not named and cell.state not in SAID_NO:
            say_no(cell, now=now, evidence=evidence, claimed_at=claimed_at, actor=actor)
    if named.state not in SAID_NO:
        say_no(named, now=now, evidence=evidence, claimed_at=claimed_at, actor=actor)
    return Answered(named, known)


def withdraw_everything(
    *, member_id: uuid.UUID, now: datetime, brand_id: uuid.UUID | None = None, actor: Actor = Actor.DATA_SUBJECT
) -> Sequence[PermissionState]:
    """End every yes, with one brand or with all; return the cells that this changed."""
    lock_permissions(member_id)
    cells = db.all_of(queries.cells_without_answer_no(member_id=member_id, brand_id=brand_id))
    return say_no_to_all(cells, now=now, actor=actor)


def say_no(
    cell: PermissionState,
    *,
    now: datetime,
    evidence: Evidence | None = None,
    claimed_at: datetime | None = None,
    actor: Actor = Actor.DATA_SUBJECT,
) -> PermissionState:
    """Record a no on a cell that holds none. It needs no proof: what the app says about it is kept as it is.

    The caller holds the member's lock, and read the cell, if it exists already, under it; a cell of version 0 is known
    to be none yet.
    """
    return append_event(
        _no_to(cell, now=now, evidence=evidence, claimed_at=claimed_at, actor=actor),
        read=cell if inspect(cell).persistent or cell.version == 0 else None,
    )


def say_no_to_all(
    cells: Sequence[PermissionState], *, now: datetime, evidence: Evidence | None = None, actor: Actor
) -> Sequence[PermissionState]:
    """Record a no on each of these cells of one member; return them.

    The caller holds the member's lock, and read the cells under it: all that still say yes to what they are about.
    """
    noes = [_no_to(cell, now=now, evidence=evidence, claimed_at=None, actor=actor) for cell in cells]
    return append_all(noes, read=cells)


def _no_to(
    cell: PermissionState, *, now: datetime, evidence: Evidence | None, claimed_at: datetime | None, actor: Actor
) -> PermissionEvent:
    return PermissionEvent(
        **{name: getattr(cell, name) for name in CELL_KEY},
        level=Level.NONE,
        state=State.WITHDRAWN if cell.state in PERMITTING else State.REFUSED,
        actor=actor,
        evidence=kept(evidence),
        recorded_at=now,
        claimed_at=claimed_at,
    )
