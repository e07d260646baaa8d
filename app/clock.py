"""The single source of time. Routes, jobs and commands read it once and pass it down as `now=`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
