"""The clock of rights requests: an alarm after twenty days without an answer, and a breach when the time is over."""

from datetime import datetime, timedelta

from app.ops.signs import Sign
from app.rights import queries
from app.sql import db

WARNED_AFTER = timedelta(days=20)
WARNED_BEFORE_EXTENDED_END = timedelta(days=10)


def ring_alarm(*, now: datetime) -> int:
    """Mark what has waited twenty days, or has ten left of an extension; returns how many alarms rang."""
    found = db.all_of(queries.unwarned(received_before=now - WARNED_AFTER, due_before=now + WARNED_BEFORE_EXTENDED_END))
    for request in found:
        request.warned_at = now
    db.session().flush()
    return len(found)


def find_late(*, now: datetime) -> int:
    """Mark what was not answered in time; returns how many were found."""
    found = db.all_of(queries.newly_late(now=now))
    for request in found:
        request.breached_at = now
    db.session().flush()
    return len(found)


def watch_deadlines(now: datetime) -> Sign:
    """What an operator must know: requests that press, and those that are late."""
    ((pressing, late),) = db.rows(
        queries.waiting(received_before=now - WARNED_AFTER, soon=now + WARNED_BEFORE_EXTENDED_END, now=now)
    )
    if not pressing and not late:
        return Sign()
    return Sign(detail=f"{pressing} rights requests wait for an answer, {late} of them are late", value=pressing)
