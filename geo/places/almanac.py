"""What the days of a store are like: its clock, its public holidays, its doors."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.sql import db
from geo.places import queries
from geo.places.hours.calendars import HolidayCalendar
from geo.places.hours.regions import find_regions
from geo.places.hours.timetable import Surroundings
from geo.places.opening_hours import Interval, open_intervals, surroundings_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PublicHolidays:
    """The public holidays of the part of a country in which a store lies."""

    holidays: HolidayCalendar

    def is_public_holiday(self, day: date) -> bool | None:
        """Whether a day is one there; None when only some keep it, or when a store lies near the border of a part that
        does. Where nothing is known of a country, no day is one."""
        return self.holidays.is_holiday("PH", day) if self.holidays.is_known(day.year) else False


@dataclass(frozen=True)
class StoreDoors:
    """The opening hours of a store where it stands."""

    hours: str
    around: Surroundings

    def open_between(self, first: datetime, until: datetime) -> Sequence[Interval] | None:
        """When it is surely open between two instants, in order; None when its hours tell nothing."""
        days = (until - first) // ONE_DAY + 1
        found = open_intervals(self.hours, around=self.around, start=first, days=days)
        return found and [(begins, min(ends, until)) for begins, ends in found if begins < until]


@dataclass(frozen=True)
class Almanac:
    """Of one store, or of all that have the same; `doors` is null where nobody told us the hours."""

    time_zone: str
    calendar: PublicHolidays
    doors: StoreDoors | None


def almanac_of(
    *, time_zone: str, country: str, lon: float, lat: float, address: str | None, opening_hours: str | None
) -> Almanac:
    """The almanac of a store that stands here. Those of a chain in one part of a country are equal, but for hours that
    follow the sun."""
    regions = find_regions(country=country, lon=lon, lat=lat, address=address)
    doors = None
    if opening_hours is not None:
        around = surroundings_of(opening_hours, time_zone=time_zone, country=country, lon=lon, lat=lat, address=address)
        doors = StoreDoors(opening_hours, around)
    return Almanac(time_zone, PublicHolidays(HolidayCalendar(country, regions)), doors)


def read_almanacs(store_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Almanac]:
    """The almanacs of these stores."""
    return {
        store.id: almanac_of(
            time_zone=store.time_zone,
            country=store.country,
            lon=store.lon,
            lat=store.lat,
            address=store.address,
            opening_hours=store.opening_hours,
        )
        for store in db.rows(queries.stores_for_almanacs(store_ids))
    }
