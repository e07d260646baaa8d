"""Shapes of the question "what is there for me here?", of its answer and of its explanation."""

import marshmallow as ma
from marshmallow import validate

from app.accounts.schemas import BRAND_CODE
from app.http.api import In, Instant, Out
from app.settings import FIX_BOUND_M
from offers.deciding.answers import FARTHEST_M, LEAST_RADIUS_M, MOST_LAT, MOST_LON, RADIUS_M
from offers.deciding.decisions import Placement
from offers.deciding.factors import NAMES
from offers.planning.schemas import LocalText, OfferCardOut


class FixIn(In):
    """Where the phone is: degrees in WGS 84, metres. Used for this answer and forgotten."""

    lat = ma.fields.Float(required=True, validate=validate.Range(-MOST_LAT, MOST_LAT), metadata={"example": 48.8606})
    lon = ma.fields.Float(required=True, validate=validate.Range(-MOST_LON, MOST_LON), metadata={"example": 2.3376})
    accuracy_m = ma.fields.Float(
        required=True,
        validate=validate.Range(0, FIX_BOUND_M, min_inclusive=False),
        metadata={
            "description": "Radius of the circle in which the phone is for 68 %. From 1,000 on, the question is a"
            " coarse one: no distance is said. More than this installation takes (25,000 unless set) is"
            " `fix_too_coarse`",
            "example": 20,
        },
    )
    radius_m = ma.fields.Integer(
        load_default=RADIUS_M,
        strict=True,
        validate=validate.Range(LEAST_RADIUS_M, FARTHEST_M),
        metadata={"example": 2000},
    )
    brand = ma.fields.String(
        load_default=None,
        validate=BRAND_CODE,
        metadata={"description": "Only this brand; all that the member allowed when absent"},
    )


class StoreCard(Out):
    """A store as a member reads it."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True, allow_none=True)
    opening_hours = ma.fields.String(required=True, allow_none=True, metadata={"description": "OSM grammar"})
    time_zone = ma.fields.String(required=True)
    lat = ma.fields.Float(required=True)
    lon = ma.fields.Float(required=True)


class NearbyOffer(Out):
    """One offer, the nearest open store where it holds, and why it is shown."""

    offer = ma.fields.Nested(OfferCardOut, required=True)
    store = ma.fields.Nested(StoreCard, required=True)
    distance_m = ma.fields.Integer(
        required=True, metadata={"description": "From the middle of the fix, on the spheroid, rounded"}
    )
    open = ma.fields.Boolean(required=True, allow_none=True, metadata={"description": "Null: hours unknown"})
    coupon_code = ma.fields.String(required=True, allow_none=True, metadata={"description": "Already claimed"})
    reason = ma.fields.Nested(LocalText, required=True)
    permission_event_id = ma.fields.UUID(required=True, metadata={"description": "The permission that allowed it"})
    fallback = ma.fields.Boolean(required=True, metadata={"description": "Shown since nothing else is there"})


class NearbyOut(Out):
    """What is there for the member, best first. `decision_id` explains it later."""

    decision_id = ma.fields.UUID(required=True)
    decided_at = Instant(required=True)
    offers = ma.fields.List(ma.fields.Nested(NearbyOffer), required=True)


class FeedIn(In):
    """Which offers of the wallet."""

    brand = ma.fields.String(
        load_default=None,
        validate=BRAND_CODE,
        metadata={"description": "Only this brand; all whose card the member holds when absent"},
    )


class TillOffersIn(In):
    """Whose pass was scanned."""

    scan_id = ma.fields.UUID(required=True)


class FeedOfferOut(Out):
    """One offer, and why it is shown."""

    offer = ma.fields.Nested(OfferCardOut, required=True)
    coupon_code = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.Nested(LocalText, required=True)
    permission_event_id = ma.fields.UUID(required=True)
    fallback = ma.fields.Boolean(required=True)


class FeedOut(Out):
    """What is there for the member, best first. `decision_id` explains it later."""

    decision_id = ma.fields.UUID(required=True)
    decided_at = Instant(required=True)
    offers = ma.fields.List(ma.fields.Nested(FeedOfferOut), required=True)


class FactorOut(Out):
    """One factor of a score."""

    code = ma.fields.String(required=True, validate=validate.OneOf(list(NAMES)))
    text = ma.fields.String(required=True)
    log_millionths = ma.fields.Integer(required=True, metadata={"description": "Natural logarithm; 0 is neutral"})
    weight = ma.fields.Integer(required=True, metadata={"description": "In hundredths"})


class ConsideredOut(Out):
    """One candidate and what became of it. `factors` are empty where the order is the plain one."""

    offer_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    store_id = ma.fields.UUID(required=True)
    store_name = ma.fields.String(required=True)
    outcome = ma.fields.String(required=True)
    explanation = ma.fields.String(required=True)
    factors = ma.fields.List(ma.fields.Nested(FactorOut), required=True)


class DecisionOut(Out):
    """Why the member saw what they saw. An offer is hidden by `POST /v1/offers/{offer_id}/dismissal`."""

    id = ma.fields.UUID(required=True)
    decided_at = Instant(required=True)
    placement = ma.fields.String(required=True, validate=validate.OneOf(list(Placement)))
    policy = ma.fields.String(required=True)
    permission_event_ids = ma.fields.List(ma.fields.UUID(), required=True)
    shown = ma.fields.Integer(required=True)
    propensities = ma.fields.List(
        ma.fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"description": "Of each tier's first offer: how likely it was to be first, in millionths"},
    )
    considered = ma.fields.List(ma.fields.Nested(ConsideredOut), required=True)
