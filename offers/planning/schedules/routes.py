"""Merchandisers see when an offer will fire at a store, before it does."""

import uuid
from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, brand_id, only
from app.http.api import Blueprint, refuses
from app.http.problems import language
from geo.places.errors import StoreUnknown
from offers.planning.errors import OfferUnknown
from offers.planning.schedules import outlook, schemas

blueprint = Blueprint("schedules", __name__, url_prefix="/v1", description="When offers fire")


@blueprint.get("/offers/<uuid:offer_id>/firings")
@only(*CONSOLE_ROLES)
@refuses(OfferUnknown, StoreUnknown)
@blueprint.arguments(schemas.FiringsIn, location="query")
@blueprint.response(200, schemas.FiringsOut)
def list_firings(asked: dict[str, Any], offer_id: uuid.UUID) -> dict[str, Any]:
    """The next five firings of an offer at a store, on its clock, and what changes of the clocks do to them."""
    whose = {"brand_id": brand_id(), "offer_id": offer_id, "store_id": asked["store"]}
    found = outlook.foresee_offer(**whose, live_first=asked["of"] == "live", now=clock.now())
    return outlook.outlook_card(found, language=language())
