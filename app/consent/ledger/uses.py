"""Use up a counted permission, exactly once however many ask at the same time.

A use shares the member's lock, as senders do, and never asks for it alone: what orders two uses is the row of the cell.
Each use is a row of its own too, whose key would refuse to be taken twice.
"""

import uuid
from datetime import datetime

from sqlalchemy import or_, update

from app.consent import queries
from app.consent.decision.verdicts import cell_of, standing_of
from app.consent.errors import refusal_for
from app.consent.ledger.events import append_event, share_permissions
from app.consent.models import (
    CELL_KEY,
    PERMITTING,
    Actor,
    PermissionEvent,
    PermissionState,
    PermissionUse,
    Reason,
    State,
)
from app.sql import db


def use_permission(*, member_id: uuid.UUID, event_id: uuid.UUID, now: datetime) -> int | None:
    """Take one use of the permission that this event gave; return how many are left, None when they are not counted.

    The last one records `exhausted` in the same transaction. A caller whose verdict has `uses_left=None` may skip
    this call. Raises one of the `PermissionMissing` family when the permission does not stand any more.
    """
    share_permissions(member_id)
    left = _take(member_id, event_id, now=now)
    if left is None:
        _require_uncounted(member_id=member_id, event_id=event_id, now=now)
        return None
    given = db.get(PermissionEvent, (member_id, event_id))
    if given is None or given.max_uses is None:
        raise RuntimeError("a counted permission stands without its event")
    db.add(PermissionUse(member_id=member_id, event_id=event_id, number=given.max_uses - left, used_at=now))
    if left == 0:
        _record_exhausted(given, now=now)
    return left


def _take(member_id: uuid.UUID, event_id: uuid.UUID, *, now: datetime) -> int | None:
    """Take a use in one conditional statement, and say how many are left; None when there was none to take."""
    left: int | None = db.execute(
        update(PermissionState)
        .where(
            PermissionState.member_id == member_id,
            PermissionState.event_id == event_id,
            PermissionState.state.in_(PERMITTING),
            PermissionState.uses_left > 0,
            or_(PermissionState.expires_at.is_(None), PermissionState.expires_at > now),
        )
        .values(uses_left=PermissionState.uses_left - 1)
        .returning(PermissionState.uses_left)
        .execution_options(synchronize_session=False)
    ).scalar()
    return left


def _require_uncounted(*, member_id: uuid.UUID, event_id: uuid.UUID, now: datetime) -> None:
    """Nothing was taken: right when uses are not counted, else say why there was nothing to take."""
    cell = db.first(queries.cell_of_event(member_id, event_id))
    if cell is None:
        raise refusal_for(Reason.NOT_ASKED)
    reason = standing_of(cell_of(cell), now=now)
    if reason is Reason.ALLOWED and cell.uses_left is not None:
        # Answered anew since it was decided: that permission is over, and its successor is another one.
        reason = Reason.EXHAUSTED
    if reason is not Reason.ALLOWED:
        raise refusal_for(reason)


def _record_exhausted(given: PermissionEvent, *, now: datetime) -> None:
    append_event(
        PermissionEvent(
            **{name: getattr(given, name) for name in CELL_KEY},
            level=given.level,
            state=State.EXHAUSTED,
            actor=Actor.CONTROLLER,
            expires_at=given.expires_at,
            max_uses=given.max_uses,
            evidence={},
            recorded_at=now,
        )
    )
