"""Results on the wire. Money in minor units of `currency`."""

from datetime import date
from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Out
from app.http.fields import Counts

IN_TIME = ma.validate.Range(date(2000, 1, 1), date(2199, 12, 31))


class DaysIn(In):
    """Two days on the brand's calendar, both included."""

    first_day = ma.fields.Date(required=True, validate=IN_TIME)
    last_day = ma.fields.Date(required=True, validate=IN_TIME)

    @ma.validates_schema
    def window(self, data: dict[str, Any], **_: Any) -> None:
        if data["first_day"] > data["last_day"]:
            raise ma.ValidationError({"last_day": [complaints.END_BEFORE_START]})


class ResultsIn(DaysIn):
    """Some days, perhaps at one store."""

    store_id = ma.fields.UUID(load_default=None)


class RedemptionFileIn(DaysIn):
    """Some days, perhaps of one offer."""

    offer_id = ma.fields.UUID(load_default=None)


class ResultOut(Out):
    """Exact, as tills and the ledger have it; but `shown` and `refusals` (why it was not) only where five members or
    more stand behind a number."""

    shown = ma.fields.Integer(required=True, allow_none=True)
    claimed = ma.fields.Integer(required=True)
    redeemed = ma.fields.Integer(required=True)
    sales_with = ma.fields.Integer(required=True)
    sales_without = ma.fields.Integer(required=True)
    payable_with_minor = ma.fields.Integer(required=True)
    payable_without_minor = ma.fields.Integer(required=True)
    off_minor = ma.fields.Integer(required=True)
    points = ma.fields.Integer(required=True)
    money_given_minor = ma.fields.Integer(required=True, metadata={"description": "Into cagnottes, and on gift cards"})
    refusals = Counts(required=True)


class DailyResultOut(ResultOut):
    day = ma.fields.Date(required=True)
    store_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Null: claims, made nowhere"})


class ResultsOut(Out):
    currency = ma.fields.String(required=True)
    items = ma.fields.List(ma.fields.Nested(DailyResultOut), required=True)
    totals = ma.fields.Nested(ResultOut, required=True)
