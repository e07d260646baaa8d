"""A phone reports, and visits begin, go on and end: the room's one verb for phones, and its twin for silence.

However long a report is, it takes the same few trips: the member's locks with their permissions and the beacons, the
fences, the stores with their visits and the minutes known (with the first, where they were to be expected), and one
that writes. The lock of the member's presence puts reports that come at the same time in a row; their permissions are
shared, so a withdrawal comes before or after.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from app.consent.errors import PermissionMissing, refusal_for
from app.consent.ledger.expiry import VisitOver, end_with_visits
from app.consent.ledger.uses import use_permission
from app.consent.models import Reason
from app.sql import db, locks
from app.sql.trips import Call
from geo.presence.changes import COLUMNS, VisitChange, find_changes, fleeting_transitions
from geo.presence.evidence.journeys import minute_of
from geo.presence.evidence.permits import PresencePermits
from geo.presence.evidence.readings import read_ahead
from geo.presence.evidence.sightings import note_hearings, survey_report
from geo.presence.evidence.stores import PresenceKnown, StoreKnown, instant_of, read_crossings, read_known
from geo.presence.evidence.weights import Weighed, put_mark, weigh_sightings
from geo.presence.facts import Report, ReportFinding, ReportFindingCode, sift_report
from geo.presence.listeners import Asking, tell_listeners
from geo.presence.models import PURPOSE, MarkKind, Visit
from geo.presence.transitions import Evidence, Transition, TransitionKind
from geo.presence.visits import OUTSIDE, Mark

WRITE = """
WITH minutes AS (
 INSERT INTO sighting (member_id, minute, store_id, zone_id, fence_id, touchpoint, kind, brand_id, fence_version,
  permission_event_id, confidence, lasts_minutes)
 SELECT $1, to_timestamp(minute * 60), alike.store_id, alike.zone_id, alike.fence_id, alike.touchpoint, alike.kind,
  alike.brand_id, alike.fence_version, alike.permission_event_id, alike.confidence, alike.lasts_minutes
 FROM json_to_recordset($2::json) AS alike (minutes bigint[], store_id uuid, zone_id uuid, fence_id uuid,
  touchpoint text, kind text, brand_id uuid, fence_version int, permission_event_id uuid, confidence smallint,
  lasts_minutes smallint), unnest(alike.minutes) AS minute
 ON CONFLICT (member_id, minute, store_id, zone_id, fence_id, touchpoint, kind) DO UPDATE
 SET confidence = excluded.confidence, lasts_minutes = excluded.lasts_minutes
)
INSERT INTO visit (member_id, id, brand_id, store_id, day, touchpoint, permission_event_id, evidence, confidence,
 fence_id, fence_version, entered_at, seen_at, lasts_until, dwelled_at, exited_at)
SELECT one.* FROM json_to_recordset($3::json) AS one (member_id uuid, id uuid, brand_id uuid, store_id uuid, day date,
 touchpoint text, permission_event_id uuid, evidence text, confidence smallint, fence_id uuid, fence_version int,
 entered_at timestamptz, seen_at timestamptz, lasts_until timestamptz, dwelled_at timestamptz, exited_at timestamptz)
ON CONFLICT (member_id, id) DO UPDATE
SET day = excluded.day, touchpoint = excluded.touchpoint, permission_event_id = excluded.permission_event_id,
 evidence = excluded.evidence, confidence = excluded.confidence, fence_id = excluded.fence_id,
 fence_version = excluded.fence_version, entered_at = excluded.entered_at, seen_at = excluded.seen_at,
 lasts_until = excluded.lasts_until, dwelled_at = excluded.dwelled_at, exited_at = excluded.exited_at
