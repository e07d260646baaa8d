"""Growing up, by the clock."""

from datetime import datetime

from app.family import queries
from app.family.age import come_of_age
from app.sql import db

BATCH = 50  # each member is locked until the batch ends, and somebody may want to withdraw


def let_come_of_age(*, now: datetime) -> int:
    """Let the parent's part lapse for members who have reached the age of consent; return how many members."""
    members = db.all_of(queries.come_of_age(now=now, limit=BATCH))
    for member in members:
        come_of_age(member_id=member.id, now=now)
    return len(members)


JOBS = (let_come_of_age,)
