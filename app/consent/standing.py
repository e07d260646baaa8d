"""What else changes when permissions stand otherwise without an event in their ledger.

A restriction, an objection that is lifted, somebody's age and a newer text all stand against a yes from outside its
ledger. A room above that must know of it at once, in the same transaction, has a function `follow_standing` in its
`on_permission.py`; `app.factory` finds it there at the start.
"""

import uuid
from datetime import datetime
from typing import Protocol


class FollowStanding(Protocol):
    """What a room does about the permissions of one member, or about those of everybody to one purpose."""

    def __call__(self, now: datetime, *, member_id: uuid.UUID | None, purpose: str | None) -> None: ...


FOLLOWERS: list[FollowStanding] = []


def tell_standing(now: datetime, *, member_id: uuid.UUID | None = None, purpose: str | None = None) -> None:
    """Let the rooms that must know do their part: these permissions stand otherwise from now on."""
    for follow_standing in FOLLOWERS:
        follow_standing(now, member_id=member_id, purpose=purpose)
