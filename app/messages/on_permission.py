"""What messages and sinks do when a permission changes."""

from collections.abc import Sequence
from datetime import datetime

from app.consent.decision.circumstances import Circumstances
from app.consent.models import PermissionEvent, State
from app.messages import cancellation, notices


def follow(event: PermissionEvent, now: datetime, known: Circumstances | None = None) -> None:
    """Cancel what waits without a permission now, and tell the sinks that had data for it.

    A use that was the last changes nothing here: the senders share the member's lock then, each with its own message
    in hand, and each looks again for itself.
    """
    if event.state == State.EXHAUSTED:
        return
    cancellation.cancel_after(event, now=now)
    notices.tell_sinks_of(event, now=now)


def follow_all(events: Sequence[PermissionEvent]) -> None:
    """Many noes of one member: what waits without a yes is cancelled, and the sinks are told, in one statement each."""
    cancellation.cancel_after_noes(events)
    notices.tell_sinks_of_all(events)
