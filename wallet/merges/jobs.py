"""Background work of this room."""

from datetime import datetime, timedelta

from app.sql import db
from wallet.merges import union

SETTLING = timedelta(minutes=10)
"""No request lasts as long: after this, whatever one that was under way during a merge has written is there."""

AT_ONCE = 50


@db.in_steps
def gather_left_behind(*, now: datetime) -> int:
    """Bring what came to a merged member while they were merged; return how many things."""
    return union.gather_left_behind(now=now, left_before=now - SETTLING, at_once=AT_ONCE)


JOBS = (gather_left_behind,)
EVERY_S = {"gather_left_behind": 60}
