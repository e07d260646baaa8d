"""What is learnt, and segments, on the wire. Shares are percent; days are those of the brand's calendar."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.accounts.models import BRAND_CODE_SHAPE
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from offers.learning.errors import RULE_VALUES
from offers.learning.scores import HALF_LIVES, Score
from offers.learning.segments.rules import KINDS
from wallet.purchases.models import Channel

PERCENT = ma.validate.Range(1, 99)
BOUND = ma.validate.Range(0, 1_000_000_000)
SEGMENT_CODE = Pattern(f"^{BRAND_CODE_SHAPE}$")
SCORES = ma.validate.OneOf([str(score) for score in Score])
NEEDED = {
    "percentile": ({"score"}, {"above", "up_to"}),
    "value": ({"score"}, {"at_least", "at_most"}),
    "bought": (set(), {"categories", "gtins", "skus"}),
    "not_bought": (set(), {"categories", "gtins", "skus"}),
    "last_visit": (set(), {"at_least", "at_most"}),
    "new": (set(), set()),
    "lapsed": (set(), set()),
    "channel": ({"channel", "above"}, set()),
}
"""By kind, the values that a rule has, and those of which it has one at least."""


def _texts(longest: int) -> ma.fields.Field[Any]:
    return ma.fields.List(LineField(longest=longest), validate=ma.validate.Length(1, 100))


class SegmentRuleIn(In):
    """A kind and its values: `percentile` (score, above, up_to), `value` (score, at_least, at_most), `bought` and
    `not_bought` (categories, gtins, skus), `last_visit` (at_least, at_most, in days), `channel` (channel, above),
    `new`, `lapsed`."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(KINDS)))
    score = ma.fields.String(validate=SCORES)
    above = ma.fields.Integer(strict=True, validate=PERCENT)
    up_to = ma.fields.Integer(strict=True, validate=PERCENT)
    at_least = ma.fields.Integer(strict=True, validate=BOUND)
    at_most = ma.fields.Integer(strict=True, validate=BOUND)
    categories = _texts(200)
    gtins = _texts(14)
    skus = _texts(64)
    channel = ma.fields.String(validate=ma.validate.OneOf([str(channel) for channel in Channel]))

    @ma.validates_schema
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        all_of, one_of = NEEDED[data["kind"]]
        given = data.keys() - {"kind"}
        if missing := sorted(all_of - given):
            raise ma.ValidationError({name: [complaints.MISSING] for name in missing})
        if given - all_of - one_of or (one_of and not given & one_of):
            raise ma.ValidationError([RULE_VALUES])
        if data["kind"] == "value" and data["score"] not in HALF_LIVES:
            raise ma.ValidationError({"score": [RULE_VALUES]})


class SegmentIn(In):
    """Who fits all of the rules, among the members who permit it."""

    code = ma.fields.String(required=True, validate=SEGMENT_CODE)
    rules = ma.fields.List(ma.fields.Nested(SegmentRuleIn), required=True, validate=ma.validate.Length(1, 10))


class SegmentRuleOut(Out):
    """A rule as it was asked: its kind, and the values of that kind."""

    kind = ma.fields.String(required=True)
    score = ma.fields.String()
    above = ma.fields.Integer()
    up_to = ma.fields.Integer()
    at_least = ma.fields.Integer()
    at_most = ma.fields.Integer()
    categories = ma.fields.List(ma.fields.String())
    gtins = ma.fields.List(ma.fields.String())
    skus = ma.fields.List(ma.fields.String())
    channel = ma.fields.String()


class SegmentOut(Out):
    """`members` is how many are in it now; null for fewer than five."""

    id = ma.fields.UUID(required=True, attribute="segment.id")
    code = ma.fields.String(required=True, attribute="segment.code")
    rules = ma.fields.List(ma.fields.Nested(SegmentRuleOut), required=True, attribute="segment.rules.all")
    members = ma.fields.Integer(required=True, allow_none=True)
    created_at = Instant(required=True, attribute="segment.created_at")
    ended_at = Instant(required=True, allow_none=True, attribute="segment.ended_at")


class SegmentsOut(Out):
    items = ma.fields.List(ma.fields.Nested(SegmentOut), required=True)


class LikedOut(Out):
    """`percent` is its share of all of its kind, as it counts today."""

    name = ma.fields.String(required=True)
    percent = ma.fields.Integer(required=True)


class ProfileOut(Out):
    """What a brand learnt of the member. Counts fade, so visits and amounts are less than they were."""

    brand = ma.fields.String(required=True)
    said = ma.fields.List(ma.fields.String(), required=True)
    permission_event_id = ma.fields.UUID(required=True)
    permitted_until = Instant(required=True, allow_none=True)
    learnt_from = ma.fields.Date(required=True, allow_none=True)
    articles = ma.fields.List(ma.fields.Nested(LikedOut), required=True)
    categories = ma.fields.List(ma.fields.Nested(LikedOut), required=True)
    stores = ma.fields.List(ma.fields.Nested(LikedOut), required=True)
    channels = ma.fields.List(ma.fields.Nested(LikedOut), required=True)
    visits = ma.fields.Float(required=True)
    spend_minor = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)
    last_visit_on = ma.fields.Date(required=True, allow_none=True)
    days_between_visits = ma.fields.Integer(required=True, allow_none=True)
    coupons_used_percent = ma.fields.Integer(required=True)
    offers_shown = ma.fields.Float(required=True)
