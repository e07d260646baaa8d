"""Tills without a network on the wire."""

import base64
from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.fields import LineField, Values
from offers.offline.errors import ONE_LEASE
from offers.offline.grants import Lease, LeaseWish
from offers.offline.limits import BOUNDS
from offers.offline.models import OfferLease

A_WEEK_S = 7 * 24 * 3600
VERSION = ma.validate.Range(1, 2_000_000_000)


def _limit(name: str) -> Any:
    least, most = BOUNDS[name]
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(least, most))


def _answer() -> Any:
    return ma.fields.Boolean(truthy={True}, falsy={False})


class OfflineSaidIn(In):
    """What is not said is as the brand says, or the house."""

    may_earn = _answer()
    may_burn = _answer()
    may_redeem = _answer()
    points_per_use = _limit("points_per_use")
    points_per_terminal = _limit("points_per_terminal")
    minor_per_use = _limit("minor_per_use")
    minor_per_terminal = _limit("minor_per_terminal")
    coupons_per_terminal = _limit("coupons_per_terminal")
    snapshot_age_s = _limit("snapshot_age_s")
    clock_drift_s = _limit("clock_drift_s")


class OfStoreOnlyIn(In):
    store_id = ma.fields.UUID(load_default=None, metadata={"description": "Of one store; else of the brand"})


class OfflineLimitsOut(Out):
    """What a till may do without a network."""

    may_earn = ma.fields.Boolean(required=True)
    may_burn = ma.fields.Boolean(required=True)
    may_redeem = ma.fields.Boolean(required=True)
    points_per_use = ma.fields.Integer(required=True)
    points_per_terminal = ma.fields.Integer(required=True)
    minor_per_use = ma.fields.Integer(required=True)
    minor_per_terminal = ma.fields.Integer(required=True)
    coupons_per_terminal = ma.fields.Integer(required=True)
    snapshot_age_s = ma.fields.Integer(required=True)
    clock_drift_s = ma.fields.Integer(required=True)


class OfflinePolicyOut(Out):
    """What holds, and which part of it is said here."""

    store_id = ma.fields.UUID(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)
    said = Values(required=True)
    limits = ma.fields.Nested(OfflineLimitsOut, required=True)


class LeaseIn(In):
    """Either `offer_id` with `units`, or a `code`: its coupon, or `points` of its member in `currency_id`."""

    offer_id = ma.fields.UUID()
    units = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 1_000))
    code = LineField(longest=512)
    currency_id = ma.fields.UUID()
    points = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 1_000_000))
    lasts_s = ma.fields.Integer(strict=True, load_default=8 * 3600, validate=ma.validate.Range(60, A_WEEK_S))

    @ma.validates_schema
    def one_thing(self, data: dict[str, Any], **_: Any) -> None:
        named = set(data) - {"lasts_s"}
        if named not in ({"offer_id", "units"}, {"offer_id"}, {"code"}, {"code", "currency_id", "points"}):
            raise ma.ValidationError([ONE_LEASE])

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> LeaseWish:
        return LeaseWish(**data)


