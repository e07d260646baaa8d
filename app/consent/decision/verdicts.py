"""May we? One answer for every sender, export and question, with one closed list of reasons.

The narrowest scope that says something decides, a store before an area before the brand: a no there beats a wider
yes, and a yes there never opens anything wider. Between areas that share a store, a no beats a yes. A cell that only
holds a question, or a yes whose time or uses are over, says nothing, and the next wider scope is asked.

allowed = given AND not expired AND uses left AND in scope AND level enough AND no objection AND age rule AND notice
current AND the phone allows it (freshly enough) AND not restricted AND no yes rests (`app.consent.noes`).
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.accounts.models import Member, MemberSession
from app.consent import queries
from app.consent.decision.circumstances import FACTS, facts_in
from app.consent.decision.phone_conditions import (
    INSIDE,
    NO_FACTS,
    Facts,
    Phone,
    asks_the_phone,
    obstacle,
    phone_in,
    shares_once,
)
from app.consent.models import NO, OWN, PERMITTING, Level, Pending, PermissionState, Reason, ScopeKind
from app.consent.noes import rest
from app.phones.queries import installations_of
from app.sql import db

ANSWERING = frozenset({Level.ONE_SHOT, Level.THIS_VISIT, Level.ALERT_ON_REQUEST, Level.PROACTIVE})
"""The levels that allow us to answer what the member asks now."""

ANY_LEVEL = frozenset(Level) - {Level.NONE}

NARROW_FIRST = (ScopeKind.STORE, ScopeKind.AREA, ScopeKind.BRAND)


class Cell(NamedTuple):
    """What deciding needs of a permission's state. `phone` is what the phone allowed when it was answered."""

    scope_kind: str
    scope_id: uuid.UUID
    state: str
    level: str
    expires_at: datetime | None
    uses_left: int | None
    event_id: uuid.UUID
    touchpoint: str = ""
    recipient: str = OWN
    phone: Phone | None = None
    pending: str | None = None
    with_parent: bool = False
    notice_until: datetime | None = None
    objected: bool = False


class Verdict(NamedTuple):
    """The answer. `event_id` is the permission that allows it, or the event that stands against it."""

    allowed: bool
    reason: Reason
    event_id: uuid.UUID | None = None
    level: Level | None = None
    uses_left: int | None = None


def decide_permission(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    purpose: str,
    touchpoint: str,
    now: datetime,
    store_id: uuid.UUID | None = None,
    area_ids: Collection[uuid.UUID] = (),
    levels: Collection[Level] = ANSWERING,
    recipient: str = OWN,
    session_id: uuid.UUID | None = None,
    background: bool = False,
) -> Verdict:
    """Whether the member allows this at a place; `levels` are those that suffice. Never raises.

    `session_id` is the sign-in that asks, whose own phone counts then. `background` is for what happens while nobody
    looks at the app: a phone must then have said within a day that it allows as much. A push always is such.
    Whoever may not see the member is told no.
    """
    if not (touchpoint.isidentifier() and purpose.isidentifier()):
        return Verdict(allowed=False, reason=Reason.NOT_ASKED)  # no code at all; the database might not even take it
    asked = queries.asked_cells(
        member_id=member_id, brand_id=brand_id, touchpoint=touchpoint, purpose=purpose, recipient=recipient
    )
    found = db.rows(asked)
    if not found:
        return Verdict(allowed=False, reason=Reason.NOT_ASKED)  # nobody
    return verdict_of(
        [cell_of(cell) for _, cell in found if cell is not None],
        brand_id=brand_id,
        store_id=store_id,
        area_ids=area_ids,
        levels=levels,
        facts=facts_about(
            found[0].Member,
            session_id=session_id,
            background=background,
            phones=asks_the_phone(touchpoint),
            now=now,
        ),
        now=now,
    )


def facts_of(*, member_id: uuid.UUID, now: datetime, session_id: uuid.UUID | None = None) -> Facts:
    """What a decision must know besides permissions, read where it is first written, never from a copy."""
    found = db.execute(FACTS, {"member_id": member_id, "session_id": session_id}).first()
    return NO_FACTS if found is None else facts_in(found, asking=found.asking, phones=found.phones, now=now)


def facts_about(
    member: Member,
    *,
    now: datetime,
    session_id: uuid.UUID | None = None,
    background: bool = False,
    phones: bool = True,
) -> Facts:
    """What a decision must know about a member who was just read.

    Without `phones`, for a touchpoint in which they have no say.
    """
    installations = db.all_of(installations_of(member.id)) if phones else ()
    known = {one.id: Phone(*(getattr(one, name) for name in Phone._fields)) for one in installations}
    session = db.get(MemberSession, (member.id, session_id)) if session_id is not None else None
    return Facts(
        minor=member.minor_until is not None and member.minor_until > now,
        restricted=member.restricted_at is not None,
        asking=known.get(session.installation_id) if session is not None and session.installation_id else None,
        phones=tuple(known.values()),
        background=background,
        resting=rest.rests(),
    )


