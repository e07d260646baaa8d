"""What a member's permissions say of each store, for all that a phone can report: read once, judged many times."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.consent.decision.circumstances import facts_in
from app.consent.decision.phone_conditions import Facts, Phone, phone_in
from app.consent.decision.verdicts import ANSWERING, ORDER, Cell, Verdict, standing_of, verdict_of
from app.consent.models import OWN, Level, Reason, ScopeKind
from app.sql import db
from app.sql.trips import Call
from geo.presence.models import PURPOSE

GEOFENCE, BEACON, QR, IN_APP = "geofence", "beacon", "qr", "in_app"
TOUCHPOINTS = (GEOFENCE, BEACON, QR, IN_APP)

WHO = """
SELECT m.minor_until, m.restricted_at,
 COALESCE($3::uuid, (SELECT installation_id FROM member_session WHERE member_id = $1 AND id = $2::uuid)) AS asking,
 (SELECT json_agg(json_build_object('id', id, 'location', location, 'precision', precision, 'bluetooth', bluetooth,
   'notifications', notifications, 'reported_at', reported_at)) FROM installation WHERE member_id = $1) AS phones,
 c.brand_id, c.scope_kind, c.scope_id, c.state, c.level, c.expires_at, c.uses_left, c.event_id, c.touchpoint,
 c.pending, c.with_parent, c.notice_until, c.objected, c.os_location, c.os_vector
FROM member AS m LEFT JOIN permission_state AS c ON c.member_id = m.member_id AND c.purpose = $4
 AND c.touchpoint = ANY ($5::text[]) AND c.recipient = $6
WHERE m.member_id = $1
"""


class _Who(NamedTuple):
    minor_until: datetime | None
    restricted_at: datetime | None


class PresencePermits:
    """The cells of one member, by touchpoint and brand, and how they stand now."""

    def __init__(self, cells: Mapping[str, Mapping[uuid.UUID, Sequence[Cell]]], facts: Facts, *, now: datetime) -> None:
        self.cells, self.facts, self.now = cells, facts, now
        self._known: dict[tuple[str, uuid.UUID, uuid.UUID | None], Verdict] = {}

    def verdict(
        self, touchpoint: str, brand_id: uuid.UUID, store_id: uuid.UUID | None, area_ids: Collection[uuid.UUID] = ()
    ) -> Verdict:
        """Whether this touchpoint may serve at this store, or at the brand without one."""
        key = (touchpoint, brand_id, store_id)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = verdict_of(
                self.cells.get(touchpoint, {}).get(brand_id, ()),
                brand_id=brand_id,
                store_id=store_id,
                area_ids=area_ids,
                facts=self.facts,
                now=self.now,
            )
        return known

    def standing(self, touchpoint: str) -> list[tuple[uuid.UUID, Cell]]:
        """The cells that permit something somewhere, each with its brand."""
        return [
            (brand_id, cell)
            for brand_id, cells in self.cells.get(touchpoint, {}).items()
            for cell in cells
            if standing_of(cell, levels=ANSWERING, facts=self.facts, now=self.now) is Reason.ALLOWED
        ]

    def why_not(self, touchpoint: str) -> Reason:
        """Why this touchpoint may serve nowhere: what is nearest to a yes."""
        if self.facts.restricted:
            return Reason.RESTRICTED
        reasons = [
            standing_of(cell, levels=ANSWERING, facts=self.facts, now=self.now)
            for cells in self.cells.get(touchpoint, {}).values()
            for cell in cells
        ]
        return max(
            reasons, key=lambda reason: (reason is not Reason.NOT_ASKED, -ORDER[reason]), default=Reason.NOT_ASKED
        )

    def away_event(self) -> uuid.UUID | None:
        """The permission under which it may be kept that a phone is in no store: one for more than a single answer."""
        events = [c.event_id for _, c in self.standing(GEOFENCE) if c.level != Level.ONE_SHOT]
        return min(events, default=None)

    def is_counted(self, event_id: uuid.UUID) -> bool:
        """Whether the uses of this permission are counted."""
        return any(
            cell.event_id == event_id and cell.uses_left is not None
            for brands in self.cells.values()
            for cells in brands.values()
            for cell in cells
        )


def read_permits(
    *,
    member_id: uuid.UUID,
    session_id: uuid.UUID | None,
    installation_id: uuid.UUID | None,
    background: bool,
    now: datetime,
) -> PresencePermits:
    """All that decides what may be kept of a report, for who shares the member's permissions already."""
    asked = ask_permits(member_id=member_id, session_id=session_id, installation_id=installation_id)
    [rows] = db.fetch_each(asked)
    return permits_in(rows, background=background, now=now)


def ask_permits(*, member_id: uuid.UUID, session_id: uuid.UUID | None, installation_id: uuid.UUID | None) -> Call:
    """The statement of `read_permits`, to be sent with others."""
    return Call(WHO, [member_id, session_id, installation_id, PURPOSE, list(TOUCHPOINTS), OWN])


def permits_in(rows: Sequence[Any], *, background: bool, now: datetime) -> PresencePermits:
    """What the rows of that statement say."""
    if not rows:
        return PresencePermits({}, Facts(), now=now)
    who = rows[0]
    facts = facts_in(_Who(*who[:2]), asking=who[2], phones=who[3], now=now)._replace(background=background)
    cells: dict[str, dict[uuid.UUID, list[Cell]]] = {}
    for row in rows:
        if row[4] is not None:
            cells.setdefault(row[12], {}).setdefault(row[4], []).append(_cell(row))
    return PresencePermits(cells, facts, now=now)


def _cell(row: Sequence[Any]) -> Cell:
    (kind, scope, state, level, expires_at, uses_left, event_id, touchpoint, pending, parent, notice, objected) = row[
        5:17
    ]
    os_location, os_vector = row[17:19]
    answered = os_location is not None or os_vector is not None
    return Cell(
        scope_kind=ScopeKind(kind),
        scope_id=scope,
        state=state,
        level=level,
        expires_at=expires_at,
        uses_left=uses_left,
        event_id=event_id,
        touchpoint=touchpoint,
        phone=(phone_in(os_vector) or Phone())._replace(location=os_location) if answered else None,
        pending=pending,
        with_parent=parent,
        notice_until=notice,
        objected=objected,
    )
