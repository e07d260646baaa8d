"""An administrator says for which areas and stores somebody plans."""

import uuid
from typing import Any

from app import clock
from app.errors import NotFound
from app.http.access import Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.staff.assignments import assigned_places, schemas
from app.staff.assignments.errors import PlacesForeign
from app.staff.assignments.models import StaffPlaces

blueprint = Blueprint("assignments", __name__, url_prefix="/v1/console", description="Where staff plan offers")

Body = dict[str, Any]


@blueprint.get("/users/<uuid:user_id>/places")
@only(Role.ADMIN, Role.AUDITOR)
@refuses(NotFound)
@blueprint.response(200, schemas.StaffPlacesOut)
def read_places_of(user_id: uuid.UUID) -> StaffPlaces:
    """For which areas and stores somebody plans; both empty for the whole brand."""
    return assigned_places.places_of(brand_id=brand_id(), user_id=user_id)


@blueprint.put("/users/<uuid:user_id>/places")
@only(Role.ADMIN)
@idempotent
@refuses(NotFound, PlacesForeign)
@blueprint.arguments(schemas.StaffPlacesIn)
@blueprint.response(200, schemas.StaffPlacesOut)
def assign_places(body: Body, user_id: uuid.UUID) -> StaffPlaces:
    """Let somebody change, approve and stop only offers that hold nowhere but at these areas and stores, and change
    nothing of other stores, or of any area.

    An area is not its stores: name each that they plan for. Both empty: the whole brand. Everybody reads everything.
    """
    by = principal().id
    return assigned_places.assign_places(brand_id=brand_id(), user_id=user_id, **body, by_id=by, now=clock.now())
