"""How the schedule of a version stands at its stores: whether it ever fires, and when next."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.errors import Pointer
from app.languages import Moment
from app.sql import db
from geo.places.almanac import Almanac, read_almanacs
from offers.planning import queries
from offers.planning.models import OfferVersion
from offers.planning.schedules import recurrence
from offers.planning.schedules.errors import DATE_OUTSIDE_WINDOW, FIRES_NEVER, ScheduleNeverFires
from offers.planning.schedules.recurrence import Holidays, Schedule
from offers.planning.schedules.store_days import StoreDays, Window

SOME_STORES = 200
"""Of so many stores at most the next firing is looked for, when somebody waits for the answer."""

A_FEW = 4
SOME_MONTHS = timedelta(days=300)


def require_firings(version: OfferVersion, *, time_zone: str, after: datetime | None = None) -> None:
    """Raise `ScheduleNeverFires` unless a version fires within its window, after an instant if one is given, at one of
    its stores. Without a store yet, its days and times on the clock of `time_zone` decide."""
    schedule = recurrence.read_schedule(version.schedule)
    if schedule is None:
        return
    first, last = version.starts_local.date(), (version.ends_local - timedelta.resolution).date()
    outside = [
        Pointer("/schedule/and_on", DATE_OUTSIDE_WINDOW.with_facts(day=day))
        for day in sorted(schedule.and_on)
        if not first <= day <= last
    ]
    if outside:
        raise ScheduleNeverFires(errors=outside)
    stores = _days_of_stores(version, schedule)
    if not stores:
        schedule = replace(schedule, holidays=Holidays.ANY, while_open=False)
    for days in stores or [StoreDays((version.starts_local, version.ends_local), time_zone)]:
        since = after or clock.instant_of(version.starts_local, days.zone)
        if recurrence.next_firings(schedule, **days._asdict(), after=since, count=1):
            return
    raise ScheduleNeverFires(errors=[Pointer("/schedule", FIRES_NEVER)])


def find_next_firing(
    version: OfferVersion, *, now: datetime, coupon_ends_local: datetime | None = None
) -> Moment | None:
    """When a version fires next at one of its stores, on the clock there; the present instant where it fires now. None
    when it does not any more. Of a coupon the firings go on as long as it does."""
    schedule = recurrence.read_schedule(version.schedule)
    ends = version.ends_local if coupon_ends_local is None else max(version.ends_local, coupon_ends_local)
    stores = [
        one._replace(window=(version.starts_local, ends))
        for one in _days_of_stores(version, schedule, most=SOME_STORES)
    ]
    found = [_find_first(schedule, days, now=now) for days in stores]
    return min(filter(None, found), key=lambda moment: moment.at, default=None)


@dataclass
class StoreClock:
    """The clock of a store, where somebody asks what fires there; its holidays and doors are read at most once, and
    only for a schedule that asks for them."""

    store_id: uuid.UUID
    zone: str
    _almanac: Almanac | None = None

    def find_next_firing(self, kept: Mapping[str, Any], *, window: Window, now: datetime) -> Moment | None:
        """When a schedule that a version keeps fires next here; the present instant where it fires now. None when it
        does not any more."""
        schedule = recurrence.schedule_in(kept)
        return _find_first(schedule, self._days(schedule, window), now=now)

    def fires(self, kept: Mapping[str, Any], *, window: Window, now: datetime) -> bool:
        """Whether a schedule that a version keeps fires here at an instant."""
        schedule = recurrence.schedule_in(kept)
        return recurrence.fires_at(schedule, **self._days(schedule, window)._asdict(), now=now)

    def _days(self, schedule: Schedule, window: Window) -> StoreDays:
        if not schedule.asks_store:
            return StoreDays(window, self.zone)
        if self._almanac is None:
            self._almanac = read_almanacs([self.store_id])[self.store_id]
        return days_of_store(self._almanac, window=window)


def days_of_store(almanac: Almanac, *, window: Window) -> StoreDays:
    """What a schedule asks of a store, within a window."""
    return StoreDays(window, almanac.time_zone, almanac.calendar, almanac.doors)


def _find_first(schedule: Schedule | None, days: StoreDays, *, now: datetime) -> Moment | None:
    if recurrence.fires_at(schedule, **days._asdict(), now=now):
        return Moment(now, days.zone)
    # Where one goes on into the next day, parts of two firings may take turns.
    upcoming = recurrence.next_firings(schedule, **days._asdict(), after=now, count=A_FEW)
    first = min((one.starts_at for one in upcoming), default=None)
    return None if first is None else Moment(first, days.zone, has_year=first - now > SOME_MONTHS)


def _days_of_stores(
    version: OfferVersion, schedule: Schedule | None, *, most: int | None = None
) -> Collection[StoreDays]:
    """What is different from store to store where a version holds: the zones; holidays and doors only if it asks."""
    window = (version.starts_local, version.ends_local)
    if schedule is None or not schedule.asks_store:
        return [StoreDays(window, zone) for zone in db.all_of(queries.zones_with(version))]
    stores = db.all_of(queries.stores_with(version).limit(most))
    almanacs = dict.fromkeys(read_almanacs(stores).values())
    return [days_of_store(almanac, window=window) for almanac in almanacs]
