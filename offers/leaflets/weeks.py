"""The week of a leaflet: a calendar week (ISO 8601: Monday to Sunday) of its store. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app import clock


class Week(NamedTuple):
    """From Monday to the next Monday, excluded, on the clock of a store."""

    first_day: date
    starts_at: datetime
    ends_at: datetime

    @property
    def last_day(self) -> date:
        """Its Sunday."""
        return self.first_day + timedelta(days=6)


def week_of(now: datetime, *, zone: str) -> Week:
    """The week that a calendar in this zone shows at an instant."""
    today = clock.day_of(now, zone)
    monday = today - timedelta(days=today.weekday())
    return Week(monday, clock.start_of(monday, zone), clock.start_of(monday + timedelta(days=7), zone))
