"""What the background does about messages of Google."""

from datetime import datetime

from wallet.google.callbacks import events


def forget_nonces(*, now: datetime) -> int:
    """Nonces of messages that would be refused by their age."""
    return events.forget_nonces(now=now)


JOBS = (forget_nonces,)
