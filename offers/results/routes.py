"""The console reads what an offer brought."""

import uuid
from typing import Any

from app.http.access import CONSOLE_ROLES, brand_id, only
from app.http.api import Blueprint, refuses
from offers.planning.errors import OfferUnknown
from offers.results import outcome, schemas
from offers.results.errors import ResultsTooLong

blueprint = Blueprint("results", __name__, url_prefix="/v1", description="What an offer brought")


@blueprint.get("/offers/<uuid:offer_id>/results")
@only(*CONSOLE_ROLES)
@refuses(OfferUnknown, ResultsTooLong)
@blueprint.arguments(schemas.ResultsIn, location="query")
@blueprint.response(200, schemas.ResultsOut)
def show_results(asked: dict[str, Any], offer_id: uuid.UUID) -> dict[str, Any]:
    """What an offer brought, by day and store: shown, claimed, redeemed, sales with and without it, what it gave.

    What was shown is counted some minutes later.
    """
    days = {"first": asked["first_day"], "last": asked["last_day"]}
    return outcome.read_results(brand_id=brand_id(), offer_id=offer_id, store_id=asked["store_id"], **days)
