"""What a member lets be watched while nobody looks at the app: for which stores of which brands, through what.

A region that a phone watches, and a place on a pass, go on until somebody says otherwise, and speak without being
asked. So only the level that allows this suffices; one shot, one visit or an alert on request are answers to what a
member does, and need no region. What the phone itself allows is judged apart by whoever asks: here its settings count
neither for nor against.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select

from app.consent.decision.phone_conditions import Facts, Phone
from app.consent.decision.verdicts import SPEAKS, Cell, Verdict, cell_of, facts_of, standing_of, verdict_of
from app.consent.models import OWN, Level, PermissionState, Reason
from app.sql import db
from geo.places.nearest import PermittedGround
from geo.presence.models import PURPOSE

BY_FENCE, BY_BEACON = "geofence", "beacon"
UNASKED = frozenset({Level.PROACTIVE})


class Watching(NamedTuple):
    """What a member said of being met in stores: the cells of each touchpoint and brand, the brand answered last first;
    `facts` are those of the member with the phone left out, `phone` is the one that asks."""

    cells: Mapping[tuple[str, uuid.UUID], Sequence[Cell]]
    facts: Facts
    phone: Phone | None
    now: datetime

    def brands(self, touchpoint: str) -> Iterator[uuid.UUID]:
        """The brands to which something was said about this touchpoint."""
        return (brand_id for point, brand_id in self.cells if point == touchpoint)


def read_watching(
    *,
    member_id: uuid.UUID,
    now: datetime,
    session_id: uuid.UUID | None = None,
    brand_id: uuid.UUID | None = None,
) -> Watching:
    """What the member said to all brands, or to this one; `session_id` is the sign-in whose phone asks."""
    facts = facts_of(member_id=member_id, session_id=session_id, now=now)
    cells: dict[tuple[str, uuid.UUID], list[Cell]] = {}
    for state in db.all_of(cells_said(member_id, brand_id)):
        cells.setdefault((state.touchpoint, state.brand_id), []).append(cell_of(state))
    return Watching(cells, facts._replace(asking=Phone(), phones=(), background=False), facts.asking, now)


def cells_said(member_id: uuid.UUID, brand_id: uuid.UUID | None) -> Select[PermissionState]:
    """What the member said to the brand, or to each, about being met in stores, the last answer first."""
    said = select(PermissionState).where(
        PermissionState.member_id == member_id,
        PermissionState.purpose == PURPOSE,
        PermissionState.touchpoint.in_((BY_FENCE, BY_BEACON)),
        PermissionState.recipient == OWN,
    )
    if brand_id is not None:
        said = said.where(PermissionState.brand_id == brand_id)
    return said.order_by(PermissionState.changed_at.desc(), PermissionState.event_id)


def grounds_of(watching: Watching, touchpoint: str) -> list[PermittedGround]:
    """For which stores this may be watched, brand by brand; nothing of a brand that has no standing yes."""
    return [ground for brand_id in watching.brands(touchpoint) if (ground := _ground(watching, touchpoint, brand_id))]


def _ground(watching: Watching, touchpoint: str, brand_id: uuid.UUID) -> PermittedGround | None:
    opened, closed = set(), set()
    for cell in watching.cells[touchpoint, brand_id]:
        reason = standing_of(cell, levels=UNASKED, facts=watching.facts, now=watching.now)
        if reason is Reason.ALLOWED:
            opened.add(cell.scope_id)
        elif reason in SPEAKS:
            closed.add(cell.scope_id)
    if not opened:
        return None
    return PermittedGround(brand_id, brand_id in opened, frozenset(opened - {brand_id}), frozenset(closed))


def judge_store(
    watching: Watching,
    touchpoint: str,
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID | None,
    area_ids: Collection[uuid.UUID] = (),
) -> Verdict:
    """Whether a store of the brand may be watched through the touchpoint, and by which permission; without a store,
    whether the brand's every store may."""
    return verdict_of(
        watching.cells.get((touchpoint, brand_id), ()),
        brand_id=brand_id,
        store_id=store_id,
        area_ids=area_ids,
        levels=UNASKED,
        facts=watching.facts,
        now=watching.now,
    )


def find_obstacle(watching: Watching) -> tuple[Reason, str]:
    """Why nothing at all may be watched, of the brand to which the member answered last, and through which touchpoint
    that was."""
    for touchpoint, brand_id in watching.cells:
        return judge_store(watching, touchpoint, brand_id=brand_id, store_id=None).reason, touchpoint
    return Reason.NOT_ASKED, BY_FENCE


def ends_of(watching: Watching, events: Collection[uuid.UUID | None]) -> datetime | None:
    """When the first of these permissions ends, by its own time or by a newer text; None where none does."""
    ends = [
        end
        for cells in watching.cells.values()
        for cell in cells
        if cell.event_id in events
        for end in (cell.expires_at, cell.notice_until)
        if end is not None
    ]
    return min(ends, default=None)
