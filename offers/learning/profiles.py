"""A profile is there exactly while the permission for it stands.

It is made and deleted in the very transaction in which the permission changes, whatever changes it: an answer, an
objection, a restriction, a merge, somebody's age, a newer text. What ends by the clock alone is said by
`permitted_until`; a job deletes it then.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.consent.models import PermissionEvent, ScopeKind
from app.sql import db, locks
from app.sql.queues import work_through
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
    """Make and delete profiles of a member as their permissions stand; return how many that changed.

    For who holds the lock of these permissions.
    """
    [(changed,)] = db.fetch(queries.SETTLE, [now, member_id])
    return int(changed)


def shorten_profiles() -> None:
    """Let every profile end when its permission now does."""
    db.fetch(queries.SHORTEN)


def end_profiles(*, now: datetime, at_once: int) -> int:
    """Delete profiles whose permission ended by the clock; return how many. In steps."""
    return _settle_each(queries.ENDED, now=now, at_once=at_once)


def mend_profiles(*, now: datetime, at_once: int) -> int:
    """Make and delete profiles that are not as permissions stand, whatever happened to them; return how many. In
    steps."""
    return _settle_each(queries.ASTRAY, now=now, at_once=at_once)


def _settle_each(question: str, *, now: datetime, at_once: int) -> int:
    def waiting(most: int) -> Sequence[uuid.UUID]:
        return [member_id for (member_id,) in db.fetch(question, [now, most])]

    def settle(member_id: uuid.UUID) -> int:
        locks.lock_permissions(member_id)
        return settle_profiles(member_id, now=now)

    return work_through(waiting, settle, what="offers.learning.settle", at_once=at_once)
