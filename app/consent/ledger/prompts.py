"""Before a question is put to a member: may it be asked? And afterwards, if it was closed without an answer.

A no is remembered: the same question is not asked again for six months (the practice of the French authority, and
article 88a of the proposed Digital Omnibus). One that was closed is no yes (GDPR recital 32) and no no, but it was put,
and so was one that nobody answered: both wait before they come again. The member may change their mind at any time;
that is an answer, not a question.
"""

import uuid
from datetime import datetime, timedelta

from app import clock
from app.accounts.models import Brand
from app.consent import queries
from app.consent.errors import AskedTooSoon
from app.consent.ledger.events import lock_permissions, record_event
from app.consent.models import CELL_KEY, NO, SAID_NO, Actor, Level, PermissionEvent, PermissionState, Scope, State
from app.consent.registry.validation import (
    check_precision,
    check_purpose,
    check_recipient,
    check_scope,
    check_touchpoint,
)
from app.consent.registry.words import require_age, require_identified
from app.languages import Moment
from app.sql import db

REMEMBERED = timedelta(days=184)
"""Six months, whichever they are: the longest six in a row, so never a day less."""


CLOSED = timedelta(days=30)
"""How long a question rests that was closed without an answer."""

LEFT_OPEN = timedelta(days=1)
"""How long a question rests that was put, and nobody said anything."""


def ask_again_at(cell: PermissionState) -> datetime | None:
    """From when the question of this cell may be asked again; None when nothing keeps it.

    A yes that still waits for a link or a parent is no open question.
    """
    if cell.state in SAID_NO:
        return cell.changed_at + REMEMBERED
    if cell.state == State.DEFERRED:
        return cell.changed_at + CLOSED
    return cell.changed_at + LEFT_OPEN if cell.state == State.REQUESTED and cell.pending is None else None


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

    Raises `AskedTooSoon` while a no of this scope, or of one around it, is remembered, or the question was put a while
    ago; `BrandUnidentified`; `AgeUndeclared`; the refusals of an address.
    """
    brand = db.get(Brand, brand_id)
    require_identified(brand)
    require_age(brand, db.first(queries.member_as_now(member_id)))
    asked, scope = _question(member_id, brand_id, touchpoint, purpose, scope=scope, recipient=recipient)
    lock_permissions(member_id)
    around = db.all_of(queries.cells_around(scope, like=asked))
    cell = next((one for one in around if _same(one, asked)), None)
    if cell is not None and (cell.permits(now) or cell.pending is not None):
        return cell
    again_at = max((at for at in map(ask_again_at, around) if at is not None), default=now)
    if again_at > now:
        raise AskedTooSoon(ask_again_at=Moment(again_at, clock.zone_of(brand)))
    return _record(asked, State.REQUESTED, actor=Actor.CONTROLLER, now=now)


def dismiss_prompt(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    now: datetime,
    scope: Scope | None = None,
    recipient: str | None = None,
) -> PermissionState:
    """Record that the member closed the question without an answer, and return its cell.

    It changes nothing of what they said: a yes that stands or waits, and a no, stay as they are. Twice is once. Raises
    the refusals of an address.
    """
    asked, _ = _question(member_id, brand_id, touchpoint, purpose, scope=scope, recipient=recipient)
    lock_permissions(member_id)
    cell = db.first(queries.cell_at(asked))
    if cell is not None:
        said = cell.permits(now) or cell.pending is not None
        if said or cell.state in NO or cell.state == State.DEFERRED:
            return cell
    return _record(asked, State.DEFERRED, actor=Actor.DATA_SUBJECT, now=now)


def _question(
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    touchpoint: str,
    purpose: str,
    *,
    scope: Scope | None,
    recipient: str | None,
) -> tuple[PermissionState, Scope]:
    """The cell of a question that can be put, without what stands in it, and its scope."""
    scope = check_scope(scope, brand_id=brand_id)
    goal = check_purpose(purpose)
    check_touchpoint(touchpoint)
    check_precision(goal, touchpoint=touchpoint)
    named = check_recipient(recipient, goal=goal, brand_id=brand_id)
    key = (member_id, touchpoint, purpose, brand_id, scope.kind, scope.id, named)
    return PermissionState(**dict(zip(CELL_KEY, key, strict=True))), scope


def _same(one: PermissionState, other: PermissionState) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in CELL_KEY)


def _record(asked: PermissionState, state: State, *, actor: Actor, now: datetime) -> PermissionState:
    return record_event(
        PermissionEvent(
            **{name: getattr(asked, name) for name in CELL_KEY},
            level=Level.NONE,
            state=state,
            actor=actor,
            evidence={},
            recorded_at=now,
        )
    )
