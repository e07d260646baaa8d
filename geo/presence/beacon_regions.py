"""Which ids a phone must listen for to hear the beacons of some stores, and of no other.

Phones watch beacons by the id that many share: the UUID, the first sixteen bytes of an iBeacon or AltBeacon, or the
UUID with the major number, the two after it. A UUID is one region for a whole brand. Where the member allows only some
of its stores, the region is one of UUID and major, and only if all who send them stand in stores that are allowed: a
phone must not wake where nobody allowed it.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.sql import db

STANDING = "beacon.status = 'active' AND kind = ANY ($2::text[]) AND stability IN ('stable', 'portable')"
MAJOR = "get_byte(identifier, 16) * 256 + get_byte(identifier, 17)"

HEARD_AT = f"""
SELECT DISTINCT kind, encode(substr(identifier, 1, 16), 'hex')::uuid, {MAJOR}, brand_id, store_id
FROM beacon WHERE store_id = ANY ($1::uuid[]) AND {STANDING}
"""  # noqa: S608 (our own words)
"""What is sent at these stores (1), of these kinds (2): kind, UUID, major, brand, store. What stands in no place, on a
vehicle or on somebody, tells of no store."""

SHARED = f"""
SELECT DISTINCT kind, asked.one, {MAJOR}
FROM unnest($3::uuid[]) AS asked (one) CROSS JOIN LATERAL (SELECT uuid_send(asked.one) AS bytes OFFSET 0) AS sent
JOIN beacon ON identifier BETWEEN bytes || '\\x00000000'::bytea AND bytes || '\\xffffffff'::bytea
WHERE NOT store_id = ANY ($1::uuid[]) AND {STANDING}
"""  # noqa: S608 (our own words)
"""Which of these UUIDs (3), each with its major, are sent at other stores than these too, of whatever brand."""


class BeaconRegion(NamedTuple):
    """What a phone listens for, and the stores where it may hear it; without `major`, the whole UUID."""

    kind: str
    uuid: uuid.UUID
    major: int | None
    brand_id: uuid.UUID
    store_ids: frozenset[uuid.UUID]

    @property
    def id(self) -> str:
        """What the region is called, from plan to plan: `b`, the UUID, and the major where there is one."""
        return f"b{self.uuid.hex}" if self.major is None else f"b{self.uuid.hex}-{self.major}"


def find_beacon_regions(
    store_ids: Collection[uuid.UUID], *, whole: Collection[uuid.UUID], kinds: Sequence[str]
) -> list[BeaconRegion]:
    """The regions in which beacons of these stores are heard, by their ids; `whole` are the brands of which every store
    is allowed. One statement, and one more where a brand is allowed in part only."""
    if not store_ids:
        return []
    asked = [list(store_ids), list(kinds)]
    sent = db.fetch(HEARD_AT, asked)
    narrow = {one for _, one, _, brand_id, _ in sent if brand_id not in whole}
    shared = {tuple(row) for row in db.fetch(SHARED, [*asked, list(narrow)])} if narrow else set()
    return sorted(_regions(sent, whole, shared), key=lambda region: (region.kind, region.id))


def _regions(
    sent: Iterable[Sequence[Any]], whole: Collection[uuid.UUID], shared: Collection[tuple[Any, ...]]
) -> list[BeaconRegion]:
    stores: Mapping[tuple[str, uuid.UUID, int | None, uuid.UUID], set[uuid.UUID]] = defaultdict(set)
    for kind, one, major, brand_id, store_id in sent:
        if brand_id in whole:
            stores[kind, one, None, brand_id].add(store_id)
        elif (kind, one, major) not in shared:
            stores[kind, one, major, brand_id].add(store_id)
    return [
        BeaconRegion(kind, one, major, brand_id, frozenset(found))
        for (kind, one, major, brand_id), found in stores.items()
    ]
