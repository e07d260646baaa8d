"""Background work: the models of what members will still bring are fitted anew."""

from datetime import datetime

from app.sql import db
from offers.learning.values import brand_values


@db.in_steps
def refit_values(*, now: datetime) -> int:
    """Fit the model of each brand anew; return for how many brands there is one."""
    return brand_values.refit_values(now=now)


JOBS = (refit_values,)
EVERY_S = {"refit_values": 86_400}
