"""What of employments ends by the clock."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from app.data_map import RETENTION, DataClass
from app.sql import db
from wallet.employment.models import Employment


def forget_employments(*, now: datetime) -> int:
    """Delete those that ended longer ago than they are kept."""
    kept = RETENTION[DataClass.EMPLOYMENT].live or timedelta()
    over = Employment.last_day < (now - kept).astimezone(UTC).date()
    return len(db.execute(delete(Employment).where(over).returning(Employment.id)).all())


JOBS = (forget_employments,)
