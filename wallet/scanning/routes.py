"""The till's side: what was read after a card stands for it. Passes are read at the door of `offers.tills`."""

import uuid
from typing import Any

from app import clock
from app.http.access import Role, brand_id, only, store_id
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from wallet.cards.errors import CardUnknown, NumberTaken, NumberUnusable, TooManyNumbers
from wallet.cards.models import CardNumber
from wallet.cards.schemas import CardNumberIn, CardNumberOut
from wallet.scanning import scans
from wallet.scanning.errors import ScanUnknown

blueprint = Blueprint("scanning", __name__, url_prefix="/v1", description="A terminal scans a pass")


@blueprint.post("/scans/<uuid:scan_id>/card-numbers")
@only(Role.TERMINAL)
@idempotent
@refuses(ScanUnknown, CardUnknown, NumberUnusable, NumberTaken, TooManyNumbers)
@blueprint.arguments(CardNumberIn)
@blueprint.response(201, CardNumberOut)
def link_card_number(read: dict[str, Any], scan_id: uuid.UUID) -> CardNumber:
    """Let a tag, a transit pass or an old card of the brand stand for the card that was just read.

    Whoever shows both at a till holds both: that is the proof, so an app cannot do this alone.
    """
    return scans.link_number(scan_id=scan_id, brand_id=brand_id(), store_id=store_id(), **read, now=clock.now())
