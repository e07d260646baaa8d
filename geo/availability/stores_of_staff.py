"""For which stores somebody at the console may say what they have and what happens there."""

import uuid
from collections.abc import Collection

from geo.availability.errors import StoresOutsideYours
from geo.places.stores_of_staff import speaks_for


def require_stores(by: uuid.UUID, store_ids: Collection[uuid.UUID]) -> None:
    """Raise `StoresOutsideYours` unless whoever this is may speak for all of these stores."""
    if not speaks_for(by, store_ids):
        raise StoresOutsideYours
