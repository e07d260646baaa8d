"""How long presence is kept: minutes for a day, the store and day of a visit for thirty, and neither after a no."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.consent.models import PermissionEvent
from app.data_map import RETENTION, DataClass
from app.sql import db
from app.sql.queues import work_through
from geo.presence.models import PURPOSE
from geo.presence.reports import end_silence

OF_NOES = """
DELETE FROM {table} AS kept
USING unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) AS no (brand_id, touchpoint, scope_kind, scope_id)
WHERE kept.member_id = $1 AND kept.touchpoint = no.touchpoint AND {mine}
"""
IN_SCOPE = """kept.brand_id = no.brand_id AND (no.scope_kind = 'brand' OR kept.store_id = no.scope_id
 OR no.scope_kind = 'area' AND (
  kept.store_id IN (SELECT store_id FROM area_store WHERE area_id = no.scope_id)
  OR EXISTS (SELECT FROM permission_event AS said WHERE said.member_id = kept.member_id
   AND said.id = kept.permission_event_id AND said.scope_id = no.scope_id)))"""
"""What a no is about: of an area, also what its yes had allowed in a store that has left it since."""
VISITS_OF_NOES = OF_NOES.format(table="visit", mine=IN_SCOPE)
MINUTES_OF_NOES = OF_NOES.format(table="sighting", mine=f"(kept.brand_id IS NULL OR {IN_SCOPE})")
"""Minutes in no store are about every brand: a no to any of them ends all, which costs at most a late exit."""

OBJECTED = """
DELETE FROM {table} AS kept WHERE kept.member_id = $1 AND EXISTS (
 SELECT FROM permission_state AS cell WHERE cell.member_id = $1 AND cell.purpose = $2 AND cell.objected
  AND cell.touchpoint = kept.touchpoint AND (cell.brand_id = kept.brand_id OR kept.brand_id IS NULL)
)
"""

OLD_MINUTES = """
WITH gone AS (
 DELETE FROM sighting WHERE ctid = ANY (ARRAY(SELECT ctid FROM sighting WHERE minute < $1 ORDER BY minute LIMIT $2))
 RETURNING 1
) SELECT count(*) FROM gone
"""
OLD_VISITS = """
WITH gone AS (
 DELETE FROM visit WHERE ctid = ANY (ARRAY(SELECT ctid FROM visit WHERE day < $1 ORDER BY day LIMIT $2)) RETURNING 1
) SELECT count(*) FROM gone
"""
COARSEN = """
WITH coarse AS (
 UPDATE visit SET entered_at = NULL, seen_at = NULL, lasts_until = NULL, dwelled_at = NULL, exited_at = NULL,
  evidence = NULL, confidence = NULL, fence_id = NULL, fence_version = NULL
 WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM visit WHERE lasts_until < $1 AND exited_at IS NOT NULL AND entered_at IS NOT NULL LIMIT $2
 )) RETURNING 1
) SELECT count(*) FROM coarse
"""
SILENT = """
SELECT member_id FROM visit WHERE entered_at IS NOT NULL AND exited_at IS NULL AND lasts_until < $1
GROUP BY member_id ORDER BY min(lasts_until) LIMIT $2
"""


def forget_refused(member_id: uuid.UUID, noes: Sequence[PermissionEvent]) -> None:
    """Delete the minutes and visits of a member that these noes to one purpose are about, open ones too: the caller
    holds the member's permissions, so no report is under way."""
    about = [[getattr(no, name) for no in noes] for name in ("brand_id", "touchpoint", "scope_kind", "scope_id")]
    for statement in (MINUTES_OF_NOES, VISITS_OF_NOES):
        db.fetch(statement, [member_id, *about])


def forget_objected(member_id: uuid.UUID) -> None:
    """Delete the minutes and visits of a member that an objection of theirs is about."""
    for table in ("sighting", "visit"):
        db.fetch(OBJECTED.format(table=table), [member_id, PURPOSE])


def forget_minutes(*, now: datetime, at_once: int) -> int:
    """Delete the minutes that are older than a day, the oldest first; return how many."""
    return _count(OLD_MINUTES, now - _kept(DataClass.SIGHTING), at_once)


def coarsen_visits(*, now: datetime, at_once: int) -> int:
    """Leave of visits that ended a day ago the store and the day; return of how many."""
    return _count(COARSEN, now - _kept(DataClass.SIGHTING), at_once)


def forget_visits(*, now: datetime, at_once: int) -> int:
    """Delete the visits of thirty days ago, the oldest first; return how many."""
    return _count(OLD_VISITS, (now - _kept(DataClass.VISIT)).date(), at_once)


def end_silent_visits(*, now: datetime, at_once: int) -> int:
    """End the visits that nobody ended; return how many. In steps, one member each."""

    def waiting(most: int) -> Sequence[uuid.UUID]:
        return [member_id for (member_id,) in db.fetch(SILENT, [now, most])]

    def end(member_id: uuid.UUID) -> int:
        return end_silence(member_id=member_id, now=now)

    return work_through(waiting, end, what="geo.presence.end_silent_visits", at_once=at_once)


def _kept(data_class: DataClass) -> timedelta:
    lasting = RETENTION[data_class].live
    if lasting is None:
        raise RuntimeError("what presence keeps ends by the clock")
    return lasting


def _count(statement: str, before: date, most: int) -> int:
    [(count,)] = db.fetch(statement, [before, most])
    return int(count)
