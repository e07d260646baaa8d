"""When a budget will be spent if it goes on like this. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

FEW_USES = 3
SHORT = timedelta(hours=1)
"""From so few uses, or in so short a time, nobody can tell a pace."""

LONG = timedelta(days=36_500)
"""Nobody asks what is farther away."""


class Standing(NamedTuple):
    """How a budget stands in its current period: what it has, of that what is kept for open sales, how often it was
    used; all of its groups together (`groups`: of how many stores)."""

    amount_minor: int
    left_minor: int
    kept_minor: int
    uses: int
    groups: int

    @property
    def spent_minor(self) -> int:
        return self.amount_minor - self.left_minor


def forecast_end(standing: Standing, *, since: datetime, until: datetime | None, now: datetime) -> datetime | None:
    """The instant at which the budget is spent, at the pace from `since` until now; None where it lasts until `until`,
    the end of its period, or there is no pace yet. What is spent already is so now."""
    if standing.left_minor <= 0:
        return now
    passed = now - since
    if standing.spent_minor <= 0 or standing.uses < FEW_USES or passed < SHORT:
        return None
    seconds = passed.total_seconds() * standing.left_minor / standing.spent_minor
    if seconds > LONG.total_seconds():
        return None
    ends = now + timedelta(seconds=round(seconds))
    return None if until is not None and ends >= until else ends
