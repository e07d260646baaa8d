"""Keeping the ledger's books by the clock. What it says was true already: no decision waits for a job."""

from datetime import datetime

from app.consent.ledger.expiry import record_ends
from app.sql import db

AT_ONCE = 500


@db.in_steps
def record_expired(*, now: datetime) -> int:
    """Yeses whose time is over get their `expired` event, with its receipt; return how many."""
    return record_ends(now=now, at_once=AT_ONCE)


JOBS = (record_expired,)
