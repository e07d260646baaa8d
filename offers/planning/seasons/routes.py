"""The console acts on many offers at once."""

from typing import Any

from app import clock
from app.http.access import Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from offers.planning.errors import OfferUnknown, OutsideYourPlaces
from offers.planning.seasons import copies, schemas, stops
from offers.planning.seasons.errors import CopiedOutOfTime, SeasonTooLarge

blueprint = Blueprint("seasons", __name__, url_prefix="/v1", description="Many offers at once")


@blueprint.post("/offers/copies")
@only(Role.MERCHANDISER)
@idempotent
@refuses(OfferUnknown, OutsideYourPlaces, SeasonTooLarge, CopiedOutOfTime)
@blueprint.arguments(schemas.OfferCopiesIn)
@blueprint.response(201, schemas.OfferCopiesOut)
def copy_offers(asked: dict[str, Any]) -> dict[str, Any]:
    """Copy offers as drafts, so many days later: all of them or, when one is refused, none."""
    return {"items": copies.copy_offers(brand_id=brand_id(), by=principal().id, now=clock.now(), **asked)}


@blueprint.post("/offers/stops")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@blueprint.arguments(schemas.OfferStopsIn)
@blueprint.response(200, schemas.OfferStopsOut)
def stop_offers(asked: dict[str, Any]) -> stops.StoppedOffers:
    """Pause every live offer with a tag, or of the brand, in one call. No `If-Match`: stopping never waits."""
    return stops.stop_offers(brand_id=brand_id(), tag=asked["tag"], by=principal().id, now=clock.now())