"""
"""Minutes that are alike but for their time go as one text: phones that stay somewhere send the same again and again.
Visits go in an order in which no two are open at one store. Both go as JSON, which is written at once, where each array
of a column would be written by itself."""

REMOVE = "DELETE FROM visit WHERE member_id = $1 AND id = ANY ($2::uuid[])"


class Taken(NamedTuple):
    """What a report came to: what happened, what listeners answer, and what had no effect and why. `kept` is how many
    minutes it told of, known before or not."""

    transitions: Sequence[Transition]
    answers: Sequence[Mapping[str, Any]]
    findings: Sequence[ReportFinding]
    kept: int = 0


def take_report(
    *,
    member_id: uuid.UUID,
    session_id: uuid.UUID | None,
    installation_id: uuid.UUID | None,
    report: Report,
    now: datetime,
    background: bool,
) -> Taken:
    """Keep of a report what the member's permissions allow, and say what happened by it; the same report twice, in
    parallel or in another order, has one effect.

    Never raises for what is not permitted, of which nothing is kept: `findings` say it, and `require_permitted` raises.
    """
    asking = Asking(member_id, session_id, installation_id, background)
    sifted, findings = sift_report(report, now=now)
    items = [item.at for kind in sifted for item in kind]
    if not items:
        return Taken((), (), findings)
    since = minute_of(min(items))
    read = read_ahead(asking, sifted, since=since, now=now, first=_ask_locks(member_id))
    permits = read.permits
    surveyed = survey_report(sifted, permits, heard=read.heard, now=now)
    findings += surveyed.findings
    if not (surveyed.seen or surveyed.fixes):
        return Taken((), (), findings)
    known = read.known_of(surveyed.store_ids)
    weighed = weigh_sightings(surveyed, permits, known.stores)
    findings += weighed.findings
    note_hearings(surveyed.hearings, permits, known.stores, member_id=member_id, now=now)
    transitions, changes = _keep(member_id, weighed, known, since=since, now=now)
    brief = fleeting_transitions(
        [mark for mark in weighed.fleeting.values() if not _is_kept(mark, weighed, known)], known.stores, now=now
    )
    transitions = sorted([*transitions, *brief], key=lambda one: one.occurred_at)
    transitions, unused = _use_up(member_id, transitions, permits, now=now)
    answers = tell_listeners(asking, transitions, now=now)
    _end_permissions(member_id=member_id, changes=changes, stores=known.stores, now=now)
    return Taken(transitions, answers, [*findings, *unused], len(weighed.marks) + len(weighed.fleeting))


def require_permitted(taken: Taken) -> None:
    """Refuse a report of which nothing was permitted, with the reason. Raises one of the `PermissionMissing` family."""
    denied = [one for one in taken.findings if one.code is ReportFindingCode.NOT_PERMITTED]
    if denied and not taken.kept and not taken.transitions:
        raise refusal_for(denied[0].reason or Reason.NOT_ASKED, purpose=PURPOSE, touchpoint=denied[0].touchpoint)


def end_silence(*, member_id: uuid.UUID, now: datetime) -> int:
    """End the visits of a member of which nothing more was heard; return how many. Nobody is told: no phone asks."""
    minute = minute_of(now)
    stores, known = read_known(member_id=member_id, store_ids=(), since=minute, first=[_ask_locks(member_id)])
    changes = find_changes(member_id=member_id, stores=stores, known=known, marks={}, since=minute, now=now)
    _write(member_id, (), changes)
    return _end_permissions(member_id=member_id, changes=changes, stores=stores, now=now)


def _ask_locks(member_id: uuid.UUID) -> Call:
    """The statement that waits for other reports of this member's phones, and keeps their permissions as they are."""
    return locks.ask_lock_and_permissions(f"presence:{member_id}", member_id)


def _keep(
    member_id: uuid.UUID,
    weighed: Weighed,
    before: PresenceKnown,
    *,
    since: int,
    now: datetime,
) -> tuple[list[Transition], list[VisitChange]]:
    """Write the minutes that may be kept, and what they change; return what happened, and these changes."""
    if not weighed.marks:
        return [], []
    stores, known = before
    crossed = _crossed(member_id, weighed, since=since)
    marks = {key: mark for key, mark in weighed.marks.items() if mark.kind != MarkKind.CROSSED}
    for key in marks.keys() & known.keys():
        together = {key: known[key]}
        put_mark(together, marks[key])
        marks[key] = together[key]
    changes = find_changes(member_id=member_id, stores=stores, known=known, marks=marks, since=since, now=now)
    fresh = [mark for key, mark in marks.items() if known.get(key) != mark] if known else list(marks.values())
    _write(member_id, [*fresh, *crossed], changes)
    happened = [one for change in changes for one in change.transitions] + [_crossing(mark) for mark in crossed]
    return happened, changes


def _crossed(member_id: uuid.UUID, weighed: Weighed, *, since: int) -> list[Mark]:
    """The fences on the way that were not told before."""
    crossed = [mark for mark in weighed.marks.values() if mark.kind == MarkKind.CROSSED]
    if not crossed:
        return []
    known = read_crossings(member_id=member_id, since=since)
    return [mark for mark in crossed if (mark.minute, mark.fence_id) not in known]


