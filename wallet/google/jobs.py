"""What the background does for Google Wallet."""

from datetime import datetime

from app.sql import db
from wallet.google import delivery, rings, standing


@db.in_steps
def tell_google(*, now: datetime) -> int:
    """Tell Google what changed of the passes that members have there. Each step is at its own instant."""
    return delivery.tell_due()


@db.in_steps
def tell_classes(*, now: datetime) -> int:
    """Tell Google when the look of a brand's passes is a new one."""
    return delivery.tell_new_looks()


def forget_rings(*, now: datetime) -> int:
    """What rang more than a day ago."""
    return rings.forget_rings(now=now)


JOBS = (tell_google, tell_classes, forget_rings)

EVERY_S = {"tell_google": 2, "tell_classes": 30}
"""A member who wants a pass waits for the first; who draws a look wants to see it."""

WATCHES = {"google_wallet": standing.watch_google}
"""Late, refused, or barred."""
