"""Gestures on the wire. Days are of the store's calendar, both ends included; points and coupons are counts."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Prose
from app.http.pagination import PageIn, PageOut
from offers.gestures.budgets import Amounts
from offers.gestures.errors import POINTS_OR_COUPON
from offers.gestures.models import Gesture, GestureKind
from offers.gestures.presents import Present

COUNT = ma.validate.Range(0, 1_000_000_000)
LIMIT = ma.validate.Range(1, 1_000_000)
KINDS = ma.validate.OneOf([str(kind) for kind in GestureKind])


class GestureGiverIn(In):
    """Who may give, where. `own_card`: the code of their own card with the brand, which they can then never give to."""

    store_id = ma.fields.UUID(required=True)
    name = LineField(longest=60, required=True, metadata={"description": "As members read it: a first name will do"})
    manager = ma.fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    own_card = LineField(longest=64, load_default=None)


class GestureGiverOut(Out):
    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    manager = ma.fields.Boolean(required=True)
    created_at = Instant(required=True)
    dismissed_at = Instant(required=True, allow_none=True)


class GestureBadgeOut(Out):
    """`badge` is shown this once: print it as a barcode, or write it down."""

    giver = ma.fields.Nested(GestureGiverOut, required=True)
    badge = ma.fields.String(required=True)


class GestureGiversOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GestureGiverOut), required=True)


class GestureAmountsIn(In):
    """What may be given in all, and by one gesture, to one member, by one person in a day."""

    points = ma.fields.Integer(strict=True, load_default=0, validate=COUNT)
    coupons = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 1_000_000))
    most_points = ma.fields.Integer(strict=True, load_default=100, validate=LIMIT)
    most_points_of_manager = ma.fields.Integer(strict=True, load_default=500, validate=LIMIT)
    per_member = ma.fields.Integer(strict=True, load_default=2, validate=LIMIT)
    per_giver_a_day = ma.fields.Integer(strict=True, load_default=10, validate=LIMIT)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Amounts:
        return Amounts(**data)


class GestureBudgetIn(In):
    store_id = ma.fields.UUID(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True, metadata={"description": "Included"})
    currency_id = ma.fields.UUID(load_default=None, metadata={"description": "What the points are; needed for points"})
    amounts = ma.fields.Nested(GestureAmountsIn, required=True)

    @ma.validates_schema
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        if data["starts_on"] > data["ends_on"]:
            raise ma.ValidationError({"ends_on": [complaints.END_BEFORE_START]})
        if data["amounts"].points and data["currency_id"] is None:
            raise ma.ValidationError({"currency_id": [complaints.MISSING]})


class GestureBudgetOut(Out):
    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)
    currency_id = ma.fields.UUID(required=True, allow_none=True)
    points = ma.fields.Integer(required=True)
    points_left = ma.fields.Integer(required=True)
    coupons = ma.fields.Integer(required=True)
    coupons_left = ma.fields.Integer(required=True)
    most_points = ma.fields.Integer(required=True)
    most_points_of_manager = ma.fields.Integer(required=True)
    per_member = ma.fields.Integer(required=True)
    per_giver_a_day = ma.fields.Integer(required=True)
    revision = ma.fields.Integer(required=True, metadata={"description": "The number in the ETag"})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class GestureBudgetsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GestureBudgetOut), required=True)


class OfStoreIn(PageIn):
    store_id = ma.fields.UUID(load_default=None)


class GestureIn(In):
    """What to give to the person of a scan: either `points`, or a coupon of the offer `offer_id`."""

    scan_id = ma.fields.UUID(required=True)
    badge = LineField(longest=64, required=True)
    words = Prose(longest=280, shortest=3, required=True, metadata={"description": "Why; the member reads it"})
    points = ma.fields.Integer(strict=True, validate=LIMIT)
    offer_id = ma.fields.UUID()

    @ma.validates_schema
    def one_present(self, data: dict[str, Any], **_: Any) -> None:
        if ("points" in data) == ("offer_id" in data):
            raise ma.ValidationError([POINTS_OR_COUPON])

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        present = Present(points=data.pop("points", None), offer_id=data.pop("offer_id", None))
        return data | {"present": present}


class GestureOut(Out):
    """An attention: from whom, where, what, and why in their own words."""

    id = ma.fields.UUID(required=True)
    brand = ma.fields.String(required=True, metadata={"description": "Code of the brand"})
    store = ma.fields.String(required=True)
    giver = ma.fields.String(required=True)
    words = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=KINDS)
    points = ma.fields.Integer(required=True, allow_none=True)
    currency_id = ma.fields.UUID(required=True, allow_none=True)
    coupon_id = ma.fields.UUID(required=True, allow_none=True)
    given_at = Instant(required=True)

    @ma.pre_dump
    def flat(self, gesture: Gesture, **_: Any) -> dict[str, Any]:
        same = ("id", "words", "kind", "points", "currency_id", "coupon_id", "given_at")
        names = {"brand": gesture.brand.code, "store": gesture.store.name, "giver": gesture.giver.name}
        return {name: getattr(gesture, name) for name in same} | names


class GesturesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GestureOut), required=True)


class GestureRecordOut(Out):
    """A gesture with what an audit needs: the card, who gave, at which till, out of which budget."""

    gesture = ma.fields.Nested(GestureOut, required=True)
    card_id = ma.fields.UUID(required=True, allow_none=True)
    giver_id = ma.fields.UUID(required=True, attribute="gesture.giver_id")
    terminal_id = ma.fields.UUID(required=True, attribute="gesture.terminal_id")
    budget_id = ma.fields.UUID(required=True, attribute="gesture.budget_id")


class GestureRecordsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(GestureRecordOut), required=True)
