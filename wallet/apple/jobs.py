"""What the background does for Apple Wallet."""

from datetime import datetime

from app.sql import db
from wallet.apple import identities, phone_logs, pushes


@db.in_steps
def send_pushes(*, now: datetime) -> int:
    """Wake the phones on which a pass changed, each at its own instant, which may be later than `now`."""
    return pushes.send_due()


def forget_sentences(*, now: datetime) -> int:
    """What phones said went wrong, a month ago."""
    return phone_logs.forget_sentences(now=now)


JOBS = (send_pushes, forget_sentences)

EVERY_S = {"send_pushes": 3}

WATCHES = {"apple_certificates": identities.watch_certificates, "apple_pushes": pushes.watch_pushes}
"""Certificates end after a year; phones that are not woken show what was true yesterday."""
