"""Whose an id is that changes: a table of the ids of all beacons around now, and a slow search for lost clocks.

To resolve an id is to look it up, however many beacons there are. A job writes the ids of the coming half hour, and a
request that meets an unknown id those that are due. What stays unknown is kept for a day without whoever heard it: a
job compares it with what the beacons that nobody hears any more would send if their clocks were up to a day off. So an
id that nobody may resolve, one of a lost clock and one of nobody's are answered alike, and in the same time.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag

from app.logs import log
from app.sql import db
from geo.beacons import ephemeral, identity_keys
from geo.beacons.drift import Ticking, agreed_offset

AHEAD = timedelta(minutes=30)
PAST = timedelta(minutes=15)
"""How late a report may be, besides what is forgiven to the clock: an older id proves nothing, anybody records one."""
DUE_BEFORE = timedelta(minutes=5)
BATCH, FEW = 2_000, 100
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When the ids of a beacon are due that is not active."""

FRESH = timedelta(minutes=5)
"""Phones report in batches; what was heard longer ago teaches nothing about a clock."""
LOST_AFTER = timedelta(hours=1)
WIDE = timedelta(days=1)
UNKNOWN_KEPT = timedelta(hours=25)
MOST_UNKNOWN = 10_000
MOST_SEARCHED = 20_000
"""Beacons in one run of the search, others in each: some seconds of a processor."""

DUE = """
SELECT beacon_id, sealed_key, exponent, clock_s, set_at, drift_ppm FROM beacon_clock
WHERE known_until < $1 ORDER BY known_until LIMIT $2 FOR UPDATE SKIP LOCKED
"""
WRITE_IDS = """
INSERT INTO ephemeral_id AS e (eid, beacon_id, starts_at, ends_at, slack_s, expires_at)
SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::float8[], $6::timestamptz[])
ON CONFLICT (eid) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
  slack_s = excluded.slack_s, expires_at = excluded.expires_at
WHERE e.beacon_id = excluded.beacon_id
"""
KNOWN_UNTIL = "UPDATE beacon_clock SET known_until = $2 WHERE beacon_id = ANY($1::uuid[])"
FORGET_IDS = "DELETE FROM ephemeral_id WHERE expires_at < $1"

NOTE_UNKNOWN = """
INSERT INTO unknown_eid (eid, heard_at) SELECT * FROM unnest($1::bytea[], $2::timestamptz[])
WHERE (SELECT count(*) FROM (SELECT FROM unknown_eid LIMIT $3) AS waiting) < $3
ON CONFLICT (eid) DO NOTHING
"""
UNKNOWN = "SELECT eid, heard_at FROM unknown_eid WHERE heard_at > $1"
FORGET_UNKNOWN = "DELETE FROM unknown_eid WHERE heard_at < $1 OR eid = ANY($2::bytea[])"

TAUGHT = """
SELECT beacon_id, sealed_key, exponent, clock_s, set_at, drift_ppm FROM beacon_clock
WHERE beacon_id = ANY($1::uuid[]) ORDER BY beacon_id FOR UPDATE SKIP LOCKED
"""
SET_CLOCK = """
UPDATE beacon_clock AS k
SET clock_s = n.clock_s, set_at = n.set_at, drift_ppm = n.drift_ppm, heard_at = coalesce(n.heard_at, k.heard_at),
  known_until = CASE WHEN n.moved THEN n.set_at - interval '1 day' ELSE k.known_until END
FROM unnest($1::uuid[], $2::float8[], $3::timestamptz[], $4::float8[], $5::timestamptz[], $6::bool[])
  AS n (beacon_id, clock_s, set_at, drift_ppm, heard_at, moved)
WHERE k.beacon_id = n.beacon_id
"""
LOST = """
SELECT k.beacon_id, k.sealed_key, k.exponent, k.clock_s, k.set_at, k.drift_ppm
FROM beacon_clock AS k JOIN beacon AS b ON b.id = k.beacon_id AND b.status = 'active'
WHERE k.heard_at IS NULL OR k.heard_at < $1
ORDER BY hashtextextended(k.beacon_id::text, $2) LIMIT $3
"""


class Resolved(NamedTuple):
    """An id that was recognised: when it was heard, and when it was expected."""

    beacon_id: uuid.UUID
    heard_at: datetime
    starts_at: datetime
    ends_at: datetime


class Clock(NamedTuple):
    """A row of `beacon_clock`, as far as ids are worked out from it."""

    beacon_id: uuid.UUID
    sealed_key: bytes
    exponent: int
    clock_s: float
    set_at: datetime
    drift_ppm: float

    @property
    def ticking(self) -> Ticking:
        """The clock itself."""
        return Ticking(self.exponent, self.clock_s, self.set_at, self.drift_ppm)

    def eids(self, periods: range) -> list[bytes]:
        """The ids of these periods; none, which is told, when the key is sealed by another secret."""
        try:
            key = identity_keys.open_key(self.beacon_id, self.sealed_key)
        except InvalidTag:
            log.error("identity_key_unreadable", beacon_id=str(self.beacon_id))
            return []
        return ephemeral.make_eids(key, exponent=self.exponent, periods=periods)


