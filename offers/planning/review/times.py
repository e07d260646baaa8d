"""Whether two offers can hold at one time at a store that both have. Pure.

Both are on the clock of that store, so wall-clock times are compared, and no zone is asked. What public holidays and
opening hours take away from a schedule only a store knows: without them it fires more often, so what does not meet then
never does.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from offers.planning.models import OfferVersion
from offers.planning.review.articles import Meeting
from offers.planning.schedules.recurrence import Holidays, Schedule, firings_between, read_schedule

LOOKS = (timedelta(days=60), timedelta(days=400))
"""How far the firings of two schedules are followed: first a little, as most that meet do so soon. What does not meet
in more than a year counts as never."""

Interval = tuple[datetime, datetime]


def compare_times(one: OfferVersion, other: OfferVersion) -> Meeting:
    """Whether there is a time at which both fire, inside the windows of both."""
    starts, ends = max(one.starts_local, other.starts_local), min(one.ends_local, other.ends_local)
    schedules = [read_schedule(one.schedule), read_schedule(other.schedule)]
    if schedules == [None, None]:
        return Meeting.CERTAINLY if starts < ends else Meeting.NEVER
    for look in LOOKS:
        until = min(ends, starts + look)
        mine, theirs = (_firings(schedule, starts, until) for schedule in schedules)
        if _overlap(mine, theirs):
            asks = any(schedule is not None and schedule.asks_store for schedule in schedules)
            return Meeting.PERHAPS if asks else Meeting.CERTAINLY
    return Meeting.NEVER


def _firings(schedule: Schedule | None, starts: datetime, ends: datetime) -> list[Interval]:
    """Where it fires between two wall-clock times, as if the clock never changed."""
    everywhere = schedule and replace(schedule, holidays=Holidays.ANY, while_open=False)
    first, until = starts.replace(tzinfo=UTC), ends.replace(tzinfo=UTC)
    said: dict[str, Any] = {"window": (starts, ends), "zone": "UTC", "calendar": None, "hours": None}
    return firings_between(everywhere, **said, first=first, until=until)


def _overlap(mine: list[Interval], theirs: list[Interval]) -> bool:
    at = 0
    for starts, ends in mine:
        while at < len(theirs) and theirs[at][1] <= starts:
            at += 1
        if at < len(theirs) and theirs[at][0] < ends:
            return True
    return False
