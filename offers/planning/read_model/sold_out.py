"""What is sold out, for the read model: no claim, and no offer "near me", starts for what has nothing left.

A budget grows again by a new version, which publishes the offer anew, and by units that a till gives back, after which
it is looked at again. So an empty budget that is committed is a fact, and writing it down needs no lock: where a till
gave back in the same moment, the job sees it at its next turn.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, text

from app import clock
from app.accounts.models import Brand
from app.sql import db

NEARLY = 256
"""From so few units on, a claim looks after its commit whether it took the last one. More than claims under way at a
time, because those do not see each other."""

NOTE_SOLD_OUT = text(
    """
    UPDATE live_offer AS noted SET sold_out_until = known.until
    FROM (
        SELECT live.offer_number,
            CASE
                WHEN (SELECT sum(remaining) = 0 FROM budget_slot
                      WHERE offer_id = live.offer_id AND day = DATE '0001-01-01') THEN 'infinity'::timestamptz
                WHEN (SELECT sum(remaining) = 0 FROM budget_slot
                      WHERE offer_id = live.offer_id AND day = calendar.day) THEN calendar.midnight
            END AS until
        FROM live_offer AS live
        JOIN brand ON brand.id = live.brand_id
        JOIN unnest(CAST(:zones AS text[]), CAST(:days AS date[]), CAST(:midnights AS timestamptz[]))
            AS calendar(zone, day, midnight) ON calendar.zone = brand.time_zone
        WHERE CAST(:offer_id AS uuid) IS NULL OR live.offer_id = :offer_id
    ) AS known
    WHERE noted.offer_number = known.offer_number AND noted.sold_out_until IS DISTINCT FROM known.until
    RETURNING noted.offer_number
    """
)


def note_sold_out(*, now: datetime, offer_id: uuid.UUID | None = None) -> int:
    """Write down until when live offers (or this one) are sold out; returns how many changed.

    The end is the next midnight in the brand's zone for a daily limit, and never for the total.
    """
    zones = db.all_of(select(Brand.time_zone).distinct())
    days = [clock.day_of(now, zone) for zone in zones]
    midnights = [clock.start_of(day + timedelta(days=1), zone) for day, zone in zip(days, zones, strict=True)]
    found = db.execute(
        NOTE_SOLD_OUT, {"zones": list(zones), "days": days, "midnights": midnights, "offer_id": offer_id}
    )
    return len(found.all())


def note_after_commit(*, offer_id: uuid.UUID, now: datetime) -> None:
    """Once the running transaction has committed, look whether it took the last unit.

    Only then are all claims visible; and no claim waits for a row that all of them share.
    """

    def look() -> None:
        with db.transaction():
            note_sold_out(now=now, offer_id=offer_id)

    db.after_commit(look)
