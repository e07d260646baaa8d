"""Background work of this room."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from app.sql import db
from app.sql.queues import work_through
from offers.planning.spending import queries, slots, spent_offers
from offers.planning.spending.slots import GroupKey

CROWDED = 2 * slots.SLOTS
"""So many slots of a group are more than it needs: returns, and what was kept and never sold, leave some."""

ALL_IN_ONE = 10**15


def note_spent(*, now: datetime) -> int:
    """Write down what has no money left, and what has some again: periods end, money comes back."""
    return spent_offers.note_spent(now=now)


@db.in_steps
def gather_money_slots(*, now: datetime) -> int:
    """Spread crowded groups anew, and leave of periods that are over one slot."""

    def waiting(most: int) -> Sequence[tuple[UUID, date, UUID, bool]]:
        return [tuple(row) for row in db.rows(queries.crowded_groups(now, most=CROWDED).limit(most))]

    def gather(group: tuple[UUID, date, UUID, bool]) -> int:
        budget_id, since, store_id, is_over = group
        key = GroupKey(budget_id, since, store_id)
        slots.resize_group(key, change=0, per=ALL_IN_ONE if is_over else 1, now=now)
        return 1

    return work_through(waiting, gather, what="offers.planning.spending.gather_money_slots", at_once=100)


JOBS = (note_spent, gather_money_slots)
