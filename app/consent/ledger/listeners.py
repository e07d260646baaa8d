"""What else changes when a permission changes: rooms above this one follow the ledger, in the same transaction.

A room follows by two functions in its `on_permission.py`, `follow(event, now, known)` and `follow_all(events)`, which
does as much for many noes of one member at once; `app.factory` finds them there at the start, so this room need not
know who listens. A follower that raises undoes the event with everything else.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from app.consent.decision.circumstances import Circumstances
from app.consent.models import PermissionEvent


class Follow(Protocol):
    """What a room does about an event that was just recorded and projected; `now` is the event's own instant.

    `known` is what the answer was judged by, where its verb read that: then it need not be asked for again.
    """

    def __call__(self, event: PermissionEvent, now: datetime, known: Circumstances | None) -> None: ...


class Follower(NamedTuple):
    """A room that follows: what it does about one event, and about many noes of one member, in few statements."""

    follow: Follow
    follow_all: Callable[[Sequence[PermissionEvent]], None]


FOLLOWERS: list[Follower] = []


def tell_followers(event: PermissionEvent, known: Circumstances | None = None) -> None:
    """Let every room that follows the ledger do its part, with what is known already."""
    for room in FOLLOWERS:
        room.follow(event, event.recorded_at, known)


def tell_all(events: Sequence[PermissionEvent]) -> None:
    """Let every room that follows the ledger do its part about many noes of one member."""
    for room in FOLLOWERS:
        room.follow_all(events)
