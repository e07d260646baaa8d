"""How often one member, one household or one phone may use coupons of an offer in a period. Pure.

Periods are those of the brand's calendar: a week begins on Monday, a month on its first day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app import clock


class LimitedBy(StrEnum):
    """Whose uses are counted together."""

    MEMBER = "member"
    HOUSEHOLD = "household"
    INSTALLATION = "installation"


class LimitPeriod(StrEnum):
    """In which time they are counted."""

    WEEK = "per_week"
    MONTH = "per_month"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class UseLimit:
    """At most so many uses by one of these in one such period."""

    by: LimitedBy
    period: LimitPeriod
    most: int


UseLimits = tuple[UseLimit, ...]


def read_use_limits(kept: Mapping[str, Mapping[str, int]]) -> UseLimits:
    """The limits that `OfferVersion.use_limits` keeps. Raises `ValueError` for one that this release does not know."""
    return tuple(
        UseLimit(LimitedBy(by), LimitPeriod(period), most)
        for by, periods in kept.items()
        for period, most in periods.items()
    )


def record_use_limits(limits: UseLimits) -> dict[str, Any]:
    """As `OfferVersion.use_limits` keeps them."""
    kept: dict[str, dict[str, int]] = {}
    for limit in limits:
        kept.setdefault(str(limit.by), {})[str(limit.period)] = limit.most
    return kept


def reached_limit(
    limits: UseLimits, used_at: Mapping[LimitedBy, Sequence[datetime]], *, now: datetime, zone: str
) -> UseLimit | None:
    """A limit that one more use now would break, after these uses; the one that lasts longest, so that nobody is told
    to come back in vain. What nobody counted (no entry) breaks nothing."""
    broken = [
        limit
        for limit in limits
        if limit.by in used_at and _count(used_at[limit.by], limit.period, now=now, zone=zone) >= limit.most
    ]
    return max(broken, key=lambda limit: list(LimitPeriod).index(limit.period), default=None)


def starts_again(period: LimitPeriod, *, now: datetime, zone: str) -> datetime | None:
    """The instant at which the next such period begins; None for what is counted for ever."""
    today = clock.day_of(now, zone)
    if period is LimitPeriod.EVER:
        return None
    if period is LimitPeriod.WEEK:
        return clock.start_of(_first_day(period, today) + timedelta(days=7), zone)
    return clock.start_of(_first_day(period, today.replace(day=28) + timedelta(days=4)), zone)


def period_start(period: LimitPeriod, *, now: datetime, zone: str) -> datetime | None:
    """The instant at which such a period began; None for what is counted for ever."""
    if period is LimitPeriod.EVER:
        return None
    return clock.start_of(_first_day(period, clock.day_of(now, zone)), zone)


def _count(used_at: Sequence[datetime], period: LimitPeriod, *, now: datetime, zone: str) -> int:
    since = period_start(period, now=now, zone=zone)
    return len(used_at) if since is None else sum(at >= since for at in used_at)


def _first_day(period: LimitPeriod, day: date) -> date:
    return day - timedelta(days=day.weekday()) if period is LimitPeriod.WEEK else day.replace(day=1)
