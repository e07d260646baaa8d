"""What the background does about messages and sinks."""

from datetime import datetime

from app.messages import delivery, notices, sinks
from app.sql import db


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
