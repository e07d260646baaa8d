"""Background work of this room."""

from datetime import datetime

from app.sql import db
from app.sql.queues import work_through
from offers.pass_facts import places_shown, queries

AT_ONCE = 200


@db.in_steps
def look_for_places(*, now: datetime) -> int:
    """Work out again where passes show themselves, those whose permission changed first; return how many changed."""
    return work_through(
        lambda most: [(row.member_id, row.pass_id) for row in db.rows(queries.places_due(now=now, most=most))],
        lambda key: places_shown.look_again(member_id=key[0], pass_id=key[1], now=now),
        what="offers.pass_facts.look_for_places",
        at_once=AT_ONCE,
    )


def end_coupon_passes(*, now: datetime) -> int:
    """End the passes of coupons that are not kept any more; return how many."""
    return len(db.fetch(queries.END_GONE, [now]))


JOBS = (look_for_places, end_coupon_passes)
EVERY_S = {"look_for_places": 5, "end_coupon_passes": 86_400}
