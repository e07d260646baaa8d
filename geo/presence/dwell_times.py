"""After how long somebody is taken to stay in a store: a brand says so for all its stores, or for one."""

import uuid
from datetime import datetime

from app.sql import db
from geo.places.stores import the_store
from geo.presence.models import NOWHERE

SHORTEST, LONGEST = 1, 720
"""Minutes."""

SET = """
INSERT INTO dwell_time (brand_id, store_id, minutes, set_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (brand_id, store_id) DO UPDATE SET minutes = excluded.minutes, set_at = excluded.set_at
"""


def set_dwell_time(*, brand_id: uuid.UUID, store_id: uuid.UUID | None, minutes: int, now: datetime) -> None:
    """Say for one store, or without one for all of a brand, after how many minutes somebody stays. Raises
    `StoreUnknown`, or `ValueError` for fewer than `SHORTEST` or more than `LONGEST`."""
    if not SHORTEST <= minutes <= LONGEST:
        raise ValueError(f"from {SHORTEST} to {LONGEST} minutes")
    place = NOWHERE if store_id is None else the_store(brand_id=brand_id, store_id=store_id).id
    db.fetch(SET, [brand_id, place, minutes, now])
