"""On which day what an offer may give would be used up. Pure.

Takings are counted day by day as if everybody took the offer; a share of them is what is expected. The day on which
that share reaches a limit is the day from which on the others get nothing.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

Shares = tuple[float, float, float]
"""The least, the expected and the greatest share of members who take the offer."""


class RunOut(NamedTuple):
    """When a limit is reached: at the earliest, as is expected, at the latest; null where it is not reached.

    `code` says which limit, a money budget by its period; `days` is on how many days one that holds for each day is
    expected to be reached. `behind` counts the members whom it is made of.
    """

    code: str
    limit: int
    earliest: date | None
    expected: date | None
    latest: date | None
    days: int = 0
    behind: int = 0


def find_run_out(code: str, taken: Mapping[date, float], *, limit: int, shares: Shares) -> RunOut:
    """When a limit on everything is reached; `taken` is by day."""
    least, expected, greatest = (_day_reached(taken, limit=limit, share=share) for share in shares)
    return RunOut(code, limit, earliest=greatest, expected=expected, latest=least)


def find_daily_run_out(code: str, taken: Mapping[date, float], *, limit: int, shares: Shares) -> RunOut:
    """The first day on which a limit on each day is reached."""
    reached = [sorted(day for day, much in taken.items() if much * share >= limit) for share in shares]
    least, expected, greatest = (days[0] if days else None for days in reached)
    return RunOut(code, limit, earliest=greatest, expected=expected, latest=least, days=len(reached[1]))


def find_period_run_out(
    code: str,
    taken: Mapping[date, float],
    *,
    limits: Mapping[date, int],
    limit: int,
    shares: Shares,
    periods: Mapping[date, date],
) -> RunOut:
    """When a limit on each period is first reached; `periods` says with which day the period of a day begins, `limits`
    what is left of those that have begun, by that day; of the others all of `limit` is."""
    first = [
        min(
            (
                day
                for start in set(periods.values())
                if (day := _day_reached(_within(taken, periods, start), limit=limits.get(start, limit), share=share))
                is not None
            ),
            default=None,
        )
        for share in shares
    ]
    return RunOut(code, limit, earliest=first[2], expected=first[1], latest=first[0])


def _within(taken: Mapping[date, float], periods: Mapping[date, date], start: date) -> dict[date, float]:
    return {day: much for day, much in taken.items() if periods[day] == start}


def _day_reached(taken: Mapping[date, float], *, limit: int, share: float) -> date | None:
    so_far = 0.0
    for day in sorted(taken):
        so_far += taken[day] * share
        if so_far >= limit:
            return day
    return None


def count_days(days: Counter[date], *, scale: float) -> dict[date, float]:
    """How many members each counted one stands for, by day."""
    return {day: count * scale for day, count in days.items()}
