"""The till's side: scan a pass."""

import uuid
from typing import Any

from app import clock
from app.accounts.access import Role, brand_id, only, principal, store_id
from app.api import Blueprint, refuses
from app.idempotency import idempotent
from wallet.cards.errors import CardBlocked
from wallet.passes.errors import CodeMistyped, PassUnknown
from wallet.scanning import scanning
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.schemas import ScanIn, ScanOut

blueprint = Blueprint("scanning", __name__, url_prefix="/v1", description="A terminal scans a pass")


@blueprint.post("/scans")
@only(Role.TERMINAL)
@idempotent
@refuses(PassUnknown, CodeMistyped, CardBlocked)
@blueprint.arguments(ScanIn)
@blueprint.response(201, ScanOut)
def scan_pass(shown: dict[str, Any]) -> Any:
    """Read a member's card or coupon: its code names the member, and says where their usable coupons are."""
    return scanning.read_pass(
        code=shown["code"], brand_id=brand_id(), store_id=store_id(), terminal_id=principal().id, now=clock.now()
    )


@blueprint.get("/scans/<uuid:scan_id>")
@only(Role.TERMINAL)
@refuses(ScanUnknown)
@blueprint.response(200, ScanOut)
def read_scan(scan_id: uuid.UUID) -> Any:
    """A scan that a terminal of this brand made; for a till that lost the answer."""
    return scanning.look_again(scan_id=scan_id, brand_id=brand_id(), now=clock.now())
