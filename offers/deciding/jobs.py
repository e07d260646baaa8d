"""Background work of deciding: partitions of the decision log are made ahead and dropped when their time is over; how
offers do is counted."""

from datetime import datetime

from sqlalchemy import text

from app.sql import db
from offers.deciding.uptake import counts

AHEAD_MONTHS = 3
KEPT_MONTHS = 6
"""How long a decision stays explainable: six months (retention table in docs/permissions.md)."""


def make_partitions(*, now: datetime) -> int:
    """Make the partitions of the coming months; returns how many were missing."""
    return _each("ici_make_decision_partition", now=now, first=0, last=AHEAD_MONTHS)


def drop_partitions(*, now: datetime) -> int:
    """Drop the partitions of months that ended more than six months ago; returns how many."""
    return _each("ici_drop_decision_partition", now=now, first=-KEPT_MONTHS - 13, last=-KEPT_MONTHS - 1)


def _each(function: str, *, now: datetime, first: int, last: int) -> int:
    month = "(date_trunc('month', CAST(:now AS timestamptz) AT TIME ZONE 'UTC') + n * interval '1 month')::date"
    done = db.execute(
        text(
            f"SELECT count(*) FILTER (WHERE {function}({month}))"  # noqa: S608 (our own names)
            " FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"
        ),
        {"now": now, "first": first, "last": last},
    )
    return int(done.scalar_one())


@db.in_steps
def count_uptake(*, now: datetime) -> int:
    """Count how live offers do, for the share of discovery; returns of how many brands."""
    return counts.count_uptake(now=now)


JOBS = (make_partitions, drop_partitions, count_uptake)
