"""Background work of presence: visits end though nobody says so, what may not be kept goes, days are counted."""

from datetime import datetime

from app.sql import db
from geo.presence import footfall, retention

AT_ONCE = 500
BATCH = 20_000


@db.in_steps
def end_silent_visits(*, now: datetime) -> int:
    """End the visits of which nothing more was heard; return how many."""
    return retention.end_silent_visits(now=now, at_once=AT_ONCE)


def forget_sightings(*, now: datetime) -> int:
    """Delete minutes older than a day, and leave of visits that ended then the store and the day; return how many."""
    coarse = retention.coarsen_visits(now=now, at_once=BATCH)
    return coarse + retention.forget_minutes(now=now, at_once=BATCH)


def forget_visits(*, now: datetime) -> int:
    """Delete visits of thirty days ago; return how many."""
    return retention.forget_visits(now=now, at_once=BATCH)


def count_footfall(*, now: datetime) -> int:
    """Count how many people came on the days that are over; return of how many places that is told."""
    return footfall.count_footfall(now=now)


JOBS = (end_silent_visits, forget_sightings, forget_visits, count_footfall)
EVERY_S = {"end_silent_visits": 60, "forget_sightings": 300, "forget_visits": 3600, "count_footfall": 1800}
