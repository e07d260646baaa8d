"""The areas and stores that a console user plans for. Nothing assigned is the whole brand.

What is assigned is kept by name: an area that is no more stays assigned, so that nobody comes to plan for the whole
brand because something was closed.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete

from app import complaints
from app.accounts import console_users
from app.accounts.console_users import StaffAct
from app.errors import NotFound, Pointer
from app.sql import db
from app.staff.assignments import queries
from app.staff.assignments.errors import PlacesForeign
from app.staff.assignments.models import StaffPlaces
from app.staff.queries import user_of_brand


def find_places(*, user_id: uuid.UUID) -> StaffPlaces | None:
    """Where a console user may plan; None for the whole brand."""
    return db.get(StaffPlaces, user_id)


def places_of(*, brand_id: uuid.UUID, user_id: uuid.UUID) -> StaffPlaces:
    """Where somebody who works for a brand may plan; with nothing in it for the whole brand. Raises `NotFound`."""
    if db.first(user_of_brand(brand_id, user_id)) is None:
        raise NotFound
    return find_places(user_id=user_id) or StaffPlaces(user_id=user_id, areas=[], stores=[])


def assign_places(
    *,
    brand_id: uuid.UUID,
    user_id: uuid.UUID,
    areas: Sequence[uuid.UUID],
    stores: Sequence[uuid.UUID],
    by_id: uuid.UUID,
    now: datetime,
) -> StaffPlaces:
    """Let a user plan for these areas and stores, and for no others; for the whole brand where none is named. Twice
    is once.

    Raises `NotFound` for a user, `PlacesForeign` for areas and stores that the brand does not have.
    """
    user = db.first(db.locked(user_of_brand(brand_id, user_id)))
    if user is None:
        raise NotFound
    foreign = [
        *_foreign("areas", areas, queries.areas_among(brand_id, areas)),
        *_foreign("stores", stores, queries.stores_among(brand_id, stores)),
    ]
    if foreign:
        raise PlacesForeign(errors=foreign)
    known = find_places(user_id=user_id)
    assigned = StaffPlaces(user_id=user_id, areas=list(dict.fromkeys(areas)), stores=list(dict.fromkeys(stores)))
    before = (known.areas, known.stores) if known is not None else ([], [])
    if before == (assigned.areas, assigned.stores):
        return known or assigned
    db.execute(delete(StaffPlaces).where(StaffPlaces.user_id == user_id))
    console_users.note_staff_event(StaffAct.PLACES_ASSIGNED, user=user, by_id=by_id, now=now)
    return db.add(assigned) if areas or stores else assigned


def _foreign(name: str, ids: Collection[uuid.UUID], known: Select[uuid.UUID]) -> list[Pointer]:
    found = set(db.all_of(known)) if ids else set()
    return [Pointer(f"/{name}/{place}", complaints.NOT_OF_THE_BRAND) for place, id in enumerate(ids) if id not in found]
