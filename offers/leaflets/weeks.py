"""The week of a leaflet, and the number of the decision behind it. Pure.

A leaflet is of one calendar week (ISO 8601: Monday to Sunday) of its store. Its number follows from whose it is, where,
for which week and by which permission: so there is one, whoever asks how often, and a permission that is given anew
makes a new one.
"""

import hashlib
import uuid
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


def number_leaflet(*, member_id: uuid.UUID, store_id: uuid.UUID, event_id: uuid.UUID, week: Week) -> uuid.UUID:
    """The id of the decision: made at the start of the week (RFC 9562, version 7), the rest a hash of whose it is."""
    named = b"".join([b"leaflet", member_id.bytes, store_id.bytes, event_id.bytes, week.first_day.isoformat().encode()])
    chance = int.from_bytes(hashlib.sha256(named).digest()[:10])
    milliseconds = int(week.starts_at.timestamp() * 1000)
    high, low = chance >> 68, chance & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low)