def cell_of(state: PermissionState) -> Cell:
    """A row of the projection, as deciding sees it."""
    same = {name: getattr(state, name) for name in Cell._fields if name != "phone"}
    if state.os_location is None and state.os_vector is None:
        return Cell(**same)
    return Cell(**same, phone=(phone_in(state.os_vector) or Phone())._replace(location=state.os_location))


def verdict_of(
    cells: Iterable[Cell],
    *,
    brand_id: uuid.UUID,
    now: datetime,
    store_id: uuid.UUID | None = None,
    area_ids: Collection[uuid.UUID] = (),
    levels: Collection[Level] = ANSWERING,
    facts: Facts = NO_FACTS,
) -> Verdict:
    """The rule of this module on the cells of one touchpoint, purpose and recipient. Pure."""
    if facts.restricted:
        return Verdict(allowed=False, reason=Reason.RESTRICTED)
    cells = list(cells)
    here: Mapping[str, Collection[uuid.UUID]] = {
        ScopeKind.STORE: () if store_id is None else (store_id,),
        ScopeKind.AREA: area_ids,
        ScopeKind.BRAND: (brand_id,),
    }
    silent: list[Verdict] = []
    for kind in NARROW_FIRST:
        same = [cell for cell in cells if cell.scope_kind == kind and cell.scope_id in here[kind]]
        verdicts = [_verdict(cell, standing_of(cell, levels=levels, facts=facts, now=now), facts) for cell in same]
        speaking = [verdict for verdict in verdicts if verdict.reason in SPEAKS]
        if speaking:
            return min(speaking, key=_restrictive_first)
        silent += sorted(verdicts, key=_restrictive_first)
    if silent:
        return silent[0]
    elsewhere = {standing_of(cell, levels=levels, facts=facts, now=now) for cell in cells}
    if Reason.RESTING in elsewhere:
        return Verdict(allowed=False, reason=Reason.RESTING)
    return Verdict(allowed=False, reason=Reason.OUT_OF_SCOPE if Reason.ALLOWED in elsewhere else Reason.NOT_ASKED)


def standing_of(cell: Cell, *, now: datetime, levels: Collection[Level] = ANY_LEVEL, facts: Facts = NO_FACTS) -> Reason:
    """How one cell stands by itself, whatever its scope: the first condition that fails, or `allowed`."""
    if facts.restricted:
        return Reason.RESTRICTED
    if cell.state not in PERMITTING:
        return PENDING[cell.pending] if cell.pending else Reason(cell.state)
    if cell.expires_at is not None and cell.expires_at <= now:
        return Reason.EXPIRED
    if cell.uses_left is not None and cell.uses_left <= 0:
        return Reason.EXHAUSTED
    return _suspended(cell, facts=facts, levels=levels, now=now) or Reason.ALLOWED


def _suspended(cell: Cell, *, facts: Facts, levels: Collection[Level], now: datetime) -> Reason | None:
    """What a yes that stands still waits for. None of it is stored: when it passes, the yes is there again."""
    if facts.resting:
        return Reason.RESTING
    if cell.objected:
        return Reason.OBJECTED
    if facts.minor is not cell.with_parent:
        return Reason.AGE_RULE
    if cell.notice_until is not None and cell.notice_until <= now:
        return Reason.NOTICE_SUPERSEDED
    if level_of(cell, facts) not in levels:
        return Reason.LEVEL_INSUFFICIENT
    return obstacle(cell.touchpoint, facts, answered_on=cell.phone, now=now)


def level_of(cell: Cell, facts: Facts) -> Level:
    """How far a yes goes now: "only this time" on the phone makes one shot of whatever holds one."""
    level = Level(cell.level)
    once = shares_once(cell.touchpoint, facts, answered_on=cell.phone) and Level.ONE_SHOT in INSIDE.get(level, ())
    return Level.ONE_SHOT if once else level


PENDING: Mapping[str, Reason] = {
    Pending.CONFIRMATION: Reason.PENDING_CONFIRMATION,
    Pending.PARENT: Reason.PENDING_PARENT,
}

SPEAKS: Sequence[Reason] = (
    *(Reason(state) for state in NO),
    Reason.RESTING,
    Reason.OBJECTED,
    Reason.AGE_RULE,
    Reason.NOTICE_SUPERSEDED,
    Reason.LEVEL_INSUFFICIENT,
    Reason.OS_INSUFFICIENT,
    Reason.OS_STALE,
    Reason.ALLOWED,
)
"""What decides, the most restrictive first. The other reasons say nothing about a wider scope."""

ORDER = {reason: place for place, reason in enumerate((*SPEAKS, *(r for r in Reason if r not in SPEAKS)))}


def _verdict(cell: Cell, reason: Reason, facts: Facts) -> Verdict:
    return Verdict(
        allowed=reason is Reason.ALLOWED,
        reason=reason,
        event_id=cell.event_id,
        level=level_of(cell, facts),
        uses_left=cell.uses_left,
    )


def _restrictive_first(verdict: Verdict) -> tuple[int, str]:
    return ORDER[verdict.reason], str(verdict.event_id)
