"""Keeping the ledger's books by the clock. What it says was true already: no decision waits for a job."""

from datetime import datetime

from app.consent.ledger.expiry import record_ends

BATCH = 50  # each member is locked until the batch ends, and somebody may want to withdraw


def record_expired(*, now: datetime) -> int:
    """Yeses whose time is over get their `expired` event, with its receipt; return how many."""
    return record_ends(now=now, limit=BATCH)


JOBS = (record_expired,)
