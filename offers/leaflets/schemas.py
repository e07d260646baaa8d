"""The personal leaflet on the wire."""

import marshmallow as ma

from app.accounts.schemas import BRAND_CODE
from app.http.api import In, Out
from offers.planning.schemas import LocalText, OfferCardOut


class LeafletIn(In):
    """Whose offers, and at which store: where the member buys most, unless they name one."""

    brand = ma.fields.String(required=True, validate=BRAND_CODE)
    store = ma.fields.UUID(load_default=None)


class LeafletItemOut(Out):
    """One offer, why it is there, and the coupon that the member holds of it."""

    offer = ma.fields.Nested(OfferCardOut, required=True)
    coupon_code = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.Nested(LocalText, required=True)


class LeafletOut(Out):
    """The offers of a week, Monday to Sunday. `decision_id` explains them."""

    brand_name = ma.fields.String(required=True)
    store_id = ma.fields.UUID(required=True)
    store_name = ma.fields.String(required=True)
    first_day = ma.fields.Date(required=True)
    last_day = ma.fields.Date(required=True)
    decision_id = ma.fields.UUID(required=True)
    items = ma.fields.List(ma.fields.Nested(LeafletItemOut), required=True)
