"""Whom an offer may be shown and for whom it is, for many members at once: by the code of decisions and claims.

Permissions are judged as they stand today, by the rule of `app.consent.decision.verdicts`. An offer is shown to a
member who lets the brand choose offers for them, near a store or in the app. What their phone allows at the moment they
ask is not known beforehand; what it allowed when they answered is.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.consent.decision.phone_conditions import NO_FACTS, Facts, Phone
from app.consent.decision.verdicts import Cell, verdict_of
from app.consent.models import ScopeKind
from app.consent.noes import rest
from app.sql import db
from offers.planning.audiences import judgement, use_limits
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.audiences.member_facts import facts_of_members
from offers.planning.audiences.use_limits import LimitedBy
from offers.rehearsal import queries
from offers.rehearsal.laid_offers import LaidOffer
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


FACTS_AT_ONCE = 2_000
"""Members whose facts are read by one statement."""


def find_addressed(laid: LaidOffer, members: Sequence[uuid.UUID], *, now: datetime) -> frozenset[uuid.UUID]:
    """Those of these members for whom the offer is, by what is known of them now. The running transaction may see them
    all."""
    for_whom = read_for_whom(laid.version.for_whom)
    if for_whom.is_everybody:
        return frozenset(members)
    found: set[uuid.UUID] = set()
    brand = laid.brand
    for some in in_pages(members, at_once=FACTS_AT_ONCE):
        known = facts_of_members(list(some), [brand.id] * len(some), now, asked=[for_whom])
        for (member_id, _), facts in known.items():
            if judgement.judge_audience(for_whom, facts, now=now, zone=brand.time_zone) is None:
                found.add(member_id)
    return frozenset(found)


def limits_of(laid: LaidOffer) -> Callable[[Sequence[datetime], datetime], bool]:
    """Whether one more use is allowed at an instant, after those. What a household or a phone may use together counts
    for each member by itself: which of them go together in the past is not looked at."""
    limits, zone = use_limits.read_use_limits(laid.version.use_limits), laid.brand.time_zone

    def may_use(before: Sequence[datetime], at: datetime) -> bool:
        used = dict.fromkeys(LimitedBy, before)
        return not before or use_limits.reached_limit(limits, used, now=at, zone=zone) is None

    return may_use
