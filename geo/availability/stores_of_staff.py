"""For which stores somebody at the console may speak: those that are assigned to them, by name or by area.

A user without places of their own speaks for the whole brand, and a terminal, to which nothing is assigned, for its own
store, which its door sees to.
"""

import uuid
from collections.abc import Collection

from app.sql import db
from app.staff.assignments import assigned_places
from geo.availability.errors import StoresOutsideYours
from geo.places import queries


def require_stores(by: uuid.UUID, store_ids: Collection[uuid.UUID]) -> None:
    """Raise `StoresOutsideYours` unless whoever this is may speak for all of these stores."""
    mine = assigned_places.find_places(user_id=by)
    if mine is None:
        return
    others = set(store_ids).difference(mine.stores)
    for area_id in mine.areas if others else ():
        others.difference_update(db.all_of(queries.ids_in_area(area_id)))
    if others:
        raise StoresOutsideYours
