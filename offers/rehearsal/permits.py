"""Who may be shown an offer of the brand at a store, as their permissions stand today: by the rule of
`app.consent.decision.verdicts`, for many members at once.

An offer is shown to a member who lets the brand choose offers for them, near a store or in the app. What their phone
allows at the moment they ask is not known beforehand; what it allowed when they answered is.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.consent.decision.phone_conditions import NO_FACTS, Facts, Phone
from app.consent.decision.verdicts import Cell, verdict_of
from app.consent.models import ScopeKind
from app.consent.noes import rest
from app.sql import db
from offers.rehearsal import queries
from offers.rehearsal.past import in_pages

PURPOSE = "personalised_offers"
TOUCHPOINTS = ("geofence", "in_app")


class Permits:
    """What many members allow a brand. Made by `read_permits`."""

    def __init__(
        self,
        brand_id: uuid.UUID,
        *,
        cells: Mapping[uuid.UUID, Sequence[Cell]],
        facts: Mapping[uuid.UUID, Facts],
        areas: Mapping[uuid.UUID, Collection[uuid.UUID]],
        now: datetime,
    ) -> None:
        self._brand_id, self._cells, self._facts, self._areas, self._now = brand_id, cells, facts, areas, now
        self._known: dict[tuple[uuid.UUID, uuid.UUID | None], bool] = {}

    def allow(self, member_id: uuid.UUID, store_id: uuid.UUID) -> bool:
        """Whether this member may be shown an offer at this store."""
        cells = self._cells.get(member_id)
        if not cells:
            return False
        narrow = any(cell.scope_kind != ScopeKind.BRAND for cell in cells)
        key = (member_id, store_id if narrow else None)
        if key not in self._known:
            self._known[key] = any(self._says_yes(member_id, store_id, touchpoint) for touchpoint in TOUCHPOINTS)
        return self._known[key]

    def _says_yes(self, member_id: uuid.UUID, store_id: uuid.UUID, touchpoint: str) -> bool:
        cells = [cell for cell in self._cells[member_id] if cell.touchpoint == touchpoint]
        return bool(cells) and (
            verdict_of(
                cells,
                brand_id=self._brand_id,
                store_id=store_id,
                area_ids=self._areas.get(store_id, ()),
                facts=self._facts.get(member_id, NO_FACTS),
                now=self._now,
            ).allowed
        )


def read_permits(
    *,
    brand_id: uuid.UUID,
    members: Sequence[uuid.UUID],
    areas: Mapping[uuid.UUID, Collection[uuid.UUID]],
    now: datetime,
) -> Permits:
    """What these members allow at the stores of the brand; `areas` are those that each store lies in."""
    cells: dict[uuid.UUID, list[Cell]] = defaultdict(list)
    facts: dict[uuid.UUID, Facts] = {}
    asked = {"brand": brand_id, "purpose": PURPOSE, "touchpoints": list(TOUCHPOINTS)}
    resting = rest.rests()
    for some in in_pages(members):
        for row in db.send_statement(queries.CELLS, asked | {"members": list(some)}):
            cells[row.member_id].append(_cell(row))
            facts[row.member_id] = Facts(
                minor=row.minor_until is not None and row.minor_until > now,
                restricted=row.restricted_at is not None,
                resting=resting,
            )
    return Permits(brand_id, cells=cells, facts=facts, areas=areas, now=now)


def _cell(row: Any) -> Cell:
    same = {name: getattr(row, name) for name in Cell._fields if name not in ("phone", "recipient")}
    return Cell(**same, phone=None if row.os_location is None else Phone(location=row.os_location))
