"""Background work of triggers: after a day their when and where is that of a visit, after a month they are gone."""

from datetime import datetime, timedelta

from app.data_map import RETENTION, DataClass
from app.sql import db
from offers.triggers import queries

AT_ONCE = 5_000


def coarsen_triggers(*, now: datetime) -> int:
    """Leave the store and the day of triggers of more than a day ago; returns of how many."""
    return len(db.fetch(queries.COARSEN, [now - _kept(DataClass.SIGHTING), AT_ONCE]))


def forget_triggers(*, now: datetime) -> int:
    """Delete triggers as long after their day as visits are; returns how many."""
    return len(db.fetch(queries.FORGET, [(now - _kept(DataClass.VISIT)).date(), AT_ONCE]))


def _kept(data_class: DataClass) -> timedelta:
    return RETENTION[data_class].live or timedelta()


JOBS = (coarsen_triggers, forget_triggers)
