"""Permissions of two wallets that become one: in each cell the more restrictive of the two.

A no of either is a no. Where both said yes, it goes as far and lasts as long as the lesser of the two; where they said
two things of which neither holds the other, the question is open again. A yes that only the source had said stays with
the source: it was given to another wallet, and is asked again. The source's own ledger is closed as it stands, and its
member rests (`restricted_at`), so that nothing is ever permitted in its name.
"""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts.models import Member
from app.accounts.queries import member_locked
from app.consent import queries
from app.consent.decision.phone_conditions import INSIDE
from app.consent.ledger.events import append_event, lock_permissions
from app.consent.ledger.withdrawal import withdraw_permission
from app.consent.models import (
    CELL_KEY,
    NO,
    PERMITTING,
    Actor,
    Level,
    PermissionEvent,
    PermissionState,
    Scope,
    ScopeKind,
    State,
)
from app.consent.noes import notes
from app.consent.suppression import objections, restriction
from app.identity.moves import note_move, noted_moves
from app.sql import db

CELL, OBJECTION, REST = "permission", "objection", "restriction"


class CellStanding(NamedTuple):
    """The event that made a cell what it is, and how many uses that leaves."""

    event_id: uuid.UUID
    uses_left: int | None


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Narrow the target's permissions by what the source said; how many cells that changed, and how many objections."""
    for member_id in sorted((source_id, target_id)):
        lock_permissions(member_id)
    objections = _object_too(source_id, target_id, merge_id, now=now)
    before = _cells(target_id)
    for cell in db.all_of(queries.projection_of(source_id)):
        if cell.state in NO:
            _say_no_too(cell, target_id, merge_id, now=now)
        elif cell.permits(now):
            _narrow(cell, target_id, merge_id, now=now)
    changed = [
        (before.get(key), now_stands) for key, now_stands in _cells(target_id).items() if now_stands != before.get(key)
    ]
    for was, stands in changed:
        said = {"event": was and str(was.event_id), "uses_left": was and was.uses_left}
        note_move(target_id=target_id, merge_id=merge_id, kind=CELL, thing=stands.event_id, was=said, now=now)
    _rest(source_id, target_id, merge_id, now=now)
    return {"permissions": len(changed), "objections": objections}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Let a yes stand again that the merge alone had ended or narrowed, with its own proof and its own end.

    A no that came where nothing had been asked stays: it may be asked anew.
    """
    for member_id in sorted((source_id, target_id)):
        lock_permissions(member_id)
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=REST):
        member = db.first(member_locked(uuid.UUID(move.thing)))
        if member is not None:
            _let_rest(member, datetime.fromisoformat(move.was["at"]) if move.was["at"] else None, now=now)
            if not move.was["at"]:
                notes.note_restriction(member.id, at=now, stands=False)
    lifted = 0
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=OBJECTION):
        brand_id = uuid.UUID(move.was["brand"]) if move.was["brand"] else None
        lifted += len(objections.lift_objection(member_id=target_id, brand_id=brand_id, now=now))
    moves = noted_moves(target_id=target_id, merge_id=merge_id, kind=CELL)
    restored = [_let_stand_again(move.thing, move.was, target_id, merge_id, now=now) for move in moves]
    return {"permissions": sum(restored), "objections": lifted}


def _cells(member_id: uuid.UUID) -> dict[tuple[object, ...], CellStanding]:
    """Where each cell stands, by its key."""
    return {
        tuple(getattr(cell, name) for name in CELL_KEY): CellStanding(cell.event_id, cell.uses_left)
        for cell in db.all_of(queries.projection_of(member_id))
    }


def _object_too(source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime) -> int:
    mine = {objection.brand_id for objection in db.all_of(queries.objections_of(target_id))}
    new = [one for one in db.all_of(queries.objections_of(source_id)) if one.brand_id not in mine]
    for objection in new:
        objections.object_to_marketing(member_id=target_id, brand_id=objection.brand_id, now=now)
        was = {"brand": objection.brand_id and str(objection.brand_id)}
        note_move(target_id=target_id, merge_id=merge_id, kind=OBJECTION, thing=objection.id, was=was, now=now)
    return len(new)


def _say_no_too(cell: PermissionState, target_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime) -> None:
    withdraw_permission(
        member_id=target_id,
        brand_id=cell.brand_id,
        touchpoint=cell.touchpoint,
        purpose=cell.purpose,
        scope=Scope(ScopeKind(cell.scope_kind), cell.scope_id),
        recipient=cell.recipient or None,
        evidence={"channel": "merge", "merge": str(merge_id), "event": str(cell.event_id)},
        actor=Actor.CONTROLLER,
        now=now,
    )


def _narrow(cell: PermissionState, target_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime) -> None:
    """Where the target said yes too."""
    key = {name: getattr(cell, name) for name in CELL_KEY} | {"member_id": target_id}
    mine = db.first(queries.cell_at(PermissionState(**key)))
    if mine is None or not mine.permits(now):
        return
    level = lesser(Level(mine.level), Level(cell.level))
    ends_at = min(filter(None, (mine.expires_at, cell.expires_at)), default=None)
    uses = min((left for left in (mine.uses_left, cell.uses_left) if left is not None), default=None)
    if (level, ends_at, uses) == (mine.level, mine.expires_at, mine.uses_left):
        return
    given = db.get(PermissionEvent, (target_id, mine.event_id))
    proof = dict(given.evidence if given is not None else {})
    append_event(
        PermissionEvent(
            **key,
            level=level or Level.NONE,
            state=State.GIVEN if level else State.INVALIDATED,
            actor=given.actor if given is not None else Actor.CONTROLLER,
            expires_at=ends_at,
            max_uses=uses,
            evidence=proof | {"lowered_from": str(mine.event_id), "merge": str(merge_id)},
            recorded_at=now,
        ),
        read=mine,
    )


def lesser(one: Level, other: Level) -> Level | None:
    """Which of two levels lies inside the other; None when neither does."""
    if one == other or one in INSIDE.get(other, ()):
        return one
    return other if other in INSIDE.get(one, ()) else None


def _rest(source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime) -> None:
    """The source rests; where its member had asked that already (GDPR 18), the target rests too."""
    known = noted_moves(target_id=target_id, merge_id=merge_id, kind=REST)
    source, target = db.first(member_locked(source_id)), db.first(member_locked(target_id))
    if known or source is None or target is None:
        return
    resting = [source, target] if source.restricted_at and not target.restricted_at else [source]
    for member in resting:
        was = {"at": member.restricted_at and member.restricted_at.isoformat()}
        note_move(target_id=target_id, merge_id=merge_id, kind=REST, thing=member.id, was=was, now=now)
        _let_rest(member, member.restricted_at or now, now=now)


def _let_rest(member: Member, since: datetime | None, *, now: datetime) -> None:
    member.restricted_at = since
    restriction.carry_restriction(member, now=now)


def _let_stand_again(
    event_id: str, was: dict[str, Any], target_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime
) -> bool:
    changed = db.get(PermissionEvent, (target_id, uuid.UUID(event_id)))
    given = db.get(PermissionEvent, (target_id, uuid.UUID(was["event"]))) if was["event"] else None
    if changed is None or given is None or given.state not in PERMITTING:
        return False
    cell = db.first(queries.cell_at(changed))
    if cell is None or cell.event_id != changed.id or (given.expires_at is not None and given.expires_at <= now):
        return False
    append_event(
        PermissionEvent(
            **{name: getattr(given, name) for name in CELL_KEY},
            level=given.level,
            state=State.GIVEN,
            actor=given.actor,
            expires_at=given.expires_at,
            max_uses=was["uses_left"],
            evidence=given.evidence | {"split": str(merge_id)},
            recorded_at=now,
        ),
        read=cell,
    )
    return True
