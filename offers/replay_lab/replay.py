"""A recording is played: reported as a phone would have, in its own time, to the rooms that judge what phones report.

Positions that follow each other within a minute go together, each report with the last position of the one before: a
way across a fence, or a jump, is only seen between two of one report. Nothing is judged here but what is told at the
end of fences that nobody came into.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.consent.models import Reason
from app.languages import Language
from app.sql import db
from geo.fences.hits import FenceHit, Spot, find_fences
from geo.owntracks.waypoints import fence_named
from geo.presence.evidence.journeys import stores_at
from geo.presence.facts import CrossingSaid, FixSaid, Report, ReportFindingCode
from geo.presence.reports import Taken, take_report
from geo.presence.transitions import Transition, TransitionKind
from geo.recordings.tracks import TrackCrossing, TrackPoint
from offers.deciding.explanation import explain_decision
from offers.replay_lab.lab import Lab, LabFence

TOGETHER = timedelta(seconds=60)
MOST_TOGETHER = 50
LOOKED_AT = 200
"""Positions that are looked up in one statement, for what is told of fences."""
NEAR_M = 5_000.0


class Fired(NamedTuple):
    """A transition with what came of it. `answer` is what its trigger says, None where it is no trigger; `considered`
    are the offers that were looked at, in words."""

    transition: Transition
    answer: dict[str, Any] | None
    considered: Sequence[dict[str, Any]]


class Approach(NamedTuple):
    """How near a recording came to a fence: the smallest distance (None beyond 5 km) and when, how many positions lay
    inside, and how many of them were exact enough to say so."""

    fence: LabFence
    nearest_m: float | None
    at: datetime | None
    inside: int
    exact: int


Finding = tuple[ReportFindingCode, str | None, Reason | None]
"""Why items had no effect, and where a permission was missing: of which touchpoint and why."""


class TrackReplay:
    """What a replay came to, filled as it goes on."""

    def __init__(self) -> None:
        self.fired: list[Fired] = []
        self.findings: defaultdict[Finding, set[str]] = defaultdict(set)
        self.unmatched = 0
        self.reports = 0

    def visited(self, fence: LabFence) -> bool:
        """Whether the store of a fence was entered."""
        entered = (one.transition for one in self.fired if one.transition.kind is TransitionKind.ENTERED)
        return any(one.store_id == fence.store_id for one in entered)

    def still_inside(self) -> set[uuid.UUID]:
        """The stores that nobody was seen to leave."""
        inside: set[uuid.UUID] = set()
        for one in self.fired:
            if one.transition.kind is TransitionKind.ENTERED:
                inside.add(one.transition.store_id)
            elif one.transition.kind is TransitionKind.EXITED:
                inside.discard(one.transition.store_id)
        return inside


def play_recording(
    lab: Lab,
    points: Sequence[TrackPoint],
    crossings: Sequence[TrackCrossing],
    *,
    accuracy_m: float,
    background: bool,
    language: Language,
) -> TrackReplay:
    """Report a recording, bit by bit, at its own time. `accuracy_m` is that of points that say none; every point has
    a time."""
    replay = TrackReplay()
    items: list[FixSaid | CrossingSaid] = [_fix(one, number, accuracy_m) for number, one in enumerate(points)]
    items += _crossings(lab, crossings, replay)
    for report, now in _reports(sorted(items, key=lambda item: item.at)):
        taken = take_report(
            member_id=lab.member_id,
            session_id=None,
            installation_id=None,
            report=report,
            now=now,
            background=background,
        )
        db.send_waiting()
        replay.reports += 1
        _note(replay, lab, taken, language)
    return replay


def find_approaches(lab: Lab, points: Sequence[TrackPoint], *, accuracy_m: float) -> list[Approach]:
    """How near the points came to each fence, whether or not anybody was taken to be inside."""
    nearest: dict[uuid.UUID, tuple[float, datetime | None]] = {}
    inside: Counter[uuid.UUID] = Counter()
    exact: Counter[uuid.UUID] = Counter()
    for start in range(0, len(points), LOOKED_AT):
        some = [_fix(one, number, accuracy_m) for number, one in enumerate(points[start : start + LOOKED_AT])]
        spots = [Spot(one.lon, one.lat, one.accuracy_m) for one in some]
        for hit in find_fences(spots, brand_ids=[lab.brand_id], within_m=NEAR_M):
            fix = some[hit.spot]
            nearest[hit.fence_id] = min(
                nearest.get(hit.fence_id, (NEAR_M, None)), (hit.outside_m, fix.at), key=lambda one: one[0]
            )
            inside[hit.fence_id] += hit.outside_m <= 0
            exact[hit.fence_id] += _is_exact(fix, hit)
    found = []
    for one in lab.fences:
        nearest_m, at = nearest.get(one.id, (None, None))
        found.append(Approach(one, nearest_m, at, inside[one.id], exact[one.id]))
    return found


def _is_exact(fix: FixSaid, hit: FenceHit) -> bool:
    return fix.accuracy_m > 0 and bool(stores_at(fix, [hit])[0])


def _fix(point: TrackPoint, number: int, accuracy_m: float) -> FixSaid:
    if point.at is None:
        raise ValueError("a point without a time is not played")
    accuracy = accuracy_m if point.accuracy_m is None else point.accuracy_m
    return FixSaid(f"p{number}", point.at, point.lon, point.lat, accuracy)


def _crossings(lab: Lab, crossings: Sequence[TrackCrossing], replay: TrackReplay) -> Iterator[CrossingSaid]:
    """What the phone itself said, of fences that it calls by a name of ours, by their code or by their name."""
    by_name: dict[object, LabFence] = {}
    for fence in lab.fences:
        by_name |= dict.fromkeys((fence.id, fence.number, fence.code, fence.name), fence)
    for number, one in enumerate(crossings):
        known = by_name.get(fence_named(one.rid, one.wtst)) or by_name.get(one.desc)
        if known is None:
            replay.unmatched += 1
        else:
            yield CrossingSaid(f"c{number}", one.at, one.is_enter, fence_id=known.id)


def _reports(items: Sequence[FixSaid | CrossingSaid]) -> Iterator[tuple[Report, datetime]]:
    """Reports, each with the instant at which it is sent: that of its last item."""
    together: list[FixSaid | CrossingSaid] = []
    begun = 0  # how many of them the report before told already
    for item in items:
        if len(together) > begun and (item.at - together[begun].at > TOGETHER or len(together) >= MOST_TOGETHER):
            yield _report(together), together[-1].at
            together = [one for one in together[-1:] if isinstance(one, FixSaid)]
            begun = len(together)
        together.append(item)
    if len(together) > begun:
        yield _report(together), together[-1].at


def _report(items: Sequence[FixSaid | CrossingSaid]) -> Report:
    return Report(
        fixes=[one for one in items if isinstance(one, FixSaid)],
        crossings=[one for one in items if isinstance(one, CrossingSaid)],
    )


def _note(replay: TrackReplay, lab: Lab, taken: Taken, language: Language) -> None:
    answers = {answer["transition"]: answer for answer in taken.answers}
    for transition in taken.transitions:
        if not lab.looks_at(transition.fence_id, transition.store_id):
            continue
        answer = answers.get(transition)
        decision_id = None if answer is None else answer["decision_id"]
        considered: Sequence[dict[str, Any]] = ()
        if decision_id is not None:
            told = explain_decision(member_id=lab.member_id, decision_id=uuid.UUID(str(decision_id)), language=language)
            considered = told["considered"]
        replay.fired.append(Fired(transition, None if answer is None else dict(answer), considered))
    for finding in taken.findings:
        replay.findings[finding.code, finding.touchpoint, finding.reason] |= set(finding.ids)
