"""What a no does to messages that wait: they are cancelled in the transaction of the no, with its reason."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.consent.models import SAID_NO, PermissionEvent, Reason
from app.messages import queries
from app.messages.queue import decide_message
from app.sql import db

MAY_LIFT = frozenset(
    {
        Reason.OS_INSUFFICIENT,
        Reason.OS_STALE,
        Reason.NOTICE_SUPERSEDED,
        Reason.PENDING_CONFIRMATION,
        Reason.PENDING_PARENT,
        Reason.RESTING,
    }
)
"""Reasons that are about now: such a message is held, and tried again as long as it is useful."""


def cancel_after(event: PermissionEvent, *, now: datetime) -> int:
    """Cancel what may not leave any more after an event of the ledger; return how many messages that was.

    After a no with which no yes is left, for no store and no area, nothing has to be decided: one statement, for which
    the member who withdraws waits. The caller holds the member's lock, so no message is between its decision and its
    hand-over.
    """
    about: dict[str, Any] = {name: getattr(event, name) for name in ("member_id", "brand_id", "touchpoint", "purpose")}
    if event.state in SAID_NO:
        asked = {f"about_{name}": value for name, value in about.items()}
        found = db.execute(queries.AFTER_A_NO, asked | {"said": str(event.state), "now": now}).one()
        if found.cancelled or not found.waited:
            return int(found.cancelled)
    return cancel_forbidden(**about, now=now)


def cancel_after_noes(events: Sequence[PermissionEvent]) -> int:
    """Cancel what may not leave any more after noes of one member that leave no yes to what they are about.

    Returns how many messages that was. The caller holds the member's lock, as above.
    """
    about = {(event.brand_id, event.touchpoint, event.purpose): event for event in events}  # the last one gives reason
    last = list(about.values())
    result: Any = db.execute(
        queries.CANCELLATION_AFTER_NOES,
        {
            "member": last[0].member_id,
            "brands": [event.brand_id for event in last],
            "touchpoints": [event.touchpoint for event in last],
            "purposes": [event.purpose for event in last],
            "reasons": [str(event.state) for event in last],
            "instants": [event.recorded_at for event in last],
        },
    )
    return int(result.rowcount)


def cancel_forbidden(
    *,
    member_id: uuid.UUID,
    now: datetime,
    brand_id: uuid.UUID | None = None,
    touchpoint: str | None = None,
    purpose: str | None = None,
) -> int:
    """Cancel what waits for this member and is no longer allowed; return how many messages that was.

    The caller holds the member's lock, as above. Call it after an objection or a restriction; after an event of the
    ledger it is called already.
    """
    about = {"member_id": member_id, "brand_id": brand_id, "touchpoint": touchpoint, "purpose": purpose}
    kinds = db.execute(queries.WAITING_KINDS, about).all()
    cancelled = 0
    for kind in kinds:
        waiting: dict[str, Any] = kind._asdict()
        verdict = decide_message(member_id=member_id, now=now, **waiting)
        if not verdict.allowed and verdict.reason not in MAY_LIFT:
            result: Any = db.execute(
                queries.cancellation(member_id, reason=str(verdict.reason), now=now, **waiting),
            )
            cancelled += int(result.rowcount)
    return cancelled
