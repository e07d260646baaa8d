"""Plays visits of the past as if the offer had been there: who would have been shown it, where and when. Pure."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from offers.rehearsal.estimates import MemberUses
from offers.rehearsal.overlay import Spans
from offers.rehearsal.past import PastVisit

Gate = Callable[[uuid.UUID, uuid.UUID], bool]
"""Whether a member passes at a store."""


class StagedOffer(NamedTuple):
    """The offer on the past: when it holds at each store, whom it may be shown there, which members it is for."""

    spans: Mapping[uuid.UUID, Spans]
    allows: Gate
    find_addressed: Callable[[Sequence[uuid.UUID]], Collection[uuid.UUID]]


@dataclass
class Reached:
    """Members by how far they came, each step inside the one before; and the purchases of those who were reached."""

    in_stores: set[uuid.UUID] = field(default_factory=set)
    in_time: set[uuid.UUID] = field(default_factory=set)
    permitting: set[uuid.UUID] = field(default_factory=set)
    first_shown: dict[uuid.UUID, PastVisit] = field(default_factory=dict)
    purchases: list[PastVisit] = field(default_factory=list)

    def shown_by_day(self, day_of: Callable[[PastVisit], date]) -> Counter[date]:
        """How many members would have seen the offer for the first time on each of its days."""
        return Counter(map(day_of, self.first_shown.values()))


def play_visits(visits: Iterable[PastVisit], stage: StagedOffer) -> Reached:
    """Let each visit come to the gates of the offer; whom it is for is asked at the end, once for all."""
    reached = Reached()
    permitted: list[PastVisit] = []
    for visit in visits:
        member_id, store_id, at, _, _ = visit
        spans = stage.spans.get(store_id)
        if spans is None:
            continue
        reached.in_stores.add(member_id)
        if spans.hold(at):
            reached.in_time.add(member_id)
            if stage.allows(member_id, store_id):
                reached.permitting.add(member_id)
                permitted.append(visit)
    addressed = stage.find_addressed(list(reached.permitting))
    for visit in permitted:
        if visit.member_id in addressed:
            _reach(reached, visit)
    return reached


def _reach(reached: Reached, visit: PastVisit) -> None:
    first = reached.first_shown.get(visit.member_id)
    if first is None or visit.at < first.at:
        reached.first_shown[visit.member_id] = visit
    if visit.purchase_id is not None:
        reached.purchases.append(visit)


class Use(NamedTuple):
    """A purchase that would have used the offer."""

    visit: PastVisit
    cost_minor: int
    points: int


def limit_uses(
    uses: Iterable[Use], *, most: int, may_use: Callable[[Sequence[datetime], datetime], bool]
) -> dict[uuid.UUID, list[Use]]:
    """The uses of each member in their order: at most so many coupons, and none that `may_use` does not let pass, given
    when they used it before."""
    by_member: dict[uuid.UUID, list[Use]] = defaultdict(list)
    for use in sorted(uses, key=_when):
        mine = by_member[use.visit.member_id]
        if len(mine) < most and may_use([one.visit.at for one in mine], use.visit.at):
            mine.append(use)
    return by_member


def sum_uses(by_member: Mapping[uuid.UUID, Sequence[Use]]) -> list[MemberUses]:
    """What each member would do in all."""
    return [
        MemberUses(len(uses), sum(use.cost_minor for use in uses), sum(use.points for use in uses))
        for uses in by_member.values()
    ]


def _when(use: Use) -> tuple[datetime, str]:
    return use.visit.at, str(use.visit.purchase_id)
