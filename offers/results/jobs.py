"""Background work of this room."""

from datetime import datetime

from offers.results import showings


def count_showings(*, now: datetime) -> int:
    """Count how often offers were shown or not, from the decisions of some minutes ago."""
    return showings.count_showings(now=now)


JOBS = (count_showings,)
EVERY_S = {"count_showings": 60}
