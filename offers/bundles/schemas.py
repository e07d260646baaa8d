"""Shapes of bundles, and of the facts that a member's phone joins them with.

In both, instants are whole seconds since 1970 and degrees whole ten-millionths.
"""

import marshmallow as ma
from marshmallow import validate

from app.http.api import Out
from app.http.fields import Values
from offers.planning.schemas import OfferCardOut

SECONDS = {"description": "Seconds since 1970"}
INTERVALS = {"description": "Pairs of instants, the second excluded; null never comes"}


class CoverOut(Out):
    """The circle in which a bundle holds every store with offers."""

    cell = ma.fields.String(required=True, metadata={"description": "H3"})
    lat_e7 = ma.fields.Integer(required=True)
    lon_e7 = ma.fields.Integer(required=True)
    radius_m = ma.fields.Integer(required=True)


class WatchOut(Out):
    """What a phone should watch: no circle smaller, and no more of them than its system lets an app."""

    smallest_m = ma.fields.Integer(required=True)
    most_ios = ma.fields.Integer(required=True)
    most_android = ma.fields.Integer(required=True)


class BundleBrandOut(Out):
    """A brand, and how often its catalogue changed."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)


class BundleStoreOut(Out):
    """A store with offers. `hours` is its place in the bundle's `hours`; null: unknown."""

    number = ma.fields.Integer(required=True)
    id = ma.fields.UUID(required=True)
    brand_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True, allow_none=True)
    opening_hours = ma.fields.String(required=True, allow_none=True, metadata={"description": "OSM grammar"})
    time_zone = ma.fields.String(required=True)
    lat_e7 = ma.fields.Integer(required=True)
    lon_e7 = ma.fields.Integer(required=True)
    areas = ma.fields.List(ma.fields.UUID(), required=True)
    hours = ma.fields.Integer(required=True, allow_none=True)
    watch_priority = ma.fields.Integer(required=True)


class BundleTimesOut(Out):
    """A window, and the numbers of the stores where it holds; null: all of its brand in this bundle."""

    starts_at = ma.fields.Integer(required=True)
    ends_at = ma.fields.Integer(required=True)
    firings = ma.fields.List(
        ma.fields.List(ma.fields.Integer(allow_none=True)), required=True, allow_none=True, metadata=INTERVALS
    )
    stores = ma.fields.List(ma.fields.Integer(), required=True, allow_none=True)


class BundleCardsOut(Out):
    """The offer in both languages."""

    fr = ma.fields.Nested(OfferCardOut, required=True)
    en = ma.fields.Nested(OfferCardOut, required=True)


class BundleOfferOut(Out):
    """An offer, as a phone judges it. Whom it is for is said in `for_whom`, and answered in the member's facts."""

    number = ma.fields.Integer(required=True)
    id = ma.fields.UUID(required=True)
    brand_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    priority = ma.fields.Integer(required=True)
    per_member = ma.fields.Integer(required=True)
    for_whom = Values(required=True)
    use_limits = Values(required=True)
    fallback = ma.fields.Boolean(required=True)
    sold_out_until = ma.fields.Integer(required=True, allow_none=True)
    spent_until = ma.fields.Integer(required=True, allow_none=True)
    cards = ma.fields.Nested(BundleCardsOut, required=True)
    times = ma.fields.List(ma.fields.Nested(BundleTimesOut), required=True)


class BundleFenceOut(Out):
    """A fence of a store: a circle, or the one around its `outlines` (polygons, rings, places as lon and lat)."""

    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    store = ma.fields.Integer(required=True)
    lat_e7 = ma.fields.Integer(required=True)
    lon_e7 = ma.fields.Integer(required=True)
    radius_m = ma.fields.Integer(required=True)
    outlines = ma.fields.List(
        ma.fields.List(ma.fields.List(ma.fields.List(ma.fields.Integer()))), required=True, allow_none=True
    )


