"""What an approver reads, on the wire."""

import marshmallow as ma

from app.http.api import In, Out
from offers.planning.models import OfferStatus
from offers.planning.review.conflicts import ConflictCode

NUMBER = ma.validate.Range(1, 1_000_000)


class ConflictOut(Out):
    """One thing to know. `is_certain` is false where only a till will tell. `at` names some of the `stores`."""

    code = ma.fields.String(required=True, validate=ma.validate.OneOf([str(code) for code in ConflictCode]))
    text = ma.fields.String(required=True)
    is_certain = ma.fields.Boolean(required=True)
    offer_id = ma.fields.UUID(required=True, allow_none=True)
    title = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.String(
        required=True, allow_none=True, validate=ma.validate.OneOf([str(status) for status in OfferStatus])
    )
    stores = ma.fields.Integer(required=True)
    at = ma.fields.List(ma.fields.String(), required=True)
    first_day = ma.fields.Date(required=True, allow_none=True)
    last_day = ma.fields.Date(required=True, allow_none=True)


class ConflictsOut(Out):
    version = ma.fields.Integer(required=True)
    items = ma.fields.List(ma.fields.Nested(ConflictOut), required=True)
    more = ma.fields.Boolean(required=True)


class ComparedVersionsIn(In):
    """Unless said: the draft against the version in force."""

    old = ma.fields.Integer(load_default=None, data_key="from", validate=NUMBER)
    new = ma.fields.Integer(load_default=None, data_key="to", validate=NUMBER)


class DifferenceOut(Out):
    """A value that is another one; of a list, what is new in it and what is gone."""

    field = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    old = ma.fields.String(required=True, allow_none=True)
    new = ma.fields.String(required=True, allow_none=True)
    added = ma.fields.List(ma.fields.String(), required=True)
    removed = ma.fields.List(ma.fields.String(), required=True)
    text = ma.fields.String(required=True)


class ComparedVersionsOut(Out):
    old = ma.fields.Integer(required=True, allow_none=True, data_key="from")
    new = ma.fields.Integer(required=True, data_key="to")
    items = ma.fields.List(ma.fields.Nested(DifferenceOut), required=True)
