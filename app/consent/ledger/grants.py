"""A member says yes to one cell: a level at a touchpoint, for one purpose, in one scope."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.accounts.models import Brand
from app.consent import queries
from app.consent.decision.phone_conditions import INSIDE
from app.consent.errors import (
    ExpiryPast,
    ExpiryTooLate,
    LevelNotCarried,
    PurposeBundled,
    PurposeNeedsNoPermission,
    PurposeNotForMinors,
    PurposeTooPrecise,
    PurposeUnknown,
    RecipientUnknown,
    RecipientUnnamed,
    ScopeForeign,
    TouchpointUnknown,
)
from app.consent.ledger import confirmation
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.ledger.evidence import Evidence, proof_of
from app.consent.models import (
    CONSENT,
    OWN,
    Actor,
    Level,
    MinorsRule,
    Pending,
    PermissionEvent,
    PermissionState,
    Precision,
    Purpose,
    Recipient,
    Scope,
    ScopeKind,
    State,
)
from app.consent.registry.touchpoints import TOUCHPOINTS, TouchpointFacts
from app.languages import Moment
from app.sql import db

USES: Mapping[Level, int] = {Level.ONE_SHOT: 1, Level.CONTACT_ONCE: 1}
"""How often a level may be used; the others are not counted."""

LONGEST: Mapping[Level, timedelta] = {Level.ONE_SHOT: timedelta(days=1), Level.THIS_VISIT: timedelta(hours=12)}
"""Levels that are about now end soon, whatever the purpose allows."""


def grant_permission(
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
) -> PermissionState:
    """Record a yes and return its cell; nothing is written when it is refused.

    It ends after the purpose's validity, or sooner when the level or the member says so. Going down to a level
    inside the present one needs no evidence. A phone that shares its position "once" gives one shot at most.
    Where a link must confirm it, or a parent, it is a question until they do.
    Raises the `AnswerRefused` family, `TouchpointUnknown` or `PurposeUnknown`.
    """
    scope = check_scope(scope, brand_id=brand_id)
    goal = check_purpose(purpose)
    check_level(level, touchpoint=touchpoint)
    check_precision(goal, touchpoint=touchpoint)
    named = check_recipient(recipient, goal=goal, brand_id=brand_id)
    lock_permissions(member_id)
    event = PermissionEvent(
        member_id=member_id,
        brand_id=brand_id,
        touchpoint=touchpoint,
        purpose=purpose,
        scope_kind=scope.kind,
        scope_id=scope.id,
        recipient=named,
        actor=Actor.DATA_SUBJECT,
        recorded_at=now,
        claimed_at=claimed_at,
    )
    return record_event(
        await_confirmation(_answered(event, level, evidence=evidence, expires_at=expires_at, goal=goal), goal=goal)
    )


def await_confirmation(event: PermissionEvent, *, goal: Purpose) -> PermissionEvent:
    """The event, as a question if a parent or a link must still confirm it. What lowers a yes needs neither."""
    lowered = "lowered_from" in event.evidence
    member = db.first(queries.member_as_now(event.member_id))
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
    event: PermissionEvent, level: Level, *, evidence: Evidence | None, expires_at: datetime | None, goal: Purpose
) -> PermissionEvent:
    """The event with its proof, its end and its uses, which depend on the yes that stands already."""
    now, cell = event.recorded_at, db.first(queries.cell_at(event))
    standing = cell if cell is not None and cell.permits(now) else None
    if evidence is None and standing is not None and level in INSIDE.get(Level(standing.level), ()):
        proof, latest_at = _proof_inside(standing), standing.expires_at
        event.actor = Actor.DATA_SUBJECT_WITH_PARENT if standing.with_parent else event.actor
    else:
        proof = proof_of(evidence, purpose=event.purpose, touchpoint=event.touchpoint, now=now)
        latest_at = None
    event.level, event.evidence = _at_most_what_the_phone_shares(level, proof)
    event.state = State.RENEWED if standing is not None and standing.level == event.level else State.GIVEN
    event.max_uses = USES.get(Level(event.level))
    longest = timedelta(days=goal.validity_days)
    ends_at = now + min(longest, LONGEST.get(Level(event.level), longest))
    event.expires_at = _end(expires_at, latest=min(ends_at, latest_at or ends_at), brand_id=event.brand_id, now=now)
    return event


def check_scope(scope: Scope | None, *, brand_id: uuid.UUID) -> Scope:
    """The scope, or the whole brand when none is named. Raises `ScopeForeign` for a place that is not the brand's."""
    if scope is None:
        return Scope(ScopeKind.BRAND, brand_id)
    if scope.kind is ScopeKind.BRAND:
        if scope.id != brand_id:
            raise ScopeForeign
    elif db.first(queries.place_of_brand(scope, brand_id=brand_id)) is None:
        raise ScopeForeign
    return scope


def check_purpose(code: str) -> Purpose:
    """The purpose, if it is one that we ask for and rests on consent."""
    purpose = find_purpose(code)
    if not purpose.enabled:
        raise PurposeUnknown
    return purpose


def find_purpose(code: str) -> Purpose:
    """The same, asked for still or no more: what was allowed once can be refused for ever."""
    if any(mark in code for mark in ",;+*| "):
        raise PurposeBundled
    purpose = db.get(Purpose, code) if code.isidentifier() else None
    if purpose is None:
        raise PurposeUnknown
    if purpose.legal_basis != CONSENT:
        raise PurposeNeedsNoPermission(basis=purpose.legal_basis)
    return purpose


def check_precision(goal: Purpose, *, touchpoint: str) -> None:
    """Refuse a touchpoint that is too curious for the purpose. Raises `PurposeTooPrecise`."""
    if knows_too_much(touchpoint, goal):
        raise PurposeTooPrecise(most=goal.max_precision)


def knows_too_much(touchpoint: str, goal: Purpose) -> bool:
    """Whether a touchpoint knows by its nature more exactly where a member is than the purpose may."""
    scale = list(Precision)
    return scale.index(check_touchpoint(touchpoint).least_precision) > scale.index(Precision(goal.max_precision))


def check_recipient(code: str | None, *, goal: Purpose, brand_id: uuid.UUID) -> str:
    """The recipient that this permission is about: one of the purpose's own list, or nobody else."""
    if goal.recipient_kind is not None and not code:
        raise RecipientUnnamed
    if code and db.get(Recipient, (brand_id, goal.code, code)) is None:
        raise RecipientUnknown
    return code or OWN


def check_touchpoint(code: str) -> TouchpointFacts:
    """The touchpoint with this code. Raises `TouchpointUnknown`."""
    if code not in TOUCHPOINTS:
        raise TouchpointUnknown
    return TOUCHPOINTS[code]


def check_level(level: Level, *, touchpoint: str) -> None:
    """Refuse a level that the touchpoint cannot carry; `none` is no yes."""
    carried = [known for known in check_touchpoint(touchpoint).levels if known != Level.NONE]
    if level not in carried:
        raise LevelNotCarried(levels=", ".join(carried))


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
        raise ExpiryTooLate(latest_at=Moment(latest, brand.time_zone if brand is not None else "UTC"))
    return asked_at
