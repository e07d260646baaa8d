"""What the background does about messages and sinks, and what they do when a permission changes."""

from datetime import datetime

from app.consent.models import PermissionEvent, State
from app.messages import cancellation, delivery, notices, sinks
from app.sql import db


def follow(event: PermissionEvent, now: datetime) -> None:
    """A permission changed: what waits without one is cancelled, and the sinks that had data for it are told.

    A use that was the last changes nothing here: the senders share the member's lock then, each with its own message
    in hand, and each looks again for itself.
    """
    if event.state == State.EXHAUSTED:
        return
    cancellation.cancel_after(event, now=now)
    notices.tell_sinks_of(event, now=now)


@db.in_steps
def send_messages(*, now: datetime) -> int:
    """Hand over every message that is due. Each is decided at its own instant, which may be later than `now`."""
    return delivery.send_due()


@db.in_steps
def tell_sinks(*, now: datetime) -> int:
    """Tell the sinks what they must be told, again and again until they confirm."""
    return notices.deliver_due()


def forget_notices(*, now: datetime) -> int:
    """Notices, 90 days after they were confirmed."""
    return notices.forget_confirmed(now=now)


JOBS = (send_messages, tell_sinks, forget_notices)

EVERY_S = {"send_messages": 5, "tell_sinks": 5}
"""These wait for nobody: a message is due when it is due, and a sink has a bound."""

WATCHES = {"sinks": sinks.watch_sinks}
