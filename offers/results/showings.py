"""Count decisions once each, in the order of their ids, some minutes after they were made.

A decision is written in the transaction that makes it, and its id holds the time of its making: whatever is older than
`SETTLED` has been written or never will be.
"""

import uuid
from datetime import UTC, datetime, timedelta

from app.sql import db
from offers.learning.lessons import id_at
from offers.results import queries
from offers.results.models import ShowingsCounted

SETTLED = timedelta(minutes=10)
AT_ONCE = timedelta(hours=1)
FIRST_TIME = timedelta(days=30)
"""How far back is counted when nothing has been."""


def count_showings(*, now: datetime) -> int:
    """Count what was decided since the last time, an hour of it at most; return how many counts changed."""
    kept = db.first(db.locked(queries.counted()))
    after = id_at(now - FIRST_TIME) if kept is None else kept.before
    before = min(id_at(now - SETTLED), id_at(_made_at(after) + AT_ONCE))
    if before <= after:
        return 0
    if kept is None:
        db.add(ShowingsCounted(id=1, before=before))
    else:
        kept.before = before
    return int(db.send_statement(queries.COUNT_SHOWINGS, {"after": after, "before": before}).one().rows)


def _made_at(id: uuid.UUID) -> datetime:
    return datetime.fromtimestamp((id.int >> 80) / 1000, tz=UTC)
