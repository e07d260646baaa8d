"""Background work of this room."""

from datetime import datetime

from app.sql import db
from wallet.issued import revisions


@db.in_steps
def refresh_passes(*, now: datetime) -> int:
    """Give passes that say something new their next revision, and tell the wallets; return how many."""
    return revisions.refresh_passes(now=now)


JOBS = (refresh_passes,)
EVERY_S = {"refresh_passes": 2}
