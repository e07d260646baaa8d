"""What a member is asked is held against the registry: no other purpose, touchpoint, level, scope or recipient."""

import uuid
from collections.abc import Mapping

from app.consent import queries
from app.consent.errors import (
    LevelNotCarried,
    PurposeBundled,
    PurposeNeedsNoPermission,
    PurposeTooPrecise,
    PurposeUnknown,
    RecipientUnknown,
    RecipientUnnamed,
    ScopeForeign,
    TouchpointUnknown,
)
from app.consent.models import (
    CONSENT,
    OWN,
    Level,
    Precision,
    Purpose,
    Recipient,
    Scope,
    ScopeKind,
)
from app.consent.registry.touchpoints import TOUCHPOINTS, TouchpointFacts
from app.sql import db

SCALE: Mapping[str, int] = {precision: place for place, precision in enumerate(Precision)}
"""How exactly a precision tells where somebody is, from least to most."""


def check_scope(scope: Scope | None, *, brand_id: uuid.UUID) -> Scope:
    """The scope, or the whole brand when none is named. Raises `ScopeForeign` for a place that is not the brand's."""
    if scope is None:
        return Scope(ScopeKind.BRAND, brand_id)
    whole = scope.kind is ScopeKind.BRAND
    place = None if whole else db.first(queries.place_of_brand(scope, brand_id=brand_id))
    require_scope(scope, brand_id=brand_id, place_known=place is not None)
    return scope


def require_scope(scope: Scope, *, brand_id: uuid.UUID, place_known: bool) -> None:
    """Refuse another brand, and a place that is not known as the brand's. Raises `ScopeForeign`."""
    if not (scope.id == brand_id if scope.kind is ScopeKind.BRAND else place_known):
        raise ScopeForeign


def check_purpose(code: str) -> Purpose:
    """The purpose, if it is one that we ask for and rests on consent."""
    return require_asked(find_purpose(code))


def require_asked(purpose: Purpose) -> Purpose:
    """The purpose, if we still ask for it. Raises `PurposeUnknown`."""
    if not purpose.enabled:
        raise PurposeUnknown
    return purpose


def find_purpose(code: str) -> Purpose:
    """The purpose, asked for still or no more: what was allowed once can be refused for ever."""
    return require_purpose(code, db.get(Purpose, code) if code.isidentifier() else None)


def require_purpose(code: str, purpose: Purpose | None) -> Purpose:
    """The purpose that was found for this code, if it rests on consent.

    Raises `PurposeBundled`, `PurposeUnknown` or `PurposeNeedsNoPermission`.
    """
    if any(mark in code for mark in ",;+*| "):
        raise PurposeBundled
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
    return is_too_precise(touchpoint, most=goal.max_precision)


def is_too_precise(touchpoint: str, *, most: str) -> bool:
    """Whether a touchpoint knows by its nature more exactly where a member is than `most`.

    Raises `TouchpointUnknown`.
    """
    return SCALE[check_touchpoint(touchpoint).least_precision] > SCALE[most]


def check_recipient(code: str | None, *, goal: Purpose, brand_id: uuid.UUID) -> str:
    """The recipient that this permission is about: one of the purpose's own list, or nobody else."""
    found = db.get(Recipient, (brand_id, goal.code, code)) if code else None
    require_recipient(code, goal=goal, found=found)
    return code or OWN


def require_recipient(code: str | None, *, goal: Purpose, found: Recipient | None) -> None:
    """Refuse a permission without the recipient that it needs, or with one that was not found on the purpose's list.

    Raises `RecipientUnnamed` or `RecipientUnknown`.
    """
    if goal.recipient_kind is not None and not code:
        raise RecipientUnnamed
    if code and found is None:
        raise RecipientUnknown


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
