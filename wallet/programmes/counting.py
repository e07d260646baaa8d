"""What a programme gave to a member, in memory: for caps and tiers of one purchase, or of hundreds one after the other.

Read once, from the instant on that is asked about; what is given meanwhile is added. Points that were asked back are
gone from the instant at which they were earned.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app import db
from wallet.programmes import queries, timing
from wallet.programmes.rules import Ladder, Period, Programme


class Given(NamedTuple):
    """Points that a rule gave for something that happened at an instant."""

    rule: str
    currency_id: uuid.UUID
    points: int
    at: datetime


class Counting:
    """What counts for one member of one brand. The caller holds the balances, or only asks."""

    def __init__(
        self,
        *,
        member_id: uuid.UUID,
        brand_id: uuid.UUID,
        from_nothing: bool = False,
        zone: str | None = None,
        zones: Mapping[uuid.UUID, str] | None = None,
    ) -> None:
        """`from_nothing`: as if the programme had given nothing before, for trying rules on what was bought. `zone` is
        the brand's and `zones` are those of stores, for whoever knows them."""
        self.member_id, self.brand_id = member_id, brand_id
        self.zone: str = zone or db.all_of(queries.zone_of_brand(brand_id))[0]
        self._zones = dict(zones or {})
        self._rows: list[Given] = []
        self._new: list[Given] = []
        self._since: datetime | None = None
        self._read = from_nothing

    def zone_of(self, store_id: uuid.UUID | None) -> str:
        """Where weekdays and hours of a purchase are read: at its store, or where the brand is."""
        if store_id is None:
            return self.zone
        if store_id not in self._zones:
            self._zones[store_id] = db.first(queries.zone_of_store(self.brand_id, store_id)) or self.zone
        return self._zones[store_id]

    def add(self, rule: str, currency_id: uuid.UUID, points: int, *, at: datetime) -> None:
        """What was given just now and is not written yet."""
        self._new.append(Given(rule, currency_id, points, at))

    def know(self, rows: Sequence[Given], *, since: datetime | None) -> None:
        """What was given from an instant on (ever, when that is null), as somebody read it just now."""
        self._rows, self._since, self._read = list(rows), since, True

    def since(self, programme: Programme, *, at: datetime) -> datetime | None:
        """From when on anything counts at an instant, for caps and tiers: `at` itself when nothing does."""
        windows = self._windows(programme, at=at)
        counts = bool(windows) or programme.ladder is not None
        return self._first(programme, windows.values(), at=at) if counts else at

    def _windows(self, programme: Programme, *, at: datetime) -> dict[Period, timing.Window]:
        periods = {period for rule in programme.rules for period in rule.caps} - {Period.SALE}
        return {period: timing.window(period, at=at, zone=self.zone) for period in periods}

    def given(self, programme: Programme, *, at: datetime) -> dict[str, dict[Period, int]]:
        """What each capped rule gave in the periods of its caps that hold an instant."""
        windows = self._windows(programme, at=at)
        rows = self._from(self._first(programme, windows.values(), at=at)) if windows else []
        found: dict[str, dict[Period, int]] = {}
        for rule in programme.rules:
            for period in rule.caps.keys() & windows.keys():
                start, end = windows[period]
                mine = (one.points for one in rows if one.rule == rule.code and _inside(one.at, start, end))
                found.setdefault(rule.code, {})[period] = sum(mine)
        return found

    def for_tier(self, ladder: Ladder, *, until: datetime) -> int:
        """The points that count for a tier that is judged on what was earned before an instant."""
        start = timing.earned_since(ladder.months, until=until, zone=self.zone)
        return self.between(ladder.currency_id, start, until)

    def between(self, currency_id: uuid.UUID, start: datetime, end: datetime) -> int:
        """The points of a currency that were earned between two instants, the end excluded."""
        mine = (one for one in self._from(start) if one.currency_id == currency_id)
        return sum(one.points for one in mine if _inside(one.at, start, end))

    def _first(self, programme: Programme, windows: Iterable[timing.Window], *, at: datetime) -> datetime | None:
        """From when on anything counts, so that it is asked for once."""
        starts = [start for start, _ in windows]
        if programme.ladder is not None:
            starts.append(timing.earned_since(programme.ladder.months, until=at, zone=self.zone))
        return None if None in starts else min(start for start in starts if start is not None)

    def _from(self, start: datetime | None) -> list[Given]:
        """Everything since `start` at least; everything when that is null."""
        if not self._read or (self._since is not None and (start is None or start < self._since)):
            asked = queries.counted_since(self.member_id, self.brand_id, start=start)
            self._rows = [Given(row.rule, row.currency_id, int(row.points), row.at) for row in db.rows(asked)]
            self._since, self._read = start, True
        return self._rows + self._new


def _inside(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start <= at) and (end is None or at < end)
