"""Instants as files write them."""

from datetime import datetime, timedelta

from app.clock import in_utc, instant_of

EARLIEST, LATEST = 1970, 2999
"""Years that a file may name: beyond them somebody mistyped, or a spreadsheet wrote something else."""
A_DAY = timedelta(days=1)


def read_instant(text: str, zone: str) -> datetime:
    """A date or an instant of ISO 8601; without an offset it is on the wall clock of `zone`. ValueError if neither."""
    found = datetime.fromisoformat(text.upper())  # RFC 3339 lets its letters be small
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError("out of range")
    return in_utc(found) if found.tzinfo is not None else instant_of(found, zone)


def end_of(text: str, zone: str) -> datetime:
    """The instant before which something is good: a date is good to its end, an instant is itself."""
    if len(text) != len("2027-01-31"):
        return read_instant(text, zone)
    day = datetime.fromisoformat(text)
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError("out of range")
    return instant_of(day + A_DAY, zone)
