"""Growing up, by the clock."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from app.family import queries
from app.family.age import come_of_age
from app.sql import db
from app.sql.queues import work_through

AT_ONCE = 50


@db.in_steps
def let_come_of_age(*, now: datetime) -> int:
    """Let the parent's part lapse for members who have reached the age of consent; return how many members."""

    def waiting(most: int) -> Sequence[uuid.UUID]:
        return [member.id for member in db.all_of(queries.come_of_age(now=now, limit=most))]

    def grow_up(member_id: uuid.UUID) -> int:
        come_of_age(member_id=member_id, now=now)
        return 1

    return work_through(waiting, grow_up, what="app.family.let_come_of_age", at_once=AT_ONCE)


JOBS = (let_come_of_age,)
