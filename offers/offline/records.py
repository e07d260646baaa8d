"""What is kept of tills and of ended codes, and for how long."""

from datetime import datetime, timedelta

from app.sql import db
from offers.offline import queries

KEPT = timedelta(days=40)
"""As long as a till may keep what it did before it uploads it, and some days more."""


def forget_endings(*, now: datetime) -> int:
    """Forget that codes stand again which tills learnt long ago; returns of how many brands. A till that was away
    longer is told everything anew."""
    return len(db.fetch(queries.FORGET_ENDINGS, [now - KEPT]))


def forget_periods(*, now: datetime) -> int:
    """Forget what terminals knew long ago, but for the last of each; returns how many periods."""
    return len(db.fetch(queries.FORGET_PERIODS, [now - KEPT]))
