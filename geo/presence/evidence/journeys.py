"""What positions say of stores: inside, outside, or too unsure to tell; jumps that nobody makes; ways across a fence.

Pure. Positions go in and minutes come out.
"""

import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise

from geo.fences.hits import FenceHit, Spot
from geo.presence.evidence.permits import GEOFENCE
from geo.presence.facts import FixSaid
from geo.presence.models import NOWHERE, MarkKind
from geo.presence.visits import Mark

STRICT_M = 50.0
"""However small a fence is, a position this exact is exact enough for it."""
FIX_LASTS = 120
"""Minutes: phones in a pocket indoors report no position while they do not move."""
FASTEST_M_S = 120.0
"""Above the fastest trains; who is in the air is in no store."""
FARTHEST_JUMP_M = 1_000.0
EXACT_M, FAIR_M = 25.0, 65.0
EARTH_M = 6_371_000.0
STEP_M = 25.0
"""How far apart the way between two positions is looked at: a fence is 100 metres wide at least."""
MOST_STEPS = 40
LONGEST_WAY_M, LONGEST_WAY_S = 2_000.0, 600


def minute_of(at: datetime) -> int:
    """Whole minutes since 1970."""
    return int(at.timestamp() // 60)


def metres_between(one: FixSaid, other: FixSaid) -> float:
    """Along the great circle."""
    lat, lat_too = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (lat_too - lat) / 2, math.radians(other.lon - one.lon) / 2
    part = math.sin(half_lat) ** 2 + math.cos(lat) * math.cos(lat_too) * math.sin(half_lon) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(part)))


def find_jumps(fixes: Sequence[FixSaid]) -> set[str]:
    """The ids of positions, in the order of time, between which nobody can have travelled: either may be wrong."""
    jumped: set[str] = set()
    for one, other in pairwise(fixes):
        metres = metres_between(one, other) - one.accuracy_m - other.accuracy_m
        if metres > FARTHEST_JUMP_M and metres > FASTEST_M_S * (other.at - one.at).total_seconds():
            jumped |= {one.id, other.id}
    return jumped


def confidence_of(fix: FixSaid, jumped: set[str]) -> int:
    """0 for one that an app made up, 1 for one that jumped, else by its accuracy: 3, 2 or 1."""
    if fix.is_mock:
        return 0
    if fix.id in jumped or fix.accuracy_m > FAIR_M:
        return 1
    return 3 if fix.accuracy_m <= EXACT_M else 2


def ways_between(fixes: Sequence[FixSaid]) -> list[tuple[int, Spot]]:
    """Spots on the straight ways between positions that follow each other, each with the place of the first of the
    two. What is close together has none."""
    spots = []
    for place, (one, other) in enumerate(pairwise(fixes)):
        metres = metres_between(one, other)
        if not 2 * STEP_M <= metres <= LONGEST_WAY_M or abs(other.lon - one.lon) > 180:
            continue
        if (other.at - one.at).total_seconds() > LONGEST_WAY_S:
            continue
        steps = min(MOST_STEPS, int(metres // STEP_M))
        for step in range(1, steps):
            share = step / steps
            lon, lat = one.lon + share * (other.lon - one.lon), one.lat + share * (other.lat - one.lat)
            spots.append((place, Spot(lon, lat, 0.0)))
    return spots


def stores_at(fix: FixSaid, hits: Sequence[FenceHit]) -> tuple[list[FenceHit], bool]:
    """The fences of stores that a position is clearly inside, and whether it may be inside another one."""
    inside, unsure = [], False
    for hit in hits:
        if hit.store_id is None:
            continue
        if hit.outside_m <= 0 and fix.accuracy_m <= max(STRICT_M, hit.radius_m):
            inside.append(hit)
        elif hit.outside_m <= fix.accuracy_m:
            unsure = True
    return inside, unsure


def marks_inside(fix: FixSaid, hit: FenceHit, *, event_id: uuid.UUID, confidence: int) -> Mark:
    """The minute of a position inside a store's fence."""
    return Mark(
        minute=minute_of(fix.at),
        store_id=hit.store_id or NOWHERE,
        zone_id=NOWHERE,
        fence_id=hit.fence_id,
        touchpoint=GEOFENCE,
        kind=MarkKind.FIX,
        brand_id=hit.brand_id,
        fence_version=hit.version,
        permission_event_id=event_id,
        confidence=confidence,
        lasts_minutes=FIX_LASTS,
    )


def marks_outside(
    fixes: Sequence[FixSaid], places: Mapping[str, tuple[Sequence[FenceHit], bool]], *, event_id: uuid.UUID
) -> Iterator[Mark]:
    """The minutes in which a phone was clearly outside every store, or every store but one.

    Only what a minute ends with counts: whoever was inside after all had not left. Two positions that end it alike are
    a way out by themselves, one is half of it.
    """
    for minute, group in groupby(fixes, key=lambda fix: minute_of(fix.at)):
        ends = [_outside_all_but(places[fix.id]) for fix in group]
        but = ends[-1]
        if but is None:
            continue
        alike = next((n for n, end in enumerate(reversed(ends)) if end != but), len(ends))
        kind = MarkKind.GONE if alike > 1 else MarkKind.AWAY
        yield Mark(minute, but, NOWHERE, NOWHERE, GEOFENCE, kind, None, None, event_id, 0, 0)


def _outside_all_but(place: tuple[Sequence[FenceHit], bool]) -> uuid.UUID | None:
    """The one store that a position is not outside of; `NOWHERE` if there is none, None if that cannot be said."""
    inside, unsure = place
    stores = {hit.store_id or NOWHERE for hit in inside}
    if unsure or len(stores) > 1:
        return None
    return stores.pop() if stores else NOWHERE


def marks_crossed(
    fixes: Sequence[FixSaid],
    places: Mapping[str, tuple[Sequence[FenceHit], bool]],
    on_the_way: Mapping[int, Sequence[FenceHit]],
    hits: Mapping[int, Sequence[FenceHit]],
    events: Mapping[uuid.UUID, uuid.UUID],
) -> Iterator[Mark]:
    """The fences that the way between two positions outside touches. `events`: what permits each fence's brand."""
    for place, crossed in on_the_way.items():
        ends = (place, place + 1)
        touched = {hit.fence_id for end in ends for hit in hits.get(end, ()) if hit.outside_m <= fixes[end].accuracy_m}
        for hit in {hit.fence_id: hit for hit in crossed if hit.outside_m <= 0}.values():
            if hit.fence_id in touched or hit.fence_id not in events or places[fixes[place].id][1]:
                continue
            minute = minute_of(fixes[place].at)
            store = hit.store_id or NOWHERE
            event_id = events[hit.fence_id]
            yield Mark(
                minute,
                store,
                NOWHERE,
                hit.fence_id,
                GEOFENCE,
                MarkKind.CROSSED,
                hit.brand_id,
                hit.version,
                event_id,
                0,
                0,
            )
