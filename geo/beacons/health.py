"""How a fleet of beacons is, as phones of members who permit it hear it, and never who heard what.

Of whoever hears a beacon only one of 256 parts of all people is kept, shuffled anew for each beacon and day by a key of
ours: a few hundred members share each, so a row says of nobody that it was them, and no two rows can be joined. At the
day's end the parts are counted and gone. As two people in one part count once, ten parts are ten people or more: a
beacon that fewer heard leaves nothing behind.
"""

import hmac
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app import config
from app.sql import db
from geo.beacons.hearing import Heard

LEAST_PEOPLE = 10
"""Below, nothing is told: as for the visits of a store (decision 52)."""
TOGETHER = timedelta(seconds=30)
"""Heard within so long, two beacons are heard in one place: the time after which a phone says that it hears one no
more."""
COUNTED_AFTER = timedelta(hours=2)
"""After midnight (UTC), for reports that come late."""
KEPT = timedelta(days=90)

NOTE = """
WITH heard AS (
    INSERT INTO beacon_hearing (beacon_id, day, part, battery_mv)
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::int[], $4::int[]) AS h (beacon_id, day, part, battery_mv)
    ORDER BY beacon_id, day, part ON CONFLICT DO NOTHING
)
INSERT INTO beacon_beside (beacon_id, day, store_id, part)
SELECT * FROM unnest($5::uuid[], $6::date[], $7::uuid[], $8::int[]) AS b (beacon_id, day, store_id, part)
ORDER BY beacon_id, day, store_id, part ON CONFLICT DO NOTHING
"""
COUNT = """
INSERT INTO beacon_day (beacon_id, day, phones, battery_mv, beside_own, elsewhere, elsewhere_store_id)
SELECT h.beacon_id, h.day, round(-256 * ln(1 - least(count(*), 255) / 256.0)),
  percentile_disc(0.5) WITHIN GROUP (ORDER BY h.battery_mv),
  coalesce(max(own.people), 0), coalesce(max(other.people), 0), (array_agg(other.store_id))[1]
FROM beacon_hearing AS h
JOIN beacon AS b ON b.id = h.beacon_id
LEFT JOIN LATERAL (
    SELECT count(*) AS people FROM beacon_beside AS s
    WHERE s.beacon_id = h.beacon_id AND s.day = h.day AND s.store_id = b.store_id HAVING count(*) >= $2
) AS own ON true
LEFT JOIN LATERAL (
    SELECT s.store_id, count(*) AS people FROM beacon_beside AS s
    WHERE s.beacon_id = h.beacon_id AND s.day = h.day AND s.store_id <> b.store_id
    GROUP BY s.store_id HAVING count(*) >= $2 ORDER BY count(*) DESC, s.store_id LIMIT 1
) AS other ON true
WHERE h.day < $1
GROUP BY h.beacon_id, h.day HAVING count(*) >= $2
ON CONFLICT DO NOTHING
RETURNING 1
"""
"""How many phones so many parts mean on average, where two may share one, is worked out by linear counting."""
FORGET_PARTS = """
WITH gone AS (DELETE FROM beacon_beside WHERE day < $1) DELETE FROM beacon_hearing WHERE day < $1
"""
FORGET_DAYS = "DELETE FROM beacon_day WHERE day < $1 RETURNING 1"


class Hearing(NamedTuple):
    """One beacon heard by one phone, with the voltage that its telemetry told, if it did."""

    heard: Heard
    at: datetime
    battery_mv: int | None = None


def note_heard(*, whose: uuid.UUID, hearings: Sequence[Hearing], now: datetime) -> None:
    """Count a phone among those that heard these beacons, in one statement that travels with COMMIT. `whose` (a member,
    or an installation) is not kept. What was heard more than a day ago, or is still to come, is not counted."""
    recent = [one for one in hearings if timedelta(0) <= now - one.at < timedelta(days=1)]
    if not recent:
        return
    heard: dict[tuple[uuid.UUID, date, int], int | None] = {}
    beside = set()
    for one in recent:
        day = _day(one.at)
        part = _part(one.heard.beacon_id, day, whose)
        key = (one.heard.beacon_id, day, part)
        heard[key] = one.battery_mv or heard.get(key)
        beside |= {(one.heard.beacon_id, day, store_id, part) for store_id in _stores_beside(one, recent)}
    hearing_columns = _columns([(*key, battery_mv) for key, battery_mv in heard.items()], width=4)
    db.send_with_commit(NOTE, [*hearing_columns, *_columns(sorted(beside), width=4)])


def _stores_beside(one: Hearing, others: Sequence[Hearing]) -> Iterator[uuid.UUID]:
    """The stores of the brand's fixed beacons that were heard together with this one."""
    if one.heard.is_mobile:
        return
    for other in others:
        near = other.heard.beacon_id != one.heard.beacon_id and not other.heard.is_mobile
        if near and other.heard.brand_id == one.heard.brand_id and abs(other.at - one.at) <= TOGETHER:
            yield other.heard.store_id


def _columns(rows: Sequence[tuple[object, ...]], *, width: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _day(at: datetime) -> date:
    return at.date()  # instants are in UTC here, as everywhere


def _part(beacon_id: uuid.UUID, day: date, whose: uuid.UUID) -> int:
    shuffled = beacon_id.bytes + day.isoformat().encode() + whose.bytes
    return hmac.digest(config.current().key("beacons/parts"), shuffled, "sha256")[0]


def count_days(*, now: datetime) -> int:
    """Count the days that are over, keep what enough phones told, and forget the parts. Returns of how many beacons
    and days something is told."""
    before = _day(now - COUNTED_AFTER)
    counted = db.fetch(COUNT, [before, LEAST_PEOPLE])
    db.fetch(FORGET_PARTS, [before])
    return len(counted)


def forget_days(*, now: datetime) -> int:
    """Forget what days told that are long over. Returns how many."""
    return len(db.fetch(FORGET_DAYS, [_day(now - KEPT)]))
