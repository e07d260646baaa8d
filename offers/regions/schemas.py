"""Shapes of the question "what shall my phone watch?" and of its answer."""

import marshmallow as ma
from marshmallow import validate

from app.accounts.schemas import BRAND_CODE
from app.http.api import In, Instant, Out
from app.settings import FIX_BOUND_M
from offers.deciding.answers import MOST_LAT, MOST_LON
from offers.planning.schemas import LocalText
from offers.regions.capability import Capability
from offers.regions.choice import Platform
from offers.regions.reach import PlanFix


class PlanFixIn(In):
    """Where the phone is: degrees in WGS 84, metres. Used for this answer and forgotten."""

    lat = ma.fields.Float(required=True, validate=validate.Range(-MOST_LAT, MOST_LAT))
    lon = ma.fields.Float(required=True, validate=validate.Range(-MOST_LON, MOST_LON))
    accuracy_m = ma.fields.Float(required=True, validate=validate.Range(0, FIX_BOUND_M, min_inclusive=False))

    @ma.post_load
    def to_fix(self, said: dict[str, float], **_: object) -> PlanFix:
        """The fix as the verbs take it."""
        return PlanFix(**said)


class RegionPlanIn(In):
    """Which phone asks. Without a fix there is no bubble, and the stores where the member goes come first."""

    platform = ma.fields.Enum(Platform, by_value=True, required=True)
    beacons = ma.fields.Boolean(load_default=False, metadata={"description": "It can listen for beacons"})
    fix = ma.fields.Nested(PlanFixIn, load_default=None, allow_none=True)
    brand = ma.fields.String(load_default=None, validate=BRAND_CODE)


class WatchedFenceOut(Out):
    """A circle to watch, with the best offer there. `id` stays the same from plan to plan."""

    id = ma.fields.String(required=True)
    fence_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    lat = ma.fields.Float(required=True)
    lon = ma.fields.Float(required=True)
    radius_m = ma.fields.Integer(required=True)
    store_id = ma.fields.UUID(required=True)
    offer_id = ma.fields.UUID(required=True)
    reason = ma.fields.Nested(LocalText, required=True)
    permission_event_id = ma.fields.UUID(required=True)


class WatchedBeaconsOut(Out):
    """A beacon region to watch: every major and minor of the UUID, or those of one major."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(("ibeacon", "altbeacon")))
    uuid = ma.fields.UUID(required=True)
    major = ma.fields.Integer(required=True, allow_none=True)
    offer_id = ma.fields.UUID(required=True)
    reason = ma.fields.Nested(LocalText, required=True)
    permission_event_id = ma.fields.UUID(required=True)


class BubbleOut(Out):
    """Leaving this circle means: ask for a new plan."""

    id = ma.fields.String(required=True)
    lat = ma.fields.Float(required=True)
    lon = ma.fields.Float(required=True)
    radius_m = ma.fields.Integer(required=True)


class RegionPlanOut(Out):
    """What to watch, best first, and what keeps the phone from watching more."""

    revision = ma.fields.String(required=True, metadata={"description": "The same: change no region but the bubble"})
    expires_at = Instant(required=True)
    capability = ma.fields.String(required=True, validate=validate.OneOf(list(Capability)))
    hindrances = ma.fields.List(ma.fields.Nested(LocalText), required=True)
    fences = ma.fields.List(ma.fields.Nested(WatchedFenceOut), required=True)
    beacons = ma.fields.List(ma.fields.Nested(WatchedBeaconsOut), required=True)
    bubble = ma.fields.Nested(BubbleOut, required=True, allow_none=True)
