"""Questions about what a brand has to assign."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select

from app.sql.store_tables import AREA, STORE


def areas_among(brand_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these ids are areas of the brand."""
    return select(AREA.c.id).where(AREA.c.brand_id == brand_id, AREA.c.id.in_(ids))


def stores_among(brand_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these ids are stores of the brand."""
    return select(STORE.c.id).where(STORE.c.brand_id == brand_id, STORE.c.id.in_(ids))
