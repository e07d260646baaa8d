"""What a phone heard, as beacons of ours: whose, in which store, at which shelf."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from app.sql.trips import Call
from geo.beacons import resolution
from geo.beacons.models import BeaconKind, Stability
from geo.beacons.resolution import Resolved

MOVING = (Stability.MOBILE, Stability.ROVING)

RECOGNISE = """
WITH found AS (
    SELECT h.place, b.id, NULL::timestamptz AS starts_at, NULL::timestamptz AS ends_at, false AS teaches
    FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS h (kind, id, place)
    JOIN beacon AS b ON b.kind = h.kind AND b.identifier = h.id
    UNION ALL
    SELECT h.place, e.beacon_id, e.starts_at, e.ends_at,
      k.heard_at IS NULL OR k.heard_at < $4::timestamptz - interval '1 hour'
      OR h.heard_at < e.starts_at - interval '5 seconds' OR h.heard_at >= e.ends_at + interval '5 seconds'
    FROM unnest($1::text[], $2::bytea[], $3::timestamptz[]) WITH ORDINALITY AS h (kind, id, heard_at, place)
    JOIN ephemeral_id AS e ON h.kind = 'eddystone_eid' AND e.eid = h.id
      AND h.heard_at >= e.starts_at - e.slack_s * interval '1 second'
      AND h.heard_at < e.ends_at + e.slack_s * interval '1 second'
    JOIN beacon_clock AS k ON k.beacon_id = e.beacon_id
)
SELECT f.place, b.id, b.brand_id, b.store_id, z.id, b.stability, f.starts_at, f.ends_at, f.teaches
FROM found AS f
JOIN beacon AS b ON b.id = f.id AND b.status = 'active'
JOIN store AS s ON s.id = b.store_id AND s.status = 'open'
LEFT JOIN zone AS z ON z.id = b.zone_id AND z.status = 'open'
"""
"""An id that changes teaches something of its beacon's clock once an hour, and when it comes before or after its time
(`geo.beacons.drift`)."""


class Advertised(NamedTuple):
    """What a phone heard of one radio. `kind` is a `BeaconKind`; `id` has 20 bytes (iBeacon, AltBeacon), 16 (UID) or
    8 (EID)."""

    kind: str
    id: bytes
    heard_at: datetime


class Heard(NamedTuple):
    """A beacon that was heard. One that `is_mobile` stands in no place: it says who is near, and not where."""

    beacon_id: uuid.UUID
    brand_id: uuid.UUID
    store_id: uuid.UUID
    zone_id: uuid.UUID | None
    is_mobile: bool


def advertised_ibeacon(uuid: uuid.UUID, major: int, minor: int, heard_at: datetime) -> Advertised:
    """An iBeacon as phones name it. Raises `OverflowError` for numbers beyond 0 to 65,535."""
    return Advertised(BeaconKind.IBEACON, uuid.bytes + major.to_bytes(2) + minor.to_bytes(2), heard_at)


def recognise_if(condition: str) -> str:
    """The statement of `ask_beacons` that looks nothing up unless this is so: SQL about values from $5 on."""
    return f"{RECOGNISE}WHERE {condition}\n"


def ask_beacons(
    frames: Sequence[Advertised], *, now: datetime, statement: str = RECOGNISE, values: Sequence[Any] = ()
) -> Call:
    """The question which beacons these are, to be sent in one trip with others; its rows are for `recognise_beacons`.
    `values` are those of a `statement` with a condition."""
    return Call(statement, [*_columns(frames), now, *values])


def recognise_beacons(
    frames: Sequence[Advertised], *, now: datetime, rows: Sequence[Any] | None = None
) -> list[Heard | None]:
    """Which beacon each of these is, in their order. None, all alike, for one that is unknown, whose changing id tells
    nothing, that is not active, or whose store is closed.

    One statement, or none where its `rows` are there already, unless changing ids were heard that nobody knows: then
    ids that are due are worked out, and those that stay unknown are kept for a day (without whoever heard them), as a
    beacon of ours may have lost its clock.
    """
    every = range(len(frames))
    found = _look(frames, every, now=now) if rows is None else _found(frames, every, rows, now=now)
    missed = [
        place for place, frame in enumerate(frames) if place not in found and frame.kind == BeaconKind.EDDYSTONE_EID
    ]
    if missed and resolution.extend_few(now=now):
        found |= _look(frames, missed, now=now)
        missed = [place for place in missed if place not in found]
    if missed:
        resolution.note_unknown([(frames[place].id, frames[place].heard_at) for place in missed], now=now)
    return [found.get(place) for place in range(len(frames))]


def _look(frames: Sequence[Advertised], places: Sequence[int], *, now: datetime) -> dict[int, Heard]:
    asked = [frames[place] for place in places]
    if not asked:
        return {}
    return _found(frames, places, db.fetch(RECOGNISE, [*_columns(asked), now]), now=now)


def _columns(frames: Sequence[Advertised]) -> list[list[Any]]:
    return [[str(f.kind) for f in frames], [f.id for f in frames], [f.heard_at for f in frames]]


def _found(
    frames: Sequence[Advertised], places: Sequence[int], rows: Sequence[Any], *, now: datetime
) -> dict[int, Heard]:
    """What the rows about the frames at these places say; a changing id teaches something of its beacon's clock."""
    teaching = [Resolved(row[1], frames[places[row[0] - 1]].heard_at, *row[6:8]) for row in rows if row[8]]
    if teaching:
        resolution.note_resolved(teaching, now=now)
    return {places[row[0] - 1]: Heard(row[1], row[2], row[3], row[4], row[5] in MOVING) for row in rows}
