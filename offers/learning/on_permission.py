"""What learning does when a permission changes, or what it depends on: a profile comes and goes with it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import PermissionEvent
from offers.learning import profiles
from offers.learning.models import PURPOSE


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """A yes makes the profile, to be learnt; an end deletes it with all that was learnt."""
    profiles.follow_event(event)


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Delete what many noes of one member are about."""
    for event in events:
        profiles.follow_event(event)


def follow_standing(now: datetime, *, member_id: uuid.UUID | None, purpose: str | None) -> None:
    """Settle the profiles of a member whose permissions stand otherwise now, or let those of everybody end sooner."""
    if purpose is not None and purpose != PURPOSE:
        return
    if member_id is not None:
        profiles.settle_profiles(member_id, now=now)
    else:
        profiles.shorten_profiles()
