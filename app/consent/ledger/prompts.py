"""Before a question is put to a member: may it be asked?

A no is remembered: the same question is not asked again for six months (the practice of the French authority, and
article 88a of the proposed Digital Omnibus). The member may change their mind at any time; that is an answer, not a
question.
"""

import uuid
from datetime import datetime, timedelta

from app import clock
from app.accounts.models import Brand
from app.consent import queries
from app.consent.errors import AskedTooSoon
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.models import CELL_KEY, SAID_NO, Actor, Level, PermissionEvent, PermissionState, Scope, State
from app.consent.registry.validation import (
    check_precision,
    check_purpose,
    check_recipient,
    check_scope,
    check_touchpoint,
)
from app.consent.registry.words import require_identified
from app.languages import Moment
from app.sql import db

REMEMBERED = timedelta(days=184)
"""Six months, whichever they are: the longest six in a row, so never a day less."""


def ask_again_at(cell: PermissionState) -> datetime | None:
    """From when the question of this cell may be asked again; None when nothing keeps it."""
    return cell.changed_at + REMEMBERED if cell.state in SAID_NO else None


def prompt_member(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    now: datetime,
    scope: Scope | None = None,
    recipient: str | None = None,
) -> PermissionState:
    """Record that the question is put to the member now, and return its cell. A yes that stands stays as it is.

    A no to all recipients is a no to each.

    Raises `AskedTooSoon` while a no of this scope, or of one around it, is remembered; `BrandUnidentified`; the
    refusals of an address.
    """
    scope = check_scope(scope, brand_id=brand_id)
    goal = check_purpose(purpose)
    check_touchpoint(touchpoint)
    check_precision(goal, touchpoint=touchpoint)
    named = check_recipient(recipient, goal=goal, brand_id=brand_id)
    brand = db.get(Brand, brand_id)
    require_identified(brand)
    lock_permissions(member_id)
    key = (member_id, touchpoint, purpose, brand_id, scope.kind, scope.id, named)
    asked = PermissionState(**dict(zip(CELL_KEY, key, strict=True)))
    around = db.all_of(queries.cells_around(scope, like=asked))
    again_at = max((at for at in map(ask_again_at, around) if at is not None), default=now)
    if again_at > now:
        raise AskedTooSoon(ask_again_at=Moment(again_at, clock.zone_of(brand)))
    cell = next((one for one in around if (one.scope_kind, one.scope_id, one.recipient) == (*scope, named)), None)
    if cell is not None and (cell.permits(now) or cell.state == State.REQUESTED):
        return cell
    return record_event(
        PermissionEvent(
            **{name: getattr(asked, name) for name in CELL_KEY},
            level=Level.NONE,
            state=State.REQUESTED,
            actor=Actor.CONTROLLER,
            evidence={},
            recorded_at=now,
        )
    )
