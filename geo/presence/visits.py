"""From minutes to visits: a pure machine, so that the same minutes make the same visits in whatever order they came.

A visit lasts while something holds it: what the phone says of fences, what it hears of beacons, what the member said;
it ends with the last of them. Entry is strict, exit is lax:

* a fence holds from the first position inside, or from the phone's own word, until that word, or until two positions
  outside with none inside between them; one position outside and then silence ends it too;
* a beacon holds until its silence has lasted (`Mark.lasts_minutes`);
* what the phone says of itself beats coordinates for two minutes: positions lag behind;
* who comes back within two minutes has not left.

Sources: the reference of the field on hysteresis; Home Assistant's lessons about declared transitions at odd positions.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from geo.presence.models import NOWHERE, MarkKind
from geo.presence.transitions import Evidence

GRACE = 2
"""Minutes: within them coordinates do not contradict a phone's word, and who comes back has not left."""
SETTLES = 5
"""Minutes of silence after one position outside: then it was the way out."""
LONGEST = 12 * 60
"""Minutes: as long as the longest permission for "this visit". What lasts longer begins another visit."""

INSIDE: Mapping[str, Evidence] = {
    MarkKind.TAG: Evidence.TAG,
    MarkKind.BEACON: Evidence.BEACON,
    MarkKind.FIX: Evidence.FIX,
    MarkKind.ENTERED: Evidence.DECLARED,
    MarkKind.CHECKED_IN: Evidence.DECLARED,
}
"""What says that somebody is inside, and what it is called; where two say so at once, the first here is told."""
RANK = {kind: place for place, kind in enumerate(INSIDE)}
OUTSIDE: Mapping[str, int] = {MarkKind.AWAY: 1, MarkKind.GONE: 2}
"""How many positions outside a minute stands for."""


