"""Which fences a phone shall watch. Whoever knows better than the permissions alone adds itself to `CHOOSERS`."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.consent import queries as consent
from app.consent.decision import verdicts
from app.consent.decision.phone_conditions import NO_FACTS, Facts, Phone
from app.consent.decision.verdicts import Cell, cell_of, facts_of, standing_of, verdict_of
from app.consent.models import OWN, Reason
from app.phones.models import Installation
from app.sql import db
from geo.owntracks import queries
from geo.owntracks.waypoints import Watch
from geo.presence.listeners import Asking

PURPOSE = "in_store_offers"
FENCED, HEARD = "geofence", "beacon"

MOST_WATCHED = {"ios": 19, "android": 99}
"""Regions of an app: 20 on iOS and 100 on Android, of which one is the app's own."""
MOST_LOOKED_AT = 2000

Chooser = Callable[[Asking, datetime], Sequence[uuid.UUID] | None]
"""The fences that this phone shall watch, the most useful first; None where another one shall say."""

CHOOSERS: list[Chooser] = []
"""The first that has an answer decides. `offers.regions`, which geo may not import, adds itself when it is loaded."""


class SensingPermits(NamedTuple):
    """What a member permits to sense of visits, by brand, with what is known of them and of this phone."""

    cells: Mapping[uuid.UUID, Sequence[Cell]]
    facts: Facts

    def any_stands(self, *, now: datetime) -> bool:
        """Whether anything is permitted anywhere, whatever the phone itself allows at this moment."""
        facts = self.facts._replace(asking=None, phones=())
        every = (cell._replace(phone=None) for cells in self.cells.values() for cell in cells)
        return any(
            standing_of(cell, levels=verdicts.ANSWERING, facts=facts, now=now) is Reason.ALLOWED for cell in every
        )

    def allows_fence(self, fence: Any, *, now: datetime) -> bool:
        """Whether the phone may watch a fence of `queries.fences_at_stores`."""
        return verdict_of(
            [cell for cell in self.cells[fence.brand_id] if cell.touchpoint == FENCED],
            brand_id=fence.brand_id,
            store_id=fence.store_id,
            area_ids=fence.areas,
            facts=self.facts,
            now=now,
        ).allowed


def read_permits(asking: Asking, phone: Installation | None, *, now: datetime) -> SensingPermits:
    """What the member of a phone permits to sense, as far as `phone` allows it too."""
    cells: defaultdict[uuid.UUID, list[Cell]] = defaultdict(list)
    for state in db.all_of(consent.projection_of(asking.member_id)):
        if state.purpose == PURPOSE and state.touchpoint in (FENCED, HEARD) and state.recipient == OWN:
            cells[state.brand_id].append(cell_of(state))
    if not cells:
        return SensingPermits({}, NO_FACTS)
    said = None if phone is None else Phone(*(getattr(phone, name) for name in Phone._fields))
    return SensingPermits(cells, facts_of(member_id=asking.member_id, now=now)._replace(asking=said))


def choose_watches(asking: Asking, permits: SensingPermits, *, platform: str, now: datetime) -> list[Watch]:
    """The circles that a phone shall watch, as many as its system lets an app have."""
    if not permits.cells:
        return []
    most = MOST_WATCHED[platform]
    for chooser in CHOOSERS:
        chosen = chooser(asking, now)
        if chosen is not None:
            known = {fence.id: fence for fence in db.rows(queries.live_fences(chosen[:most]))}
            return [_watch(known[fence_id]) for fence_id in chosen[:most] if fence_id in known]
    fences = db.rows(queries.fences_at_stores(permits.cells.keys(), limit=MOST_LOOKED_AT))
    allowed = (fence for fence in fences if permits.allows_fence(fence, now=now))
    return [_watch(fence) for _, fence in zip(range(most), allowed, strict=False)]


def _watch(fence: Any) -> Watch:
    return Watch(fence.id, fence.number, fence.name, fence.lon, fence.lat, fence.radius_m)