def _crossing(mark: Mark) -> Transition:
    return Transition(
        kind=TransitionKind.CROSSED,
        visit_id=uuid.UUID(int=0),
        brand_id=mark.brand_id or mark.store_id,
        store_id=mark.store_id,
        fence_id=mark.fence_id,
        fence_version=mark.fence_version,
        zone_id=None,
        occurred_at=instant_of(mark.minute),
        evidence=Evidence.FIX,
        confidence=mark.confidence,
        permission_event_id=mark.permission_event_id,
        is_late=True,
    )


def _is_kept(mark: Mark, weighed: Weighed, known: PresenceKnown) -> bool:
    """Whether something that is kept tells of the same store: then what may serve one answer adds nothing."""
    told = any(other.store_id == mark.store_id and other.kind not in OUTSIDE for other in weighed.marks.values())
    return told or any(visit.is_open for visit in known.stores[mark.store_id].visits)


def _write(member_id: uuid.UUID, marks: Sequence[Mark], changes: Sequence[VisitChange]) -> None:
    """Write them with COMMIT: until then nobody else is let in, and nobody here asks for them again."""
    gone = [change.visit.id for change in changes if change.is_gone]
    if gone:
        db.send_with_commit(REMOVE, [member_id, gone])
    visits = [change.visit for change in changes if not change.is_gone]
    if not (marks or visits):
        return
    visits.sort(key=lambda visit: visit.exited_at is None)
    alike: dict[tuple[Any, ...], list[int]] = {}
    for mark in marks:
        alike.setdefault(mark[1:], []).append(mark.minute)
    minutes = [{"minutes": when} | dict(zip(Mark._fields[1:], rest, strict=True)) for rest, when in alike.items()]
    rows = [{name: getattr(visit, name) for name in COLUMNS} for visit in visits]
    db.send_with_commit(WRITE, [member_id, orjson.dumps(minutes).decode(), orjson.dumps(rows).decode()])


def _use_up(
    member_id: uuid.UUID, transitions: Sequence[Transition], permits: PresencePermits, *, now: datetime
) -> tuple[list[Transition], list[ReportFinding]]:
    """Use the counted permissions that an answer will rest on, once each; what somebody else used up is not told."""
    spent: set[uuid.UUID] = set()
    findings = []
    for event_id in sorted({one.permission_event_id for one in transitions if one.may_trigger}):
        if not permits.is_counted(event_id):
            continue
        try:
            use_permission(member_id=member_id, event_id=event_id, now=now)
        except PermissionMissing:  # the last use went to an answer of another door, a moment ago
            spent.add(event_id)
            findings.append(ReportFinding(ReportFindingCode.NOT_PERMITTED, [], None, Reason.EXHAUSTED))
    return [one for one in transitions if one.permission_event_id not in spent], findings


def _end_permissions(
    *, member_id: uuid.UUID, changes: Sequence[VisitChange], stores: Mapping[uuid.UUID, StoreKnown], now: datetime
) -> int:
    """A permission for one visit ends with it, by whatever the visit was seen and however it ended; return how many
    visits are over by these changes."""
    kept = {visit.id: visit for store in stores.values() for visit in store.visits}
    kept |= {change.visit.id: change.visit for change in changes}
    gone = {change.visit.id for change in changes if change.is_gone}
    last = {scope for id, one in kept.items() if one.is_open and id not in gone for scope in _scopes(one, stores)}
    ended = [one.visit for one in changes if one.visit.exited_at is not None and not one.is_gone]
    over = [VisitOver(one.permission_event_id, one.brand_id, _scopes(one, stores) - last, _end(one)) for one in ended]
    end_with_visits(member_id=member_id, purpose=PURPOSE, over=over, now=now)
    return len(over)


def _scopes(visit: Visit, stores: Mapping[uuid.UUID, StoreKnown]) -> set[uuid.UUID]:
    return {visit.brand_id, visit.store_id, *stores[visit.store_id].area_ids}


def _end(visit: Visit) -> datetime:
    """The end of its last minute: what was answered in that one was answered in the visit."""
    ends = [at for at in (visit.entered_at, visit.exited_at, visit.lasts_until) if at is not None]
    return max(ends) + timedelta(minutes=1)
