"""What presence does when a permission changes: after a no, the visits that it is about are gone at once."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import NO, PermissionEvent
from geo.presence import retention
from geo.presence.models import PURPOSE


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Delete what a no is about. A yes makes nothing, and one whose time or uses are over leaves what it permitted."""
    follow_all([event])


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Delete what many noes of one member are about."""
    noes = [event for event in events if event.purpose == PURPOSE and event.state in NO]
    if noes:
        retention.forget_refused(noes[0].member_id, noes)


def follow_standing(now: datetime, *, member_id: uuid.UUID | None, purpose: str | None) -> None:
    """Delete what a member objected to; nobody's visits depend on anything else outside the ledger."""
    if member_id is not None and purpose in (None, PURPOSE):
        retention.forget_objected(member_id)