class LeaseOut(Out):
    """What a till may use by itself until `ends_at`, and nobody else."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(("units", "points", "coupon")))
    left = ma.fields.Integer(required=True, metadata={"description": "Units, points, or 1 coupon"})
    offer_id = ma.fields.UUID(required=True, allow_none=True)
    code = ma.fields.String(required=True, allow_none=True)
    currency_id = ma.fields.UUID(required=True, allow_none=True)
    ends_at = Instant(required=True)

    @ma.pre_dump
    def flat(self, lease: Lease, **_: Any) -> dict[str, Any]:
        if isinstance(lease, OfferLease):
            own = {"kind": "units", "left": lease.units - lease.used, "offer_id": lease.offer_id}
            return {"id": lease.id, "code": None, "currency_id": None, "ends_at": lease.ends_at} | own
        same = {name: getattr(lease, name) for name in ("id", "kind", "code", "currency_id", "ends_at")}
        return same | {"offer_id": None, "left": lease.points or 1}


class SnapshotIn(In):
    since = ma.fields.Integer(
        load_default=None, validate=VERSION, metadata={"description": "The version that you have: only what changed"}
    )


class OfferRuleOut(Out):
    """A live offer of the store, with what a till needs to judge it. A limited one needs a lease."""

    offer_id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    title_fr = ma.fields.String(required=True)
    title_en = ma.fields.String(required=True)
    benefit = Values(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    firings = ma.fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "description": "When it fires, each from and until; null: all along",
            "type": "array",
            "items": {"type": "array", "items": {"type": ["string", "null"]}},
        },
    )
    minimum_minor = ma.fields.Integer(required=True)
    maximum_minor = ma.fields.Integer(required=True, allow_none=True)
    counted_tax = ma.fields.String(
        required=True, metadata={"description": "How both count taxes, line by line, whatever the prices do"}
    )
    products = Values(required=True)
    stacking = ma.fields.String(required=True)
    base = ma.fields.String(required=True)
    rank = ma.fields.Integer(required=True)
    member_limit = ma.fields.Integer(required=True)
    use_limits = Values(required=True)
    for_everybody = ma.fields.Boolean(required=True)
    by_itself = ma.fields.Boolean(required=True, metadata={"description": "Without a coupon, by showing the card"})
    is_limited = ma.fields.Boolean(required=True)
    is_sold_out = ma.fields.Boolean(required=True)
    sold_out_until = Instant(required=True, allow_none=True)


class SnapshotKeyOut(Out):
    """A key of vouchers: Ed25519, base64."""

    key_id = ma.fields.String(required=True)
    public_key = ma.fields.Function(lambda key: base64.b64encode(key.public_key).decode(), metadata={"type": "string"})
    signs_from = Instant(required=True)
    signs_until = Instant(required=True)
    verifies_until = Instant(required=True)


class SnapshotOut(Out):
    """A part that is null is as in the snapshot `since`. `ended` and `stands_again` hold eight characters for each
    code: base64 of the first six bytes of its SHA-256."""

    version = ma.fields.Integer(required=True)
    since = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Null: this is all"})
    is_complete = ma.fields.Boolean(required=True, metadata={"description": "Else ask on with `since`"})
    server_time = Instant(required=True)
    time_zone = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    ended = ma.fields.String(required=True)
    stands_again = ma.fields.String(required=True)
    offers = ma.fields.List(ma.fields.Nested(OfferRuleOut), required=True, allow_none=True)
    voucher_keys = ma.fields.List(ma.fields.Nested(SnapshotKeyOut), required=True, allow_none=True)
    policy = ma.fields.Nested(OfflineLimitsOut, required=True, allow_none=True)
    leases = ma.fields.List(ma.fields.Nested(LeaseOut), required=True, allow_none=True)


class StoreExposureOut(Out):
    """What the tills of one store can lose at most."""

    store_id = ma.fields.UUID(required=True)
    store_name = ma.fields.String(required=True)
    terminals = ma.fields.Integer(required=True)
    points = ma.fields.Integer(required=True, attribute="worst.points")
    minor = ma.fields.Integer(required=True, attribute="worst.minor")
    coupons = ma.fields.Integer(required=True, attribute="worst.coupons")


class ExposureOut(Out):
    """What all tills can lose at most if they go dark now; `how` says in words how it is computed."""

    currency = ma.fields.String(required=True)
    terminals = ma.fields.Integer(required=True)
    points = ma.fields.Integer(required=True)
    minor = ma.fields.Integer(required=True)
    coupons = ma.fields.Integer(required=True)
    leased_units = ma.fields.Integer(required=True)
    leased_points = ma.fields.Integer(required=True)
    leased_coupons = ma.fields.Integer(required=True)
    stores = ma.fields.List(ma.fields.Nested(StoreExposureOut), required=True)
    how = ma.fields.List(ma.fields.String(), required=True)
