"""Forgetting links and answers whose time is over. Each job returns how many rows it deleted."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, delete

from app.sql import db
from app.staff.models import PasswordTicket, SpentChallenge

TICKETS_KEPT = timedelta(days=30)  # long enough to ask "who was sent what"


def forget_tickets(*, now: datetime) -> int:
    """Links by which a password is chosen, 30 days after their end."""
    return _count(delete(PasswordTicket).where(PasswordTicket.expires_at <= now - TICKETS_KEPT))


def forget_challenges(*, now: datetime) -> int:
    """Questions to passkeys that nobody could answer any more."""
    return _count(delete(SpentChallenge).where(SpentChallenge.expires_at <= now))


def _count(statement: Delete) -> int:
    result: Any = db.execute(statement)
    return int(result.rowcount)


JOBS = (forget_tickets, forget_challenges)
