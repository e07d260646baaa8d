"""Questions about visits."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from geo.presence.models import Visit

RECENT = timedelta(days=30)


def recent_visits(member_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> Select[Visit]:
    """A member's visits to a brand's stores in the last thirty days, the newest first."""
    return (
        select(Visit)
        .where(Visit.member_id == member_id, Visit.brand_id == brand_id, Visit.day >= (now - RECENT).date())
        .order_by(Visit.day.desc(), Visit.id.desc())
    )
