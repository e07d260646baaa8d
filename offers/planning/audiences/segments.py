"""The seam to whoever knows the segments of members: planning stands below what is learnt, and only asks.

The room that knows them appends a `SegmentSource` when it is loaded. Without one, no segment is known, so that none can
be named in a draft, and nobody is in one.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import psycopg


class SegmentsKnown(Protocol):
    """Which of these ids are segments of a brand."""

    def __call__(self, brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]: ...


class SegmentsOfMembers(Protocol):
    """Of members at brands, side by side, who permitted profiling: in which of the wanted segments each is at an
    instant. `through` is a connection on which a statement names its members itself; without it the running
    transaction sees them all."""

    def __call__(
        self,
        member_ids: Sequence[uuid.UUID],
        brand_ids: Sequence[uuid.UUID],
        *,
        wanted: Collection[uuid.UUID],
        now: datetime,
        through: psycopg.Connection[Any] | None,
    ) -> Mapping[tuple[uuid.UUID, uuid.UUID], Collection[uuid.UUID]]: ...


class SegmentSource(NamedTuple):
    """What a room that knows segments answers."""

    known: SegmentsKnown
    of_members: SegmentsOfMembers


SOURCES: list[SegmentSource] = []


def known_segments(*, brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these are segments of the brand."""
    return {id for source in SOURCES for id in source.known(brand_id, ids)} if ids else set()


def find_segments(
    whose: Sequence[tuple[uuid.UUID, uuid.UUID]],
    *,
    wanted: Collection[uuid.UUID],
    now: datetime,
    through: psycopg.Connection[Any] | None,
) -> dict[tuple[uuid.UUID, uuid.UUID], set[uuid.UUID]]:
    """In which of the wanted segments these members of brands are, of whom all have permitted profiling."""
    found: dict[tuple[uuid.UUID, uuid.UUID], set[uuid.UUID]] = {}
    members, brands = [member_id for member_id, _ in whose], [brand_id for _, brand_id in whose]
    for source in SOURCES if whose and wanted else ():
        said = source.of_members(members, brands, wanted=wanted, now=now, through=through)
        for one, ids in said.items():
            found.setdefault(one, set()).update(ids)
    return found
