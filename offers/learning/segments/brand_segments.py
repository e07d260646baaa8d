"""Segments: named questions of a brand about its members. None holds anybody, and no list of names leaves one.

The permission for profiling is part of each question, so nobody is in a segment without it, and whoever withdraws it
is in none from that instant on. Fewer than five members are said as that.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text

from app import clock
from app.accounts.models import Brand
from app.consent.noes import rest
from app.sql import db, locks
from offers.learning import queries, scores
from offers.learning.errors import SegmentNameTaken, SegmentUnknown, TooManySegments
from offers.learning.models import BrandSegment
from offers.learning.scores import FEWEST
from offers.learning.segments import rules

MOST_SEGMENTS = 100
"""How many segments a brand may keep at a time."""


class SizedSegment(NamedTuple):
    """A segment, and how many members are in it: None for fewer than five."""

    segment: BrandSegment
    members: int | None


def create_segment(
    *, brand_id: uuid.UUID, code: str, asked: Sequence[Mapping[str, Any]], by: uuid.UUID, now: datetime
) -> SizedSegment:
    """Keep a question under a name. Raises `SegmentNameTaken`, `TooManySegments`."""
    locks.lock_name(f"segments:{brand_id}")
    known = db.all_of(queries.segments_of_brand(brand_id))
    if any(segment.code == code for segment in known):
        raise SegmentNameTaken(code=code)
    if len(known) >= MOST_SEGMENTS:
        raise TooManySegments(most=MOST_SEGMENTS)
    fields = {"code": code, "rules": {"all": list(asked)}, "created_by": by, "created_at": now}
    return _sized([db.add(BrandSegment(brand_id=brand_id, **fields))], brand_id=brand_id, now=now)[0]


def list_segments(*, brand_id: uuid.UUID, now: datetime) -> list[SizedSegment]:
    """Every segment that the brand keeps, the oldest first, with its size of now."""
    question = queries.segments_of_brand(brand_id).order_by(BrandSegment.created_at, BrandSegment.id)
    return _sized(db.all_of(question), brand_id=brand_id, now=now)


def show_segment(*, brand_id: uuid.UUID, segment_id: uuid.UUID, now: datetime) -> SizedSegment:
    """One segment of the brand, with its size of now. Raises `SegmentUnknown`."""
    segment = db.first(queries.segment_in(brand_id, segment_id))
    if segment is None:
        raise SegmentUnknown
    return _sized([segment], brand_id=brand_id, now=now)[0]


def end_segment(*, brand_id: uuid.UUID, segment_id: uuid.UUID, now: datetime) -> SizedSegment:
    """Keep a segment no more: nobody is in it from now on. Twice is once. Raises `SegmentUnknown`."""
    segment = db.first(db.locked(queries.segment_in(brand_id, segment_id)))
    if segment is None:
        raise SegmentUnknown
    segment.ended_at = segment.ended_at or now
    db.session().flush()
    return SizedSegment(segment, None)


def segments_of(
    *, brand_id: uuid.UUID, member_ids: Collection[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """Of which segments of the brand these members are at this instant: ids by member, for those who are of any."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    segments = db.all_of(queries.segments_of_brand(brand_id))
    among = (" AND kept.member_id = ANY (:members)", {"members": list(member_ids)})
    for member_id, place in _ask("kept.member_id", segments, brand_id=brand_id, among=among, now=now):
        found.setdefault(member_id, set()).add(segments[place].id)
    return {member_id: frozenset(ids) for member_id, ids in found.items()}


def _sized(segments: Sequence[BrandSegment], *, brand_id: uuid.UUID, now: datetime) -> list[SizedSegment]:
    standing = [segment for segment in segments if segment.ended_at is None]
    counted = _ask("count(*)", standing, brand_id=brand_id, among=("", {}), now=now)
    sizes = {standing[place].id: members for members, place in counted if members >= FEWEST}
    return [SizedSegment(segment, sizes.get(segment.id)) for segment in segments]


def _ask(
    what: str,
    segments: Sequence[BrandSegment],
    *,
    brand_id: uuid.UUID,
    among: tuple[str, Mapping[str, Any]],
    now: datetime,
) -> Sequence[Any]:
    """Something of whoever is in each segment, beside its place here, by one statement."""
    brand = db.get(Brand, brand_id)
    if not segments or brand is None or rest.rests():
        return []
    today = clock.day_of(now, brand.time_zone)
    values: dict[str, Any] = {"brand": brand_id, "now": now, **among[1]} | scores.values_on(brand, now=now)
    parts = []
    for place, segment in enumerate(segments):
        condition = rules.conditions_of(segment.rules["all"], name=f"s{place}", today=today)
        parts.append(f"SELECT {what}, {place} {queries.PERMITTED}{among[0]} AND {condition.sql}")
        values |= condition.values
    with db.system():  # who permits it is in the ledger of members, which no brand reads; all that leaves is said here
        return db.execute(text(" UNION ALL ".join(parts)), values).all()
