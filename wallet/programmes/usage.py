"""What a programme gave to a member, in memory: for caps and tiers of one purchase, or of hundreds one after the other.

Read once, from the instant on that is asked about; what is given meanwhile is added. Points that were asked back are
gone from the instant at which they were earned.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from wallet.ledger.book import CHUNK, Lot
from wallet.programmes import queries
from wallet.programmes.models import MemberTier, ReferralState
from wallet.programmes.periods import Window, earned_since, window
from wallet.programmes.rules import Ladder, Period, Programme


class GivenSoFar(NamedTuple):
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
        self._rows: list[GivenSoFar] = []
        self._new: list[GivenSoFar] = []
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
        self._new.append(GivenSoFar(rule, currency_id, points, at))

    def know(self, rows: Sequence[GivenSoFar], *, since: datetime | None) -> None:
        """What was given from an instant on (ever, when that is null), as somebody read it just now."""
        self._rows, self._since, self._read = list(rows), since, True

    def since(self, programme: Programme, *, at: datetime) -> datetime | None:
        """From when on anything counts at an instant, for caps and tiers: `at` itself when nothing does."""
        windows = self._windows(programme, at=at)
        counts = bool(windows) or programme.ladder is not None
        return self._first(programme, windows.values(), at=at) if counts else at

    def _windows(self, programme: Programme, *, at: datetime) -> dict[Period, Window]:
        periods = {period for rule in programme.rules for period in rule.caps} - {Period.SALE}
        return {period: window(period, at=at, zone=self.zone) for period in periods}

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
        start = earned_since(ladder.months, until=until, zone=self.zone)
        return self.between(ladder.currency_id, start, until)

    def between(self, currency_id: uuid.UUID, start: datetime, end: datetime) -> int:
        """The points of a currency that were earned between two instants, the end excluded."""
        mine = (one for one in self._from(start) if one.currency_id == currency_id)
        return sum(one.points for one in mine if _inside(one.at, start, end))

    def _first(self, programme: Programme, windows: Iterable[Window], *, at: datetime) -> datetime | None:
        """From when on anything counts, so that it is asked for once."""
        starts = [start for start, _ in windows]
        if programme.ladder is not None:
            starts.append(earned_since(programme.ladder.months, until=at, zone=self.zone))
        return None if None in starts else min(start for start in starts if start is not None)

    def _from(self, start: datetime | None) -> list[GivenSoFar]:
        """Everything since `start` at least; everything when that is null."""
        if not self._read or (self._since is not None and (start is None or start < self._since)):
            asked = queries.counted_since(self.member_id, self.brand_id, start=start)
            self._rows = [GivenSoFar(row.rule, row.currency_id, int(row.points), row.at) for row in db.rows(asked)]
            self._since, self._read = start, True
        return self._rows + self._new


def _inside(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start <= at) and (end is None or at < end)


@dataclass(frozen=True)
class Usage:
    """`tier` is where the member stands. Of the points that are to pay: `lots` are the first that can, `available` how
    many there are; null when something of them is due first."""

    counting: Counting
    tier: MemberTier | None
    is_referred: bool
    lots: Sequence[Lot]
    available: int | None


def read_usage(
    counting: Counting, programme: Programme | None, *, at: datetime, paying: uuid.UUID | None, now: datetime
) -> Usage:
    """Read what counts at an instant for the member and the brand of `usage`, which knows it from now on. It stays
    so as long as the caller holds the balances."""
    since = at if programme is None else counting.since(programme, at=at)
    whose = {"member": counting.member_id, "brand": counting.brand_id, "paying": paying}
    row = db.send_statement(queries.USAGE, whose | {"since": since, "now": now, "most": CHUNK}).one()
    counting.know([_given(*one) for one in row.given or ()], since=since)
    available, due_at = row.balance or (0, None)
    return Usage(
        counting=counting,
        tier=row.tier and _tier(counting, *row.tier),
        is_referred=row.referral == ReferralState.WAITING,
        lots=[_lot(*one) for one in row.lots or ()],
        available=None if due_at is not None and datetime.fromisoformat(due_at) <= now else available,
    )


def _given(rule: str, currency_id: str, points: Any, at: str) -> GivenSoFar:
    return GivenSoFar(rule, uuid.UUID(currency_id), int(points), datetime.fromisoformat(at))


def _lot(id: str, earned_at: str, remaining: int, state: str, activates_at: str | None, expires_at: str | None) -> Lot:
    return Lot(
        uuid.UUID(id), datetime.fromisoformat(earned_at), remaining, state, _instant(activates_at), _instant(expires_at)
    )


def _tier(
    counting: Counting, tier: str | None, since: str, check_at: str | None, grace_since: str | None, changed_at: str
) -> MemberTier:
    return MemberTier(
        member_id=counting.member_id,
        brand_id=counting.brand_id,
        tier=tier,
        since=datetime.fromisoformat(since),
        check_at=_instant(check_at),
        grace_since=_instant(grace_since),
        changed_at=datetime.fromisoformat(changed_at),
    )


def _instant(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
