"""What a phone watches for us: the names of a fence on it, and what is said to it when that changed. Pure.

Two apps know a waypoint by two names, so each fence has both for good: `rid` (iOS, and Android since 2021) is the
fence's id, `tst` (Android) counts its number from an instant of ours. iOS takes a waypoint with an impossible position
off the phone; so does Android since 2.5, and before that puts it at the pole, where nobody goes.
"""

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

FIRST_TST = 1_500_000_000
"""What the number of a fence is added to: far from the time at which anybody draws a waypoint of their own now."""
NOWHERE = 1000.0
"""Degrees of no position on earth."""
SMALLEST_M = 100
"""Phones report smaller circles late or never (Google and Apple name 100 to 150 m)."""
SPECIAL = re.compile(r"[:|]+")
"""What stands between the parts of a beacon in a name."""
LONGEST_DESC = 60


class Watch(NamedTuple):
    """A circle that a phone shall watch. `name` is what its owner reads."""

    fence_id: uuid.UUID
    number: int
    name: str
    lon: float
    lat: float
    radius_m: float

    @property
    def digest(self) -> str:
        """Of all that the phone is told: another one, and the phone must be told again."""
        told = f"{self.name}\0{self.lon:.7f}\0{self.lat:.7f}\0{self.radius_m:.0f}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


class Given(NamedTuple):
    """What a phone was told of one fence. Without a digest: to watch it no longer."""

    fence_id: uuid.UUID
    number: int
    digest: str | None

    @classmethod
    def read(cls, kept: Sequence[Any]) -> "Given":
        """What `write` made of one."""
        fence_id, number, digest = kept
        return cls(uuid.UUID(fence_id), number, digest)

    def write(self) -> list[Any]:
        """As it is kept beside the phone."""
        return [str(self.fence_id), self.number, self.digest]


def compare_watches(
    given: Sequence[Given], wished: Sequence[Watch], *, again: bool, held: Set[str] | None = None
) -> tuple[list[dict[str, Any]], list[Given]]:
    """The waypoints to say, and what the phone was told when it has heard them.

    `again` says all of it anew: the answer before did not arrive. `held` is what the phone says that it watches, where
    it does: of what was given and is missing there, it is told again.
    """
    before = {one.fence_id: one for one in given}
    wanted = {one.fence_id: one for one in wished}
    lost = set() if held is None else {one.fence_id for one in given if not held & _names(one)}
    told = [
        one
        for one in wished
        if again or one.fence_id in lost or (known := before.get(one.fence_id)) is None or known.digest != one.digest
    ]
    unwanted = [one for one in given if one.fence_id not in wanted and one.fence_id not in lost]
    ended = [one for one in unwanted if again or held is not None or one.digest is not None]
    after = [Given(one.fence_id, one.number, one.digest) for one in wished]
    # Off last: an app of 2019 fell over one that stands between others.
    return [*map(_waypoint, told), *map(_no_waypoint, ended)], [*after, *(one._replace(digest=None) for one in ended)]


def say_waypoints(waypoints: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The command that sets these waypoints on the phone, beside those that it has."""
    return {
        "_type": "cmd",
        "action": "setWaypoints",
        "waypoints": {"_type": "waypoints", "waypoints": list(waypoints)},
    }


def fence_named(rid: str | None, wtst: int | None) -> uuid.UUID | int | None:
    """The id or the number of the fence that a phone calls so; None for a waypoint of its owner's own."""
    if rid is not None:
        try:
            return uuid.UUID(rid)
        except ValueError:
            pass  # made by the app itself, of `tst` and a name
    number = 0 if wtst is None else wtst - FIRST_TST
    return number if 0 < number < FIRST_TST // 10 else None


def _names(given: Given) -> frozenset[str]:
    return frozenset({str(given.fence_id), str(FIRST_TST + given.number)})


def _waypoint(watch: Watch) -> dict[str, Any]:
    return {
        "_type": "waypoint",
        "tst": FIRST_TST + watch.number,
        "rid": str(watch.fence_id),
        "desc": plain_desc(watch.name),
        "lat": round(watch.lat, 7),
        "lon": round(watch.lon, 7),
        "rad": max(SMALLEST_M, round(watch.radius_m)),
    }


def _no_waypoint(given: Given) -> dict[str, Any]:
    return {
        "_type": "waypoint",
        "tst": FIRST_TST + given.number,
        "rid": str(given.fence_id),
        "desc": "Ici",
        "lat": NOWHERE,
        "lon": NOWHERE,
        "rad": 0,
    }


def plain_desc(name: str) -> str:
    """A name in which the app sees nothing but a name: a colon begins a beacon, `-` or `+` in front is an order."""
    plain = " ".join(SPECIAL.sub(" ", name).split()).lstrip("-+ ")
    return plain[:LONGEST_DESC] or "Ici"
