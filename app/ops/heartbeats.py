"""Heartbeats: when each background job last came to its end, whichever server of this database ran it.

A job that nobody runs, that hangs, or that fails each time has no new one, and `/readyz` rings for it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.ops.signs import Sign
from app.sql import db

USUAL_S = 600.0
"""How often a job runs whose room says nothing, in seconds."""

TURNS = 3
"""A job is late once it has missed so many turns, and then a minute: a busy database and a restart are no alarm."""
GRACE = timedelta(minutes=1)

BEAT = """
INSERT INTO heartbeat AS kept (job, beat_at) VALUES ($1, $2)
ON CONFLICT (job) DO UPDATE SET beat_at = excluded.beat_at WHERE kept.beat_at < excluded.beat_at - interval '10 seconds'
"""
"""A job that runs every other second need not be written down each time."""


class Heartbeat(db.Base):
    """When a job last ended well. Names nobody. The row of no job says when the tables were made."""

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]


def note_beat(*, job: str, now: datetime) -> None:
    """Write down that a job came to its end."""
    db.fetch(BEAT, [job, now])


def watch_jobs(every_s: Mapping[str, float], *, now: datetime) -> Sign:
    """Rings while jobs are late: they are named, with how long ago each ended, in seconds.

    `every_s` says how often each must run. One that never ran is late once it would be had it run with the migration.
    """
    beats = {row.job: row.beat_at for row in db.rows(select(Heartbeat.job, Heartbeat.beat_at))}
    first = min(beats.values(), default=now)
    silent = {job: now - beats.get(job, first) for job in every_s}
    late = sorted(job for job, since in silent.items() if since > timedelta(seconds=every_s[job]) * TURNS + GRACE)
    if not late:
        return Sign(parts=_seconds(silent))
    told = "every job" if len(late) == len(every_s) else ", ".join(late)
    return Sign(f"late: {told}; does `ici jobs` run?", len(late), parts=_seconds(silent))


def _seconds(silent: Mapping[str, timedelta]) -> Mapping[str, float]:
    return {job: max(0.0, since.total_seconds()) for job, since in silent.items()}
