"""What else changes when a permission changes: rooms above this one follow the ledger, in the same transaction.

A room follows by a function `follow(event, now, known)` in its `on_permission.py`; `app.factory` finds it there at the
start, so this room need not know who listens. A follower that raises undoes the event with everything else.
"""

from datetime import datetime
from typing import Protocol

from app.consent.circumstances import Circumstances
from app.consent.models import PermissionEvent


class Follower(Protocol):
    """What a room does about an event that was just recorded and projected; `now` is the event's own instant.

    `known` is what the answer was judged by, where its verb read that: then it need not be asked for again.
    """

    def __call__(self, event: PermissionEvent, now: datetime, known: Circumstances | None) -> None: ...


FOLLOWERS: list[Follower] = []


def tell_followers(event: PermissionEvent, known: Circumstances | None = None) -> None:
    """Let every room that follows the ledger do its part, with what is known already."""
    for follow in FOLLOWERS:
        follow(event, event.recorded_at, known)
