"""Which transitions of a visit are occasions to show something, and which of them speak. Pure.

* A visit that begins is an arrival, one that lasts a dwell, a part of the store a zone, a tag that was read a tag.
  Nobody who leaves, and nobody who only passes by, is shown anything.
* What is reported too late brings nothing, since the member may be elsewhere: presence does not even tell it. Nor does
  what is hard to believe (`SURE`): a fix or a beacon needs a middling confidence, since "jumped faster than anybody
  travels" is a low one, and what the member says themselves a low one.
* Of one visit in one report only the most telling occasion speaks: a tag before a zone, a zone before a stay, a stay
  before the arrival; of equals the last.
* A visit is answered `MOST_IN_VISIT` times, and by each kind of occasion once a minute. How much somebody is contacted
  over days and brands is the matter of pressure, which has its place in `why_nothing`.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from geo.presence.transitions import Evidence, Transition, TransitionKind
from offers.deciding.decisions import Placement
from offers.triggers.models import WhyNothing

KINDS = {
    TransitionKind.ENTERED: Placement.ARRIVAL,
    TransitionKind.DWELLED: Placement.DWELL,
    TransitionKind.ZONE_ENTERED: Placement.ZONE,
}
TELLING = (Placement.ARRIVAL, Placement.DWELL, Placement.ZONE, Placement.TAG)
"""The least telling first."""

SURE = {Evidence.FIX: 2, Evidence.BEACON: 2, Evidence.DECLARED: 1, Evidence.TAG: 1}
"""The least confidence (0 none, 1 low, 2 middling, 3 high) that is enough, by what it rests on."""

MOST_IN_VISIT = 5


class Occasion(NamedTuple):
    """A moment that may bring an offer. `occurred_at` is to the minute."""

    kind: Placement
    brand_id: uuid.UUID
    store_id: uuid.UUID | None
    visit_id: uuid.UUID | None
    fence_id: uuid.UUID | None
    zone_id: uuid.UUID | None
    tag_id: uuid.UUID | None
    occurred_at: datetime
    evidence: str
    confidence: int
    permission_event_id: uuid.UUID


class Before(NamedTuple):
    """An earlier trigger of a visit, and what it showed: the numbers of the offers, where somebody looked."""

    visit_id: uuid.UUID
    kind: str
    zone_id: uuid.UUID | None
    occurred_at: datetime
    shown: frozenset[int]


def may_be_one(transition: Transition) -> bool:
    """Whether a transition is an occasion: it may trigger, and nobody leaves."""
    return transition.may_trigger and transition.kind in KINDS


def why_untold(transition: Transition) -> WhyNothing | None:
    """Why a transition was no occasion, as far as there is something to say: of who leaves there is not."""
    if transition.kind is TransitionKind.CROSSED:
        return WhyNothing.PASSED_BY
    return WhyNothing.TOO_LATE if transition.is_late and transition.kind in KINDS else None


def find_occasions(transitions: Iterable[Transition]) -> list[Occasion]:
    """What each of these transitions, which all `may_be_one`, is an occasion for."""
    return [
        Occasion(
            Placement.TAG if one.evidence == Evidence.TAG else KINDS[one.kind],
            one.brand_id,
            one.store_id,
            one.visit_id,
            one.fence_id,
            one.zone_id,
            None,
            to_the_minute(one.occurred_at),
            one.evidence,
            one.confidence,
            one.permission_event_id,
        )
        for one in transitions
    ]


def to_the_minute(instant: datetime) -> datetime:
    """The minute in which an instant is: nobody needs to know more of a visit."""
    return instant.replace(second=0, microsecond=0)


def why_nothing(occasion: Occasion, among: Sequence[Occasion], before: Iterable[Before]) -> WhyNothing | None:
    """Why an occasion is not even decided, by what came `among` the same report and `before` in its visit; None for one
    that is."""
    if occasion.confidence < SURE[Evidence(occasion.evidence)]:
        return WhyNothing.TOO_UNSURE
    if _most_telling(occasion, among) is not occasion:
        return WhyNothing.OUTSPOKEN
    answered = [one for one in before if one.visit_id == occasion.visit_id and one.shown]
    same_minute = any((one.kind, one.occurred_at) == (occasion.kind, occasion.occurred_at) for one in answered)
    if occasion.kind is not Placement.TAG and (same_minute or len(answered) >= MOST_IN_VISIT):
        return WhyNothing.TOO_OFTEN
    return None


def shown_there(occasion: Occasion, before: Iterable[Before]) -> frozenset[int]:
    """The numbers of the offers that this very place showed in this visit already; a tag is read to see them again."""
    if occasion.kind is Placement.TAG:
        return frozenset()
    there = (occasion.visit_id, occasion.kind, occasion.zone_id)
    return frozenset().union(*(one.shown for one in before if (one.visit_id, one.kind, one.zone_id) == there))


def _most_telling(occasion: Occasion, among: Sequence[Occasion]) -> Occasion:
    rivals = [
        one for one in among if one.visit_id == occasion.visit_id and one.confidence >= SURE[Evidence(one.evidence)]
    ]
    return max(enumerate(rivals), key=lambda at: (TELLING.index(at[1].kind), at[1].occurred_at, at[0]))[1]
