"""What comes back of a sale, on the wire. Money in minor units of the sale's currency; points as integers."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField as Text
from offers.checkout.errors import POSITION_REPEATED
from offers.checkout.models import Undoing
from offers.checkout.payment import schemas as payment
from offers.planning.schemas import LocalText

UNITS = ma.validate.Range(1, 100_000)
THOUSANDTHS = ma.validate.Range(1, 1_000_000_000)
POSITION = ma.validate.Range(1, 1_000)
MOST_LINES = 500


class ReturnedUnitsIn(In):
    """Units of a line; of what was weighed, a part of it, or all as one unit."""

    position = ma.fields.Integer(required=True, strict=True, validate=POSITION)
    quantity = ma.fields.Integer(strict=True, load_default=None, validate=UNITS)
    quantity_thousandths = ma.fields.Integer(strict=True, load_default=None, validate=THOUSANDTHS)

    @ma.validates_schema
    def counted(self, data: dict[str, Any], **_: Any) -> None:
        if data["quantity"] is None and data["quantity_thousandths"] is None:
            raise ma.ValidationError({"quantity": [complaints.MISSING]})


class SaleReturnIn(In):
    """`reference` is the till's own name of the return: sent again it is the same return."""

    reference = Text(longest=100, required=True)
    lines = ma.fields.List(ma.fields.Nested(ReturnedUnitsIn), required=True, validate=ma.validate.Length(1, MOST_LINES))

    @ma.validates_schema
    def positions(self, data: dict[str, Any], **_: Any) -> None:
        positions = [line["position"] for line in data["lines"]]
        if len(set(positions)) < len(positions):
            raise ma.ValidationError({"lines": [POSITION_REPEATED]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        weights = {line["position"]: line["quantity_thousandths"] for line in data["lines"]}
        weights = {position: many for position, many in weights.items() if many is not None}
        units = {line["position"]: line["quantity"] for line in data["lines"] if line["position"] not in weights}
        return {"reference": data["reference"], "units": units, "weights": weights}


class ReturnedUnitsOut(Out):
    position = ma.fields.Integer(required=True)
    quantity = ma.fields.Integer(required=True)
    quantity_thousandths = ma.fields.Integer(required=True, allow_none=True)


class SaleReturnOut(Out):
    """What came back at one time, and what that did not undo."""

    reference = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([str(kind) for kind in Undoing]))
    lines = ma.fields.List(ma.fields.Nested(ReturnedUnitsOut), required=True)
    refund_minor = ma.fields.Integer(required=True, metadata={"description": "With what goes back to gift cards"})
    manufacturer_minor = ma.fields.Integer(
        required=True,
        metadata={"description": "What coupons had paid of it: it goes back to their issuers, not in money"},
    )
    points_given_back = ma.fields.Integer(required=True)
    points_taken_back = ma.fields.Integer(required=True)
    money_given_back_minor = ma.fields.Integer(required=True, metadata={"description": "To the cagnotte"})
    money_taken_back_minor = ma.fields.Integer(required=True, metadata={"description": "From the cagnotte"})
    gift_cards = ma.fields.List(ma.fields.Nested(payment.GiftCardRefundOut), required=True)
    gift_cards_taken_back = ma.fields.List(
        ma.fields.Nested(payment.GiftCardRefundOut),
        required=True,
        metadata={"description": "That the sale had given, with what was still on them"},
    )
    coupons = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "That can be used again"})
    not_undone = ma.fields.List(ma.fields.Nested(LocalText), required=True)
    returned_at = Instant(required=True)
