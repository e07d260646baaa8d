"""May we? One answer for every sender, export and question, with one closed list of reasons.

The narrowest scope that says something decides, a store before an area before the brand: a no there beats a wider
yes, and a yes there never opens anything wider. Between areas that share a store, a no beats a yes. A cell that only
holds a question, or a yes whose time or uses are over, says nothing, and the next wider scope is asked.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app import db
from app.consent import queries
from app.consent.errors import refusal_for
from app.consent.models import NO, PERMITTING, Level, PermissionState, Reason, ScopeKind
from app.consent.proving import OS_DENIES

ANSWERING = frozenset({Level.ONE_SHOT, Level.THIS_VISIT, Level.ALERT_ON_REQUEST, Level.PROACTIVE})
"""The levels that allow us to answer what the member asks now."""

ANY_LEVEL = frozenset(Level) - {Level.NONE}

NARROW_FIRST = (ScopeKind.STORE, ScopeKind.AREA, ScopeKind.BRAND)


class Cell(NamedTuple):
    """What deciding needs of a permission's state. `os_location` is what the phone allowed when it was answered."""

    scope_kind: str
    scope_id: uuid.UUID
    state: str
    level: str
    expires_at: datetime | None
    uses_left: int | None
    event_id: uuid.UUID
    os_location: str | None = None


class Verdict(NamedTuple):
    """The answer. `event_id` is the permission that allows it, or the event that stands against it."""

    allowed: bool
    reason: Reason
    event_id: uuid.UUID | None = None
    level: Level | None = None
    uses_left: int | None = None


def decide(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    purpose: str,
    touchpoint: str,
    now: datetime,
    store_id: uuid.UUID | None = None,
    area_ids: Collection[uuid.UUID] = (),
    levels: Collection[Level] = ANSWERING,
) -> Verdict:
    """Whether the member allows this at a place; `levels` are those that suffice. Never raises."""
    if not (touchpoint.isidentifier() and purpose.isidentifier()):
        return Verdict(allowed=False, reason=Reason.NOT_ASKED)  # no code at all; the database might not even take it
    cells = db.all_of(queries.cells_of(member_id=member_id, brand_id=brand_id, touchpoint=touchpoint, purpose=purpose))
    return verdict_of(
        map(cell_of, cells), brand_id=brand_id, store_id=store_id, area_ids=area_ids, levels=levels, now=now
    )


def require(
    *,
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    purpose: str,
    touchpoint: str,
    now: datetime,
    store_id: uuid.UUID | None = None,
    area_ids: Collection[uuid.UUID] = (),
    levels: Collection[Level] = ANSWERING,
) -> Verdict:
    """The verdict that allows it. Raises one of the `PermissionMissing` family otherwise."""
    verdict = decide(
        member_id=member_id,
        brand_id=brand_id,
        purpose=purpose,
        touchpoint=touchpoint,
        store_id=store_id,
        area_ids=area_ids,
        levels=levels,
        now=now,
    )
    if not verdict.allowed:
        raise refusal_for(verdict.reason, purpose=purpose, touchpoint=touchpoint)
    return verdict


def cell_of(state: PermissionState) -> Cell:
    """A row of the projection, as deciding sees it."""
    return Cell(*(getattr(state, name) for name in Cell._fields))


def verdict_of(
    cells: Iterable[Cell],
    *,
    brand_id: uuid.UUID,
    now: datetime,
    store_id: uuid.UUID | None = None,
    area_ids: Collection[uuid.UUID] = (),
    levels: Collection[Level] = ANSWERING,
) -> Verdict:
    """The rule of this module on one touchpoint's and purpose's cells. Pure."""
    cells = list(cells)
    here: Mapping[str, Collection[uuid.UUID]] = {
        ScopeKind.STORE: () if store_id is None else (store_id,),
        ScopeKind.AREA: area_ids,
        ScopeKind.BRAND: (brand_id,),
    }
    silent: list[Verdict] = []
    for kind in NARROW_FIRST:
        same = [cell for cell in cells if cell.scope_kind == kind and cell.scope_id in here[kind]]
        verdicts = [_verdict(cell, standing_of(cell, levels=levels, now=now)) for cell in same]
        speaking = [verdict for verdict in verdicts if verdict.reason in SPEAKS]
        if speaking:
            return min(speaking, key=_restrictive_first)
        silent += sorted(verdicts, key=_restrictive_first)
    if silent:
        return silent[0]
    elsewhere = any(standing_of(cell, levels=levels, now=now) is Reason.ALLOWED for cell in cells)
    return Verdict(allowed=False, reason=Reason.OUT_OF_SCOPE if elsewhere else Reason.NOT_ASKED)


def standing_of(cell: Cell, *, now: datetime, levels: Collection[Level] = ANY_LEVEL) -> Reason:
    """How one cell stands by itself, whatever its scope."""
    if cell.state not in PERMITTING:
        return Reason(cell.state)
    if cell.expires_at is not None and cell.expires_at <= now:
        return Reason.EXPIRED
    if cell.uses_left is not None and cell.uses_left <= 0:
        return Reason.EXHAUSTED
    if cell.level not in levels:
        return Reason.LEVEL_INSUFFICIENT
    if cell.os_location in OS_DENIES:
        return Reason.OS_INSUFFICIENT
    return Reason.ALLOWED


SPEAKS: Sequence[Reason] = (
    *(Reason(state) for state in NO),
    Reason.LEVEL_INSUFFICIENT,
    Reason.OS_INSUFFICIENT,
    Reason.ALLOWED,
)
"""What decides, the most restrictive first. The other reasons say nothing about a wider scope."""

ORDER = {reason: place for place, reason in enumerate((*SPEAKS, *(r for r in Reason if r not in SPEAKS)))}


def _verdict(cell: Cell, reason: Reason) -> Verdict:
    return Verdict(
        allowed=reason is Reason.ALLOWED,
        reason=reason,
        event_id=cell.event_id,
        level=Level(cell.level),
        uses_left=cell.uses_left,
    )


def _restrictive_first(verdict: Verdict) -> tuple[int, str]:
    return ORDER[verdict.reason], str(verdict.event_id)
