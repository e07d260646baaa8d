"""Doors of "not this": hide an offer, show it again."""

import uuid
from collections.abc import Sequence

from app import clock
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from offers.deciding.dismissals import dismissals
from offers.deciding.dismissals.models import OfferDismissal
from offers.deciding.dismissals.schemas import DismissalOut, DismissalsOut
from offers.planning.errors import OfferUnknown

blueprint = Blueprint("dismissals", __name__, url_prefix="/v1", description="Offers that a member does not want to see")


@blueprint.post("/offers/<uuid:offer_id>/dismissal")
@only(Role.MEMBER)
@idempotent
@refuses(OfferUnknown)
@blueprint.response(200, DismissalOut)
def dismiss_offer(offer_id: uuid.UUID) -> OfferDismissal:
    """Not this: never show me this offer again, near me, in my wallet or at a till. A coupon of it stays mine."""
    return dismissals.dismiss_offer(member_id=member_id(), offer_id=offer_id, now=clock.now())


@blueprint.delete("/offers/<uuid:offer_id>/dismissal")
@only(Role.MEMBER)
@idempotent
@blueprint.response(204)
def undo_dismissal(offer_id: uuid.UUID) -> None:
    """Show me this offer again."""
    dismissals.undo_dismissal(member_id=member_id(), offer_id=offer_id)


@blueprint.get("/offer-dismissals")
@only(Role.MEMBER)
@blueprint.response(200, DismissalsOut)
def list_dismissals() -> dict[str, Sequence[OfferDismissal]]:
    """The offers that I do not want to see, the last first."""
    return {"items": dismissals.hidden_offers(member_id=member_id())}
