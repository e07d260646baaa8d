"""What else happens when somebody comes, stays or leaves: rooms above this one, in the same transaction.

A room adds its function to `AFTER_TRANSITIONS` when it is loaded, so this room need not know who listens.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from geo.presence.transitions import Transition


class Asking(NamedTuple):
    """Whose phone reports, by which sign-in or installation; `background` when nobody looks at the app."""

    member_id: uuid.UUID
    session_id: uuid.UUID | None
    installation_id: uuid.UUID | None
    background: bool


AfterTransitions = Callable[[Asking, Sequence[Transition], datetime], list[dict[str, Any]]]

AFTER_TRANSITIONS: list[AfterTransitions] = []
"""Each is told what just happened that may bring something, in the order of time, and returns answers for the phone."""


def tell_listeners(asking: Asking, transitions: Sequence[Transition], *, now: datetime) -> list[dict[str, Any]]:
    """Tell every listener of the transitions that may trigger something; return all their answers."""
    telling = [one for one in transitions if one.may_trigger]
    return [answer for listen in AFTER_TRANSITIONS for answer in listen(asking, telling, now)] if telling else []
