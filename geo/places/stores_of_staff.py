"""For which stores somebody at the console may speak: those that are assigned to them, by name or by area.

A user without places of their own speaks for the whole brand, and a terminal, to which nothing is assigned, for its own
store, which its door sees to.
"""

import uuid
from collections.abc import Collection

from app.sql import db
from app.staff.assignments import assigned_places
from geo.places import queries
from geo.places.errors import StoreNotAssigned


def speaks_for(by: uuid.UUID | None, store_ids: Collection[uuid.UUID | None]) -> bool:
    """Whether whoever this is may speak for all of these stores; None among them is the whole brand. Nobody (a command)
    is not asked."""
    mine = assigned_places.find_places(user_id=by) if by is not None else None
    if mine is None:
        return True
    others = set(store_ids).difference(mine.stores)
    for area_id in mine.areas if others else ():
        others.difference_update(db.all_of(queries.ids_in_area(area_id)))
    return not others


def require_assigned(by: uuid.UUID | None, *store_ids: uuid.UUID | None) -> None:
    """Raise `StoreNotAssigned` unless this console user may speak for these stores; None is the whole brand."""
    if not speaks_for(by, store_ids):
        raise StoreNotAssigned
