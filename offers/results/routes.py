"""The console reads what an offer brought."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only
from app.http.api import Blueprint, refuses
from offers.planning.errors import OfferUnknown
from offers.results import outcome, redemption_file, schemas
from offers.results.errors import ExportTooLarge, ResultsTooLong

blueprint = Blueprint("results", __name__, url_prefix="/v1", description="What an offer brought")


@blueprint.get("/redemptions.csv")
@only(Role.AUDITOR, Role.ADMIN)
@refuses(ResultsTooLong, ExportTooLarge)
@blueprint.arguments(schemas.RedemptionFileIn, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def export_redemptions(asked: dict[str, Any]) -> Response:
    """Uses of coupons with their sales, as CSV, at most 50,000. Each member reads that staff looked."""
    days = {"first": asked["first_day"], "last": asked["last_day"]}
    written = redemption_file.write_redemptions(
        brand_id=brand_id(), offer_id=asked["offer_id"], **days, now=clock.now()
    )
    headers = {"Content-Disposition": 'attachment; filename="redemptions.csv"', "Cache-Control": "no-store"}
    return Response(written, content_type="text/csv; charset=utf-8", headers=headers)


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
