"""What a brand calls its offers, and what it asks of their list, on the wire."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Out
from app.http.fields import LineField
from app.http.pagination import PageIn
from offers.benefits.registry import KINDS
from offers.planning.labels.label import Label
from offers.planning.models import OfferStatus

STATUSES = ma.validate.OneOf([str(status) for status in OfferStatus])


class TagField(LineField):
    """A tag, which is the same in large and small letters."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).lower()


class OfferLabelIn(In):
    """The brand's own words for an offer, which no member reads."""

    name = LineField(longest=120, shortest=0, load_default="")
    tags = ma.fields.List(TagField(longest=40), load_default=list, validate=ma.validate.Length(max=20))

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Label:
        return Label(data["name"], sorted(set(data["tags"])))


class OfferLabelOut(Out):
    name = ma.fields.String(required=True)
    tags = ma.fields.List(ma.fields.String(), required=True)


class OffersIn(PageIn):
    """Which offers: all that is asked must hold of the version in force, or of the draft."""

    status = ma.fields.String(load_default=None, validate=STATUSES)
    search = LineField(
        longest=120,
        load_default=None,
        metadata={"description": "Beginnings of words: name, tags, titles, articles; the number. Accents do not count"},
    )
    tag = TagField(longest=40, load_default=None)
    kind = ma.fields.String(load_default=None, validate=ma.validate.OneOf(list(KINDS)))
    day = ma.fields.Date(load_default=None, metadata={"description": "Its window has a part of this day"})
    store_id = ma.fields.UUID(load_default=None)
