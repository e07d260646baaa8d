"""Background work of this room."""

from datetime import datetime

from app.logs import log
from app.sql import db
from wallet.ledger import settlement


@db.in_steps
def settle_points(*, now: datetime) -> int:
    """End holds, activate what waited, expire what is over, for everybody whom no verb looked at meanwhile.

    In batches, each a transaction of its own; two processes at once share the work. Late or twice gives the same. When
    a batch fails, what is due is settled one balance after the other: one that cannot be keeps no other waiting.
    """
    settled = 0
    while True:
        try:
            with db.system_transaction():
                some = settlement.settle_some(now=now)
        except Exception as error:  # which balance it is, the queue finds out and tells
            log.warning("points_settled_singly", error=type(error).__name__)
            return settled + settlement.settle_singly(now=now)
        settled += some
        if some < settlement.BATCH:
            return settled


JOBS = (settle_points,)
EVERY_S = {"settle_points": 300}
