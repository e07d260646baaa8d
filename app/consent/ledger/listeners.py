"""What else changes when a permission changes: rooms above this one follow the ledger, in the same transaction.

A room follows by a function `follow(event, now)` in its `jobs.py`; `app.factory` finds it there at the start, so this
room need not know who listens. A follower that raises undoes the event with everything else.
"""

from datetime import datetime
from typing import Protocol

from app.consent.models import PermissionEvent


class Follower(Protocol):
    """What a room does about an event that was just recorded and projected; `now` is the event's own instant."""

    def __call__(self, event: PermissionEvent, now: datetime) -> None: ...


FOLLOWERS: list[Follower] = []


def tell_followers(event: PermissionEvent) -> None:
    """Let every room that follows the ledger do its part."""
    for follow in FOLLOWERS:
        follow(event, event.recorded_at)
