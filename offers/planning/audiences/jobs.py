"""What of audiences ends by the clock."""

from datetime import datetime

from sqlalchemy import delete

from app.sql import db
from offers.planning.audiences import queries
from offers.planning.audiences.models import Birthday


def forget_birthdays(*, now: datetime) -> int:
    """Delete birthdays whose permission ran out by itself."""
    gone = db.execute(delete(Birthday).where(queries.without_ground(now=now)).returning(Birthday.member_id))
    return len(gone.all())


JOBS = (forget_birthdays,)