@db.in_steps
def extend_ids(*, now: datetime) -> int:
    """Write the coming ids of every beacon that is due, in batches, and forget what is over. Returns of how many
    beacons. Whoever calls holds no transaction."""
    extended = 0
    while True:
        with db.system_transaction():
            done = _extend(now=now, before=now + DUE_BEFORE, most=BATCH)
            if done < BATCH:
                db.fetch(FORGET_IDS, [now])
                return extended + done
        extended += done


def extend_few(*, now: datetime) -> bool:
    """Write the coming ids of a few beacons whose ids have run out, where the job is late; False if there was none."""
    return _extend(now=now, before=now, most=FEW) > 0


def _extend(*, now: datetime, before: datetime, most: int) -> int:
    clocks = db.fetch(DUE, [before, most], shape=_clock)
    rows: dict[bytes, tuple[Any, ...]] = {}
    for clock in clocks:
        rows.update((row[0], row) for row in _coming(clock, now=now))
    if rows:
        db.fetch(WRITE_IDS, [list(column) for column in zip(*rows.values(), strict=True)])
    if clocks:
        db.fetch(KNOWN_UNTIL, [[clock.beacon_id for clock in clocks], now + AHEAD])
    return len(clocks)


def _coming(clock: Clock, *, now: datetime) -> Iterable[tuple[Any, ...]]:
    ticking = clock.ticking
    periods, slack_s = ticking.periods(now - PAST, now + AHEAD), ticking.slack_s(now + AHEAD)
    for period, eid in zip(periods, clock.eids(periods), strict=False):
        starts_at, ends_at = (ticking.instant(one * ticking.period_s) for one in (period, period + 1))
        yield eid, clock.beacon_id, starts_at, ends_at, slack_s, ends_at + timedelta(seconds=slack_s) + PAST


def note_resolved(resolved: Sequence[Resolved], *, now: datetime) -> None:
    """Learn from ids that were heard just now how right the clocks of their beacons are; an older report teaches
    nothing. A clock that somebody else sets at this moment is left to them."""
    fresh = {one.beacon_id: one for one in resolved if abs(now - one.heard_at) <= FRESH}
    if not fresh:
        return
    taught = []
    for clock in db.fetch(TAUGHT, [list(fresh)], shape=_clock):
        one, before = fresh[clock.beacon_id], clock.ticking
        after = before.set_by(starts_at=one.starts_at, ends_at=one.ends_at, first=min(one.heard_at, now), last=now)
        taught.append((clock.beacon_id, after, now, abs(after.clock_s - before.reading(now)) > 0.001))
    _set_clocks(taught)


def _set_clocks(taught: Sequence[tuple[uuid.UUID, Ticking, datetime | None, bool]]) -> None:
    rows = [(id, one.clock_s, one.set_at, one.drift_ppm, heard, moved) for id, one, heard, moved in taught]
    if rows:
        db.fetch(SET_CLOCK, [list(column) for column in zip(*rows, strict=True)])


def note_unknown(heard: Iterable[tuple[bytes, datetime]], *, now: datetime) -> None:
    """Keep ids that nobody knows for the search, if they were heard just now. When many wait, no more are kept."""
    fresh = {eid: min(at, now) for eid, at in heard if abs(now - at) <= FRESH and len(eid) == ephemeral.EID_BYTES}
    if fresh:
        eids = sorted(fresh)  # in one order, so that no two reports wait in a circle
        db.fetch(NOTE_UNKNOWN, [eids, [fresh[eid] for eid in eids], MOST_UNKNOWN])


def find_lost_clocks(*, now: datetime) -> int:
    """Set the clocks anew of beacons that went silent, where unknown ids show that they are up to a day off. Returns
    how many. One id is not enough: see `geo.beacons.drift.agreed_offset`."""
    unknown: dict[bytes, datetime] = dict(db.fetch(UNKNOWN, [now - UNKNOWN_KEPT]))
    found, used = [], list[bytes]()
    lost = db.fetch(LOST, [now - LOST_AFTER, int(now.timestamp()), MOST_SEARCHED], shape=_clock) if unknown else []
    for clock in lost:
        heard = _unknown_of(clock, unknown, now=now)
        offset_s = agreed_offset([(period, off_s) for period, off_s, _ in heard], period_s=clock.ticking.period_s)
        if offset_s is not None:
            right = Ticking(clock.exponent, clock.ticking.reading(now) + offset_s, now)
            found.append((clock.beacon_id, right, None, True))
            used += [eid for _, _, eid in heard]
    _set_clocks(found)
    db.fetch(FORGET_UNKNOWN, [now - UNKNOWN_KEPT, used])
    return len(found)


def _unknown_of(clock: Clock, unknown: dict[bytes, datetime], *, now: datetime) -> list[tuple[int, float, bytes]]:
    """Which unknown ids a beacon may have sent, each with its period and by how much its clock is off then."""
    ticking, period_s = clock.ticking, clock.ticking.period_s
    first, last = (ticking.reading(at) for at in (now - UNKNOWN_KEPT - WIDE, now + WIDE))
    periods = range(max(0, int(first // period_s)), max(0, int(last // period_s)) + 1)
    found = []
    for period, eid in zip(periods, clock.eids(periods), strict=False):
        if eid in unknown:
            off_s = (period + 0.5) * period_s - ticking.reading(unknown[eid])
            if abs(off_s) <= WIDE.total_seconds() + period_s:
                found.append((period, off_s, eid))
    return found


def _clock(row: Sequence[Any]) -> Clock:
    return Clock(*row)
