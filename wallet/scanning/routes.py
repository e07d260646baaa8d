"""The till's side: scan a pass."""

import uuid
from typing import Any

from app import clock
from app.http.access import Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from wallet.authenticity.errors import CodeForged
from wallet.cards.errors import CardBlocked, CardUnknown, NumberTaken, NumberUnusable, TooManyNumbers
from wallet.cards.models import CardNumber
from wallet.cards.schemas import CardNumberIn, CardNumberOut
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown
from wallet.scanning import scans
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.schemas import ScanIn, ScanOut

blueprint = Blueprint("scanning", __name__, url_prefix="/v1", description="A terminal scans a pass")


@blueprint.post("/scans")
@only(Role.TERMINAL)
@idempotent
@refuses(PassUnknown, *NOT_A_CODE, CardBlocked, CardLost, CodeForged, NumberUnusable)
@blueprint.arguments(ScanIn)
@blueprint.response(201, ScanOut)
def scan_pass(shown: dict[str, Any]) -> Any:
    """Read a member's card or coupon, or what else stands for the card.

    Its code names the member, and says where their usable coupons are.
    """
    return scans.read_pass(
        **shown, brand_id=brand_id(), store_id=store_id(), terminal_id=principal().id, now=clock.now()
    )


@blueprint.get("/scans/<uuid:scan_id>")
@only(Role.TERMINAL)
@refuses(ScanUnknown)
@blueprint.response(200, ScanOut)
def read_scan(scan_id: uuid.UUID) -> Any:
    """A scan that a terminal of this store made; for a till that lost the answer."""
    return scans.look_again(scan_id=scan_id, brand_id=brand_id(), store_id=store_id(), now=clock.now())


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
