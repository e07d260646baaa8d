"""A profile is there exactly while the permission for it stands.

It is made and deleted in the very transaction in which the permission changes, whatever changes it: an answer, an
objection, a restriction, a merge, somebody's age, a newer text. What ends by the clock alone is said by
`permitted_until`; a job deletes it then.
"""

import uuid
from datetime import datetime

from app.consent.models import PermissionEvent, ScopeKind
from app.sql import db
from offers.learning import queries
from offers.learning.models import PURPOSE, TOUCHPOINT


def follow_event(event: PermissionEvent) -> None:
    """Make or delete what the event is about.

    A profile is of a whole brand, so a yes for a store or an area alone makes none. A no for one closes it: nothing
    that happened there is learnt, and what was learnt already is forgotten and learnt anew without it.
    """
    if event.purpose != PURPOSE or event.touchpoint != TOUCHPOINT:
        return
    if event.scope_kind != ScopeKind.BRAND:
        db.fetch(queries.DELETE_PROFILE, [event.member_id, event.brand_id])
    settle_profiles(event.member_id, now=event.recorded_at)


def settle_profiles(member_id: uuid.UUID, *, now: datetime) -> int:
    """Make and delete profiles of a member as their permissions stand; return how many that changed."""
    [(changed,)] = db.fetch(queries.SETTLE_MEMBER, [now, member_id])
    return int(changed)


def settle_all(*, now: datetime) -> int:
    """Make and delete profiles as permissions stand, of everybody; return how many that changed."""
    [(changed,)] = db.fetch(queries.SETTLE_ALL, [now])
    return int(changed)
