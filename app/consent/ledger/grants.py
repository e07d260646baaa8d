"""A member says yes to one cell: a level at a touchpoint, for one purpose, in one scope."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app import clock
from app.accounts.models import Brand, Member
from app.consent.decision import circumstances
from app.consent.decision.circumstances import Circumstances
from app.consent.decision.phone_conditions import INSIDE
from app.consent.errors import (
    ExpiryPast,
    ExpiryTooLate,
    PurposeNotForMinors,
)
from app.consent.ledger import confirmation
from app.consent.ledger.events import append_event, lock_permissions_for_yes
from app.consent.ledger.evidence import Evidence, Seen, keep_seen, proof_of, require_phone
from app.consent.models import (
    CELL_KEY,
    OWN,
    Actor,
    Level,
    MinorsRule,
    Pending,
    PermissionEvent,
    PermissionState,
    Purpose,
    Scope,
    ScopeKind,
    State,
)
from app.consent.registry.validation import (
    check_level,
    check_precision,
    require_asked,
    require_purpose,
    require_recipient,
    require_scope,
)
from app.consent.registry.words import require_age, require_identified
from app.languages import Moment
from app.sql import db

USES: Mapping[Level, int] = {Level.ONE_SHOT: 1, Level.CONTACT_ONCE: 1}
"""How often a level may be used; the others are not counted."""

LONGEST: Mapping[Level, timedelta] = {Level.ONE_SHOT: timedelta(days=1), Level.THIS_VISIT: timedelta(hours=12)}
"""Levels that are about now end soon, whatever the purpose allows."""


class Answered(NamedTuple):
    """A cell after an answer, and what the answer was judged by."""

    cell: PermissionState
    known: Circumstances


def grant_permission(**asked: Any) -> PermissionState:
    """Record a yes and return its cell; takes what `record_yes` takes and raises what it raises."""
    return record_yes(**asked).cell


def record_yes(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    level: Level,
    evidence: Evidence | None,
    now: datetime,
    scope: Scope | None = None,
    recipient: str | None = None,
    expires_at: datetime | None = None,
    claimed_at: datetime | None = None,
    session_id: uuid.UUID | None = None,
) -> Answered:
    """Record a yes and return its cell with what it was judged by; nothing is written when it is refused.

    It ends after the purpose's validity, or sooner when the level or the member says so. Going down to a level
    inside the present one needs no evidence. A phone that shares its position "once" gives one shot at most.
    Where a link must confirm it, or a parent, it is a question until they do. `session_id` is the sign-in that answers.
    Raises the `AnswerRefused` family, `TouchpointUnknown` or `PurposeUnknown`.
    """
    scope = scope or Scope(ScopeKind.BRAND, brand_id)
    key = dict(zip(CELL_KEY, (member_id, touchpoint, purpose, brand_id, *scope, recipient or OWN), strict=True))
    lock_permissions_for_yes(member_id, purpose=purpose)
    known = circumstances.read_circumstances(key, evidence=evidence, session_id=session_id, now=now)
    require_scope(scope, brand_id=brand_id, place_known=known.place_known)
    goal = require_asked(require_purpose(purpose, known.goal))
    check_level(level, touchpoint=touchpoint)
    check_precision(goal, touchpoint=touchpoint)
    require_recipient(recipient, goal=goal, found=known.recipient)
    event = PermissionEvent(**key, actor=Actor.DATA_SUBJECT, recorded_at=now, claimed_at=claimed_at)
    answered = _answered(event, level, evidence=evidence, expires_at=expires_at, goal=goal, known=known)
    return Answered(append_event(await_confirmation(answered, goal=goal, member=known.member), known=known), known)


def await_confirmation(event: PermissionEvent, *, goal: Purpose, member: Member | None) -> PermissionEvent:
    """The event, as a question if a parent or a link must still confirm it. What lowers a yes needs neither."""
    lowered = "lowered_from" in event.evidence
    if member is not None and member.minor_until is not None and member.minor_until > event.recorded_at:
        if goal.minors == MinorsRule.NEVER:
            raise PurposeNotForMinors
        return event if lowered else _pending(event, Pending.PARENT)
    if goal.double_opt_in and not lowered:
        confirmation.send_confirmation_link(event)
        return _pending(event, Pending.CONFIRMATION)
    return event


def _pending(event: PermissionEvent, pending: Pending) -> PermissionEvent:
    event.state = State.REQUESTED
    event.evidence = {**event.evidence, "pending": str(pending)}
    return event


def _answered(
    event: PermissionEvent,
    level: Level,
    *,
    evidence: Evidence | None,
    expires_at: datetime | None,
    goal: Purpose,
    known: Circumstances,
) -> PermissionEvent:
    """The event with its proof, its end and its uses, which depend on the yes that stands already."""
    now, cell = event.recorded_at, known.cell
    standing = cell if cell is not None and cell.permits(now) else None
    if evidence is None and standing is not None and level in INSIDE.get(Level(standing.level), ()):
        proof, latest_at = _proof_inside(standing), standing.expires_at
        event.actor = Actor.DATA_SUBJECT_WITH_PARENT if standing.with_parent else event.actor
    else:
        require_identified(known.brand)
        require_age(known.brand, known.member)
        proof = proof_of(evidence, cell=event, seen=Seen(known.words, known.replaced_at), now=now)
        proof = require_phone(proof, touchpoint=event.touchpoint, now=now)
        keep_seen(evidence, known.words, now=now)
        latest_at = None
    event.level, event.evidence = _at_most_what_the_phone_shares(level, proof)
    event.state = State.RENEWED if standing is not None and standing.level == event.level else State.GIVEN
    event.max_uses = USES.get(Level(event.level))
    longest = timedelta(days=goal.validity_days)
    ends_at = now + min(longest, LONGEST.get(Level(event.level), longest))
    event.expires_at = _end(expires_at, latest=min(ends_at, latest_at or ends_at), brand_id=event.brand_id, now=now)
    return event


def _proof_inside(cell: PermissionState) -> dict[str, Any]:
    """The evidence of the wider yes proves the narrower one too."""
    wider = db.get(PermissionEvent, (cell.member_id, cell.event_id))
    return dict(wider.evidence if wider is not None else {}) | {"lowered_from": str(cell.event_id)}


def _at_most_what_the_phone_shares(level: Level, proof: dict[str, Any]) -> tuple[Level, dict[str, Any]]:
    # "Only this time" (Android) and "Allow once" (iOS) end with the session: a lasting yes must not be built on them.
    if proof.get("os_permission", {}).get("location") != "once" or level is Level.ONE_SHOT:
        return level, proof
    return Level.ONE_SHOT, proof | {"asked_level": str(level)}


def _end(asked_at: datetime | None, *, latest: datetime, brand_id: uuid.UUID, now: datetime) -> datetime:
    if asked_at is None:
        return latest
    if asked_at <= now:
        raise ExpiryPast
    if asked_at > latest:
        brand = db.get(Brand, brand_id)
        raise ExpiryTooLate(latest_at=Moment(latest, clock.zone_of(brand), has_year=True))
    return asked_at
