"""Background work of this room."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from app.sql import db
from offers.planning import budgets, lifecycle
from offers.planning.models import BudgetSlot
from offers.planning.read_model import firings, sold_out

A_FEW_DAYS = timedelta(days=3)  # more than any zone's midnight can be apart


@db.in_steps
def end_offers(*, now: datetime) -> int:
    """End live offers whose window is over in all their stores."""
    return lifecycle.end_offers_that_are_over(now=now)


@db.in_steps
def extend_firings(*, now: datetime) -> int:
    """Write down when offers with a schedule fire in the days to come."""
    return firings.extend_firings(now=now)


def note_sold_out(*, now: datetime) -> int:
    """Write down what is sold out, for the claims that could not (a process that died after its commit)."""
    return sold_out.note_sold_out(now=now)


def forget_past_days(*, now: datetime) -> int:
    """Delete the daily budgets of days that are over everywhere."""
    past = BudgetSlot.day < (now - A_FEW_DAYS).date()
    gone = db.execute(delete(BudgetSlot).where(past, BudgetSlot.day != budgets.TOTAL).returning(BudgetSlot.slot))
    return len(gone.all())


JOBS = (end_offers, extend_firings, note_sold_out, forget_past_days)
