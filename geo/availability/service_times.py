"""How long one waits for a service of a store: staff say it, it is told for a while, and expires by itself."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete

from app.sql import db
from geo.availability import queries
from geo.availability.articles import SKEW
from geo.availability.errors import AvailabilityInFuture
from geo.availability.models import ServiceKind, ServiceTime

MOST_MINUTES = 240
TOLD_MINUTES, LEAST_TOLD_MINUTES, MOST_TOLD_MINUTES = 30, 5, 240
"""For how long a wait is told: a queue of this morning says nothing of the one at noon."""
KEPT = timedelta(days=2)


def publish_wait(
    *,
    store_id: uuid.UUID,
    kind: ServiceKind,
    minutes: int | None,
    told_minutes: int,
    said_at: datetime | None,
    now: datetime,
) -> Sequence[ServiceTime]:
    """Say how long one waits for a service of a store, for `told_minutes` from `said_at` on (now unless given);
    `minutes` of None takes back what was said. What is told at that store now.

    What a till that was offline says late neither hides what is newer nor lives longer. Raises `AvailabilityInFuture`.
    """
    at = said_at or now
    if at > now + SKEW:
        raise AvailabilityInFuture
    db.fetch(queries.TELL_WAIT, [store_id, str(kind), minutes, at, at + timedelta(minutes=told_minutes)])
    return waits_now(store_id=store_id, now=now)


def waits_now(*, store_id: uuid.UUID, now: datetime) -> Sequence[ServiceTime]:
    """What is told at a store now."""
    said = db.all_of(queries.waits_at(store_id))
    return [wait for wait in said if wait.minutes is not None and wait.expires_at > now]


def forget_old_waits(*, now: datetime) -> int:
    """Delete what expired days ago; returns how many."""
    gone = db.execute(delete(ServiceTime).where(ServiceTime.expires_at < now - KEPT).returning(ServiceTime.kind))
    return len(gone.all())
