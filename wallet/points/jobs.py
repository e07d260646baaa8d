"""Background work of this room."""

from datetime import datetime

from app.sql import db
from wallet.ledger import settlement


@db.in_steps
def settle_points(*, now: datetime) -> int:
    """End holds, activate what waited, expire what is over, for everybody whom no verb looked at meanwhile.

    In batches, each a transaction of its own; two processes at once share the work. Late or twice gives the same.
    """
    settled = 0
    while True:
        with db.system_transaction():
            some = settlement.settle_some(now=now)
        settled += some
        if some < settlement.BATCH:
            return settled


JOBS = (settle_points,)
EVERY_S = {"settle_points": 300}
