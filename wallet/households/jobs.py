"""What of households ends by the clock."""

from datetime import datetime

from sqlalchemy import delete

from app.sql import db
from wallet.households.models import HouseholdInvitation


def forget_invitations(*, now: datetime) -> int:
    """Delete invitations whose day is over, accepted or not: who is in a household is said by their ties."""
    over = HouseholdInvitation.expires_at <= now
    gone = db.execute(delete(HouseholdInvitation).where(over).returning(HouseholdInvitation.id))
    return len(gone.all())


JOBS = (forget_invitations,)
