"""The seam to whoever knows the segments of members: planning stands below what is learnt, and only asks.

The room that knows them appends a `SegmentSource` when it is loaded. Without one, no segment is known, so that none can
be named in a draft, and nobody is in one.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import NamedTuple, Protocol

from app.sql import db


class SegmentsKnown(Protocol):
    """Which of these ids are segments of a brand."""

    def __call__(self, *, brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]: ...


class SegmentsOfMembers(Protocol):
    """Of members who permit profiling to a brand: in which of its segments each is at an instant. The running
    transaction sees them all."""

    def __call__(
        self, *, brand_id: uuid.UUID, member_ids: Collection[uuid.UUID], now: datetime
    ) -> Mapping[uuid.UUID, Collection[uuid.UUID]]: ...


class SegmentSource(NamedTuple):
    """What a room that knows segments answers."""

    known: SegmentsKnown
    of_members: SegmentsOfMembers


SOURCES: list[SegmentSource] = []


def known_segments(*, brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these are segments of the brand."""
    return {id for source in SOURCES for id in source.known(brand_id=brand_id, ids=ids)} if ids else set()


def find_segments(
    whose: Sequence[tuple[uuid.UUID, uuid.UUID]], *, now: datetime, apart: bool
) -> dict[tuple[uuid.UUID, uuid.UUID], set[uuid.UUID]]:
    """In which segments these members of brands are, of whom all permit profiling: one question for each brand.

    `apart`: in a transaction of its own, where none runs that sees them. Raises `SQLAlchemyError`.
    """
    found: dict[tuple[uuid.UUID, uuid.UUID], set[uuid.UUID]] = {}
    brands: dict[uuid.UUID, list[uuid.UUID]] = {}
    for member_id, brand_id in whose:
        brands.setdefault(brand_id, []).append(member_id)
    if not (brands and SOURCES):
        return found
    with db.apart() if apart else nullcontext(), db.system_transaction() if apart else nullcontext():
        for brand_id, member_ids in brands.items():
            for source in SOURCES:
                for member_id, ids in source.of_members(brand_id=brand_id, member_ids=member_ids, now=now).items():
                    found.setdefault((member_id, brand_id), set()).update(ids)
    return found
