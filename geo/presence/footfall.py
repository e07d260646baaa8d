"""How many people were in a store, or passed across a fence, in a day that is over; never told of fewer than ten."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from app.sql import db
from geo.fences.judgement import Passages

LEAST_PEOPLE = 10
"""Below, a number tells of somebody (the French authority's advice on counting visitors)."""

VISITED = """
WITH counted AS (
 INSERT INTO footfall (brand_id, day, kind, place_id, people)
 SELECT brand_id, day, 'visited', store_id, count(DISTINCT member_id) FROM visit WHERE day BETWEEN $1 AND $2
 GROUP BY brand_id, day, store_id HAVING count(DISTINCT member_id) >= $3
 ON CONFLICT DO NOTHING RETURNING 1
) SELECT count(*) FROM counted
"""
CROSSED = """
WITH counted AS (
 INSERT INTO footfall (brand_id, day, kind, place_id, people)
 SELECT brand_id, $1::date, 'crossed', fence_id, count(DISTINCT member_id) FROM sighting
 WHERE kind = 'crossed' AND brand_id IS NOT NULL AND minute >= $1::date AT TIME ZONE 'UTC'
  AND minute < ($1::date + 1) AT TIME ZONE 'UTC'
 GROUP BY brand_id, fence_id HAVING count(DISTINCT member_id) >= $2
 ON CONFLICT DO NOTHING RETURNING 1
) SELECT count(*) FROM counted
"""

PASSED = """
SELECT fence.id, sum(people) FILTER (WHERE kind = 'crossed')::int, sum(people) FILTER (WHERE kind = 'visited')::int
FROM fence JOIN footfall ON footfall.brand_id = fence.brand_id
 AND (kind, place_id) IN (('crossed', fence.id), ('visited', fence.store_id))
WHERE fence.id = ANY ($1::uuid[]) GROUP BY fence.id
"""


def tell_passages(fence_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Passages]:
    """How many passed across each of these fences, and how many visited its store, on all days that were counted."""
    rows = db.fetch(PASSED, [list(fence_ids)])
    return {fence_id: Passages(crossed or 0, visited or 0) for fence_id, crossed, visited in rows}


def count_footfall(*, now: datetime) -> int:
    """Count the days that are over, each once, so that no difference between two counts tells of one person; return of
    how many places.

    Visits by the store's day, two days later, when late reports have come. Passing by the day of UTC, in the hour after
    it, since what it is counted from is gone a day later.
    """
    today = now.date()
    [(visited,)] = db.fetch(VISITED, [today - timedelta(days=4), today - timedelta(days=2), LEAST_PEOPLE])
    [(crossed,)] = db.fetch(CROSSED, [today - timedelta(days=1), LEAST_PEOPLE])
    return int(visited + crossed)
