"""Scans on the wire."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField
from wallet.authenticity.models import ProofStanding
from wallet.authenticity.shown import LONGEST_SHOWN
from wallet.cards.models import NumberKind
from wallet.passes.models import CodeKind
from wallet.scanning.scans import PassReading, is_card


class ScanIn(In):
    """What was scanned or typed; spaces, dashes and lower case do not matter."""

    code = LineField(longest=LONGEST_SHOWN, required=True)
    kind = ma.fields.Enum(
        NumberKind,
        by_value=True,
        load_default=None,
        metadata={"description": "What was read, if it is no pass; a brand's own number may also be typed without"},
    )


class ScanOut(Out):
    """Whom the pass names, and no more about the person than the name they chose."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(CodeKind, by_value=True, required=True)
    code = ma.fields.String(required=True)
    display_name = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Null when the member holds no card of the brand"}
    )
    card_id = ma.fields.UUID(required=True, allow_none=True)
    coupon_id = ma.fields.UUID(required=True, allow_none=True)
    coupons_url = ma.fields.String(required=True, metadata={"description": "Where the member's usable coupons are"})
    scanned_at = Instant(required=True)
    standing = ma.fields.Enum(
        ProofStanding,
        by_value=True,
        required=True,
        metadata={"description": "What is to be thought of what was shown; only fresh and plain ones may spend"},
    )

    @ma.pre_dump
    def flat(self, reading: PassReading, **_: Any) -> dict[str, Any]:
        scan = reading.scan
        return {
            "id": scan.id,
            "kind": CodeKind(scan.kind),
            "code": reading.code,
            "display_name": reading.display_name,
            "card_id": reading.card_id,
            "coupon_id": None if is_card(scan) else scan.target_id,
            "coupons_url": f"/v1/scans/{scan.id}/coupons",
            "scanned_at": scan.scanned_at,
            "standing": ProofStanding(scan.standing),
        }
