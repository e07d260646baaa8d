"""A member says no: to one cell, or to everything. It asks no reason, needs no version, never conflicts and wins.

A no flows down: it ends every yes inside its scope. What was given becomes `withdrawn`; a question, a delay or a yes
that was over becomes `refused`. A no that was said already stays as it is and adds nothing to the ledger.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app import db
from app.consent import queries
from app.consent.granting import checked_purpose, checked_scope, checked_touchpoint
from app.consent.models import (
    CELL_KEY,
    PERMITTING,
    SAID_NO,
    Actor,
    Level,
    PermissionEvent,
    PermissionState,
    Scope,
    State,
)
from app.consent.proving import Evidence, kept
from app.consent.recording import hold, record


def withdraw(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    now: datetime,
    scope: Scope | None = None,
    evidence: Evidence | None = None,
    claimed_at: datetime | None = None,
) -> PermissionState:
    """End the yes of a scope (the whole brand when none is named) and of all that is inside it; return its cell.

    Raises `TouchpointUnknown`, `PurposeUnknown`, `PurposeBundled`, `PurposeNeedsNoPermission` or `ScopeForeign`.
    """
    scope = checked_scope(scope, brand_id=brand_id)
    checked_touchpoint(touchpoint)
    checked_purpose(purpose)
    hold(member_id)
    asked = PermissionState(
        member_id=member_id,
        touchpoint=touchpoint,
        purpose=purpose,
        brand_id=brand_id,
        scope_kind=scope.kind,
        scope_id=scope.id,
    )
    inside = db.all_of(
        queries.cells_inside(scope, member_id=member_id, brand_id=brand_id, touchpoint=touchpoint, purpose=purpose)
    )
    named = next((cell for cell in inside if (cell.scope_kind, cell.scope_id) == tuple(scope)), asked)
    for cell in inside:
        if cell is not named and cell.state not in SAID_NO:
            _say_no(cell, now=now, evidence=evidence, claimed_at=claimed_at)
    if named.state in SAID_NO:
        return named
    return _say_no(named, now=now, evidence=evidence, claimed_at=claimed_at)


def withdraw_everything(
    *, member_id: uuid.UUID, now: datetime, brand_id: uuid.UUID | None = None
) -> Sequence[PermissionState]:
    """End every yes, with one brand or with all; return the cells that this changed."""
    hold(member_id)
    cells = db.all_of(queries.cells_without_answer_no(member_id=member_id, brand_id=brand_id))
    return [_say_no(cell, now=now) for cell in cells]


def _say_no(
    cell: PermissionState, *, now: datetime, evidence: Evidence | None = None, claimed_at: datetime | None = None
) -> PermissionState:
    return record(
        PermissionEvent(
            **{name: getattr(cell, name) for name in CELL_KEY},
            level=Level.NONE,
            state=State.WITHDRAWN if cell.state in PERMITTING else State.REFUSED,
            actor=Actor.DATA_SUBJECT,
            evidence=kept(evidence),  # a no needs no proof: what the app says about it is kept as it is
            recorded_at=now,
            claimed_at=claimed_at,
        )
    )
