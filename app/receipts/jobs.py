"""The log in the background: sealed every other second."""

from datetime import datetime

from app.ops.signs import Sign
from app.receipts import issuance, queries, seals
from app.receipts.presentation import SEALED_WITHIN
from app.sql import db


def seal(*, now: datetime) -> int:
    """Put what waits into the log and sign it."""
    return seals.seal_log(now=now)


@db.in_steps
def issue_missing(*, now: datetime) -> int:
    """Receipts for events from before there were any."""
    return issuance.issue_missing(now=now)


def sealing_delay(now: datetime) -> Sign:
    """How long the oldest unsealed receipt has waited, in seconds; an alarm once that is more than we promise."""
    oldest_at = db.first(queries.unsealed())
    waited = 0.0 if oldest_at is None else max(0.0, (now - oldest_at).total_seconds())
    late = waited > SEALED_WITHIN.total_seconds()
    return Sign(detail=f"a receipt has waited {waited:.0f} s to be sealed" if late else "ok", value=waited)


JOBS = (seal, issue_missing)
EVERY_S = {"seal": 2, "issue_missing": 3600}
WATCHES = {"seal_delay_s": sealing_delay}