class Mark(NamedTuple):
    """What is known of one minute (since 1970): the columns of a sighting."""

    minute: int
    store_id: uuid.UUID
    zone_id: uuid.UUID
    fence_id: uuid.UUID
    touchpoint: str
    kind: str
    brand_id: uuid.UUID | None
    fence_version: int | None
    permission_event_id: uuid.UUID
    confidence: int
    lasts_minutes: int

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two marks the same."""
        return self[:6]


class Stay(NamedTuple):
    """One visit, in minutes since 1970. Until `until` it may go on, though nothing is heard in between. `first` is what
    it was seen by; `zones` says when each was first entered."""

    entered: int
    seen: int
    until: int
    exited: int | None
    dwelled: int | None
    confidence: int
    first: Mark
    zones: Mapping[uuid.UUID, Mark]


class _Hold:
    """What keeps a visit open: until when without further word, and since when positions say otherwise."""

    def __init__(self) -> None:
        self.last = self.until = 0
        self.out_since: int | None = None
        self.outs = 0

    def renew(self, minute: int, lasts: int) -> None:
        self.last, self.until, self.outs, self.out_since = minute, max(self.until, minute + lasts), 0, None

    def doubt(self, minute: int, outs: int) -> bool:
        """Count positions outside; whether that was the way out."""
        self.outs += outs
        self.out_since = self.out_since if self.out_since is not None else minute
        self.until = min(self.until, minute + SETTLES)
        return self.outs >= 2

    @property
    def end(self) -> int:
        return self.last if self.out_since is None else self.out_since


class _Machine:
    """The visits to one store while its minutes go by."""

    def __init__(self, store_id: uuid.UUID, dwell_minutes: int) -> None:
        self.store_id, self.dwell_minutes = store_id, dwell_minutes
        self.holds: dict[str, _Hold] = {}
        self.said_in: dict[str, int] = {}
        self.said_out: dict[str, int] = {}
        self.stays: list[Stay] = []
        self.open: Stay | None = None
        self.end = 0

    def pass_time(self, minute: int) -> None:
        """Let go what was silent for too long before this minute."""
        for sense in [sense for sense, hold in self.holds.items() if hold.until < minute]:
            self.drop(sense)
        self.settle()
        if self.open is not None and minute - self.open.entered > LONGEST:
            self.holds.clear()
            self.end = self.open.seen
            self.settle()

    def take_minute(self, minute: int, marks: Sequence[Mark]) -> None:
        """What is known of one minute."""
        self.pass_time(minute)
        here = [mark for mark in marks if mark.store_id == self.store_id and mark.kind not in OUTSIDE]
        outs = max((OUTSIDE[m.kind] for m in marks if m.kind in OUTSIDE and m.store_id != self.store_id), default=0)
        here.sort(key=lambda mark: (mark.touchpoint, mark.key))
        for sense, group in groupby(here, key=attrgetter("touchpoint")):
            self.take_sense(sense, minute, list(group))
        fence = self.holds.get("geofence")
        denied = minute - self.said_in.get("geofence", -GRACE - 1) <= GRACE
        if fence is not None and outs and not denied and fence.doubt(minute, outs):
            self.leave("geofence")
        self.settle()

    def take_sense(self, sense: str, minute: int, marks: Sequence[Mark]) -> None:
        """What one touchpoint says of one minute."""
        inside = [mark for mark in marks if mark.kind in INSIDE]
        said_in = any(mark.kind == MarkKind.ENTERED for mark in inside)
        # Out of reach of one radio while another one is heard is not out of the store.
        kinds = {mark.kind for mark in marks}
        said_out = MarkKind.LEFT in kinds and MarkKind.BEACON not in kinds
        held = sense in self.holds
        if not said_in and minute - self.said_out.get(sense, -GRACE - 1) <= GRACE:
            inside = [mark for mark in inside if mark.kind != MarkKind.FIX]
        if said_in:
            self.said_in[sense] = minute
        if inside or (said_out and held):
            hold = self.holds.setdefault(sense, _Hold())
            hold.renew(minute, max((mark.lasts_minutes for mark in inside), default=0))
            self.see(minute, inside or marks)
        if said_out:
            self.said_out[sense] = minute
            # Both in one minute: whoever was inside is so again, and whoever was not has passed.
            if sense in self.holds and not (said_in and held):
                self.leave(sense)

    def see(self, minute: int, marks: Sequence[Mark]) -> None:
        """Somebody is inside in this minute: the visit begins, begins again, or goes on."""
        best = min(marks, key=lambda mark: (-mark.confidence, RANK.get(mark.kind, len(RANK)), mark.key[1:]))
        stay = self.open
        if stay is None and self.stays and self.comes_back(self.stays[-1], minute):
            stay = self.stays.pop()._replace(exited=None)
        if stay is None:
            stay = Stay(minute, minute, minute, None, None, 0, best, {})
        elif minute == stay.entered and best.confidence > stay.first.confidence:
            stay = stay._replace(first=best)
        dwelled = stay.dwelled
        if dwelled is None and minute - stay.entered >= self.dwell_minutes:
            dwelled = stay.entered + self.dwell_minutes
        zones = {mark.zone_id: mark for mark in reversed(marks) if mark.zone_id != NOWHERE}
        self.open = stay._replace(
            seen=minute,
            dwelled=dwelled,
            confidence=max(stay.confidence, best.confidence),
            zones={**zones, **stay.zones},
        )

    @staticmethod
    def comes_back(before: Stay, minute: int) -> bool:
        """Whether somebody inside in this minute had not left."""
        return minute - (before.exited or 0) <= GRACE and minute - before.entered <= LONGEST

    def leave(self, sense: str) -> None:
        """One sense says that they are out; what the member said of themself is over then too."""
        self.drop(sense)
        if not set(self.holds) & {"geofence", "beacon"}:
            for other in list(self.holds):
                self.drop(other)
        if self.open is not None:
            self.open = self.open._replace(until=self.end)

    def drop(self, sense: str) -> None:
        self.end = max(self.end, self.holds.pop(sense).end)

    def settle(self) -> None:
        """End the visit if nothing holds it any more."""
        if self.open is None:
            return
        if self.holds:
            until = max(hold.until for hold in self.holds.values())
            self.open = self.open._replace(until=min(until, self.open.entered + LONGEST))
            return
        ended = max(self.end, self.open.entered)
        # What ended by silence goes on if something is heard, late, of the time in which it was still waited for.
        self.stays.append(self.open._replace(exited=ended, until=max(self.open.until, ended)))
        self.open, self.end = None, 0


def find_stays(marks: Iterable[Mark], *, store_id: uuid.UUID, dwell_minutes: int, now_minute: int) -> list[Stay]:
    """The visits to a store that these minutes make: those of the store, and those outside. The last may be open."""
    machine = _Machine(store_id, dwell_minutes)
    for minute, group in groupby(sorted(marks, key=attrgetter("minute")), key=attrgetter("minute")):
        machine.take_minute(minute, list(group))
    machine.pass_time(now_minute)
    return machine.stays + ([machine.open] if machine.open is not None else [])