class BundleBeaconOut(Out):
    """A radio that stays where it is and whose id does not change; `identifier` is hexadecimal."""

    kind = ma.fields.String(required=True)
    identifier = ma.fields.String(required=True)
    store = ma.fields.Integer(required=True)
    zone_id = ma.fields.UUID(required=True, allow_none=True)


class BundleOut(Out):
    """Stores and offers, the same bytes for everybody: canonical JSON (RFC 8785), signed in `JWS-Signature`."""

    format = ma.fields.Integer(required=True)
    covers = ma.fields.Nested(CoverOut, required=True, allow_none=True)
    good_until = ma.fields.Integer(required=True, allow_none=True, metadata=SECONDS)
    watch = ma.fields.Nested(WatchOut, required=True)
    brands = ma.fields.List(ma.fields.Nested(BundleBrandOut), required=True)
    hours = ma.fields.List(
        ma.fields.List(ma.fields.List(ma.fields.Integer(allow_none=True)), metadata=INTERVALS), required=True
    )
    stores = ma.fields.List(ma.fields.Nested(BundleStoreOut), required=True)
    offers = ma.fields.List(ma.fields.Nested(BundleOfferOut), required=True)
    fences = ma.fields.List(ma.fields.Nested(BundleFenceOut), required=True)
    beacons = ma.fields.List(ma.fields.Nested(BundleBeaconOut), required=True)


class MatchingGateOut(Out):
    """A permission by which the phone may match."""

    brand_id = ma.fields.UUID(required=True)
    scope_kind = ma.fields.String(required=True, validate=validate.OneOf(("brand", "area", "store")))
    scope_id = ma.fields.UUID(required=True)
    event_id = ma.fields.UUID(required=True)


class WaitingCouponOut(Out):
    code = ma.fields.String(required=True)
    expires_at = ma.fields.Integer(required=True)


class HeldCouponsOut(Out):
    """The member's coupons of an offer: how many are used or over, and those that wait."""

    offer_id = ma.fields.UUID(required=True)
    used = ma.fields.Integer(required=True)
    coupons = ma.fields.List(ma.fields.Nested(WaitingCouponOut), required=True)


class JudgedOfferOut(Out):
    """Whether an offer that is not for everybody is for the member."""

    offer_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    outcome = ma.fields.String(required=True, validate=validate.OneOf(("shown", "not_for_you", "limit_reached")))


class OwnScoreOut(Out):
    """What speaks for an offer, but for the place, the days that are left and the draw."""

    number = ma.fields.Integer(required=True)
    version = ma.fields.Integer(required=True)
    weights = ma.fields.Integer(required=True)
    plain = ma.fields.Boolean(required=True)
    base = ma.fields.Integer(required=True)
    fatigue = ma.fields.Integer(required=True)
    proximity = ma.fields.Integer(required=True)
    urgency = ma.fields.Integer(required=True)
    discovery = ma.fields.Integer(required=True)
    draws = ma.fields.List(ma.fields.Integer(), required=True)


class OwnScoresOut(Out):
    """Scores of the offers of the member's brands, and the chance of these facts."""

    seed = ma.fields.String(required=True)
    bands = ma.fields.List(ma.fields.List(ma.fields.Integer(allow_none=True)), required=True)
    urgencies = ma.fields.List(ma.fields.Integer(), required=True)
    offers = ma.fields.List(ma.fields.Nested(OwnScoreOut), required=True)


class OwnFactsOut(Out):
    """What the phone joins bundles with. `scores` is null where no brand may look at what the member buys."""

    good_until = ma.fields.Integer(required=True, metadata=SECONDS)
    gates = ma.fields.List(ma.fields.Nested(MatchingGateOut), required=True)
    closed = ma.fields.List(ma.fields.UUID(), required=True)
    opened = ma.fields.List(ma.fields.UUID(), required=True)
    held = ma.fields.List(ma.fields.Nested(HeldCouponsOut), required=True)
    dismissed = ma.fields.List(ma.fields.UUID(), required=True)
    judged = ma.fields.List(ma.fields.Nested(JudgedOfferOut), required=True)
    scores = ma.fields.Nested(OwnScoresOut, required=True, allow_none=True)
