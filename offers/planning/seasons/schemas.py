"""Many offers at once, on the wire."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Out
from offers.planning.labels.schemas import TagField
from offers.planning.seasons.errors import ONE_CHOICE

DAYS = ma.validate.Range(-36_500, 36_500)


class OfferCopiesIn(In):
    """What to copy, `offer_ids` or all with a `tag`, and how many days later."""

    offer_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=500))
    tag = TagField(longest=40, allow_none=True, load_default=None)
    days = ma.fields.Integer(strict=True, required=True, validate=DAYS, metadata={"description": "364 keeps weekdays"})
    tags = ma.fields.List(
        TagField(longest=40),
        allow_none=True,
        load_default=None,
        validate=ma.validate.Length(max=20),
        metadata={"description": "Of the copies; null: those of the original"},
    )

    @ma.validates_schema
    def one_or_the_other(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data["offer_ids"]) == (data["tag"] is not None):
            raise ma.ValidationError({"tag": [ONE_CHOICE]})


class OfferCopyOut(Out):
    id = ma.fields.UUID(required=True)
    copy_of = ma.fields.UUID(required=True)


class OfferCopiesOut(Out):
    items = ma.fields.List(ma.fields.Nested(OfferCopyOut), required=True)


class OfferStopsIn(In):
    """All with a `tag`, or `brand: true`."""

    tag = TagField(longest=40, allow_none=True, load_default=None)
    brand = ma.fields.Boolean(truthy={True}, falsy={False}, load_default=False)

    @ma.validates_schema
    def one_or_the_other(self, data: dict[str, Any], **_: Any) -> None:
        if data["brand"] == (data["tag"] is not None):
            raise ma.ValidationError({"tag": [ONE_CHOICE]})


class OfferStopsOut(Out):
    stopped = ma.fields.List(ma.fields.UUID(), required=True)
    outside_your_places = ma.fields.Integer(required=True, metadata={"description": "Live elsewhere too: they go on"})
    more = ma.fields.Boolean(required=True, metadata={"description": "Not all went at once: call again"})
