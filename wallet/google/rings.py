"""What may ring: three times a day for one pass, changes and messages together, and never without permission.

Google bears as many ("Trigger push notifications": three in 24 hours, of both kinds) and answers a fourth with a quota;
so it is counted here, before anything is sent.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.sql import db
from wallet.google import queries

MOST = 3
DAY = timedelta(hours=24)


class WantedRing(NamedTuple):
    """Something that would ring: of which pass, and what it tells of."""

    member_id: uuid.UUID
    pass_id: uuid.UUID
    about: str


def reserve_rings(wanted: Sequence[WantedRing], *, now: datetime) -> set[uuid.UUID]:
    """The passes that may ring now for this; it counts from now on, whether it will be heard or not.

    Asked again about the same it is the same ring.
    """
    if not wanted:
        return set()
    columns = [list(each) for each in zip(*wanted, strict=True)]
    return {pass_id for (pass_id,) in db.fetch(queries.RESERVE_RINGS, [*columns, now, now - DAY, MOST])}


def forget_rings(*, now: datetime) -> int:
    """Delete what rang longer ago than counts."""
    statement, values = queries.forgotten_rings(now - DAY)
    return len(db.fetch(statement, values))
