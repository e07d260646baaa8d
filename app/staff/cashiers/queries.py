"""Questions about cashiers."""

import uuid
from datetime import datetime

from sqlalchemy import Select, select

from app.sql.store_tables import STORE
from app.staff.cashiers.models import Cashier

HERE = "SELECT 1 FROM cashier WHERE id = $1 AND store_id = $2 AND dismissed_at IS NULL"
"""Whether somebody works in a store."""


def cashiers_of(brand_id: uuid.UUID) -> Select[Cashier]:
    """Who works or worked at the tills of a brand."""
    return select(Cashier).where(Cashier.brand_id == brand_id)


def cashier_at(store_id: uuid.UUID, number: str) -> Select[Cashier]:
    """Who has this number in a store."""
    return select(Cashier).where(Cashier.store_id == store_id, Cashier.number == number, Cashier.dismissed_at.is_(None))


def store_of_brand(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[uuid.UUID]:
    """A store, if it is the brand's."""
    return select(STORE.c.id).where(STORE.c.brand_id == brand_id, STORE.c.id == store_id)


def named_and_gone(before: datetime) -> Select[Cashier]:
    """Who left before an instant and still has a name here."""
    return select(Cashier).where(Cashier.dismissed_at <= before, Cashier.name != "")
