"""Doors of tills that may lose their network, and of the console that says how far they are trusted."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from geo.places.errors import StoreUnknown
from offers.coupons import errors as coupon_errors
from offers.offline import exposure, grants, policies, schemas, snapshots
from offers.offline.errors import LeaseNotNeeded, LeasesFull, LeaseUnknown
from offers.offline.grants import Lease, LeaseWish
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.spending.errors import BudgetSpent
from wallet.authenticity.errors import CodeForged
from wallet.cards.errors import CardBlocked
from wallet.ledger.errors import TOO_LITTLE, PointsUnknown
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown

blueprint = Blueprint("offline", __name__, url_prefix="/v1", description="Tills without a network")

Body = dict[str, Any]


@blueprint.get("/terminal/snapshot")
@only(Role.TERMINAL)
@may_be_unmodified
@blueprint.arguments(schemas.SnapshotIn, location="query")
@blueprint.response(200, schemas.SnapshotOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def read_snapshot(asked: Body) -> Any:
    """What a till must know to judge by itself. Upload what waits first: the reading begins its next period."""
    at: Body = {"brand_id": brand_id(), "store_id": store_id(), "terminal_id": principal().id}
    found = snapshots.read_snapshot(**at, **asked, now=clock.now())
    return versioned(found, found.version)


@blueprint.post("/terminal/leases")
@only(Role.TERMINAL)
@idempotent
@refuses(LeasesFull, LeaseNotNeeded, OfferUnknown, OfferNotLive, coupon_errors.OfferSoldOut)
@refuses(*NOT_A_CODE, CodeForged, PassUnknown, CardLost, CardBlocked, PointsUnknown, *TOO_LITTLE)
@refuses(coupon_errors.CouponUnknown, coupon_errors.OfferPaused, coupon_errors.CouponOutsideSchedule)
@refuses(coupon_errors.CouponScheduleOver, coupon_errors.CouponAlreadyRedeemed, coupon_errors.CouponExpired)
@refuses(coupon_errors.CouponEndedWithOffer, coupon_errors.CouponKept, coupon_errors.CouponWrongStore)
@refuses(coupon_errors.RedeemedMeanwhile, BudgetSpent, coupon_errors.UseLimitReached)
@blueprint.arguments(schemas.LeaseIn)
@blueprint.response(201, schemas.LeaseOut)
def lease_to_till(wish: LeaseWish) -> Lease:
    """Set aside for this till what it may use without a network; of units as many as are left."""
    at = {"brand_id": brand_id(), "store_id": store_id(), "terminal_id": principal().id}
    return grants.grant_lease(wish=wish, **at, now=clock.now())


@blueprint.delete("/terminal/leases/<uuid:lease_id>")
@only(Role.TERMINAL)
@idempotent
@refuses(LeaseUnknown)
@blueprint.response(204)
def release_lease(lease_id: uuid.UUID) -> None:
    """Let go what this till did not use: others can have it at once."""
    grants.release_lease(terminal_id=principal().id, lease_id=lease_id, now=clock.now())


@blueprint.get("/console/offline-policy")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(StoreUnknown)
@blueprint.arguments(schemas.OfStoreOnlyIn, location="query")
@blueprint.response(200, schemas.OfflinePolicyOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_offline_policy(asked: Body) -> Response | tuple[Any, dict[str, str]]:
    """What tills of the brand, or of a store, may do without a network."""
    found = policies.read_policy(brand_id=brand_id(), **asked)
    return versioned(found, found.version)


@blueprint.put("/console/offline-policy")
@only(Role.ADMIN)
@idempotent
@needs_match
@refuses(StoreUnknown)
@blueprint.arguments(schemas.OfStoreOnlyIn, location="query")
@blueprint.arguments(schemas.OfflineSaidIn)
@blueprint.response(200, schemas.OfflinePolicyOut, headers=ETAG_HEADER)
def set_offline_policy(asked: Body, said: Body) -> Any:
    """Say anew what tills may do without a network. One that has none goes on with what it was told."""
    by: Body = {"version": matched_version(), "by": principal().id, "now": clock.now()}
    found = policies.set_policy(brand_id=brand_id(), **asked, said=said, **by)
    return written(found, found.version)


@blueprint.get("/console/offline-exposure")
@only(*CONSOLE_ROLES)
@blueprint.response(200, schemas.ExposureOut)
def show_offline_exposure() -> Body:
    """The most that can be lost if all tills lose their network now, in each store and in all."""
    found = exposure.worst_loss(brand_id=brand_id(), now=clock.now())
    return exposure.describe_exposure(found, language=language())
