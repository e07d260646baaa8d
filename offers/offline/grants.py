"""A till asks for a lease, of whatever kind, and lets it go."""

import uuid
from datetime import datetime
from typing import NamedTuple

from offers.offline import leases, reserves
from offers.offline.errors import LeaseUnknown
from offers.offline.models import MemberReserve, OfferLease
from offers.offline.policies import read_policies

Lease = OfferLease | MemberReserve


class LeaseWish(NamedTuple):
    """What a till wants to be able to do without a network: either units of an offer, or the points or the coupon of
    whoever shows a code."""

    lasts_s: int
    offer_id: uuid.UUID | None = None
    units: int = 1
    code: str = ""
    currency_id: uuid.UUID | None = None
    points: int = 0


def grant_lease(
    *, wish: LeaseWish, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime
) -> Lease:
    """Set aside for a terminal what it wants. Raises as `leases.lease_units`, `reserves.reserve_points` and
    `reserves.reserve_coupon`."""
    limits = read_policies(brand_id=brand_id).at(store_id)
    ends_at = leases.end_of_lease(limits, lasts_s=wish.lasts_s, now=now)
    at = {"brand_id": brand_id, "store_id": store_id, "terminal_id": terminal_id}
    if wish.offer_id is not None:
        return leases.lease_units(**at, offer_id=wish.offer_id, units=wish.units, ends_at=ends_at, now=now)
    if wish.currency_id is not None:
        whose = {"code": wish.code, "currency_id": wish.currency_id, "points": wish.points}
        return reserves.reserve_points(**at, **whose, ends_at=ends_at, now=now)  # type: ignore[arg-type]
    return reserves.reserve_coupon(**at, code=wish.code, ends_at=ends_at, now=now)


def release_lease(*, terminal_id: uuid.UUID, lease_id: uuid.UUID, now: datetime) -> Lease:
    """Let go what a terminal did not use. Twice is once. Raises `LeaseUnknown`, also for another terminal's."""
    which = {"terminal_id": terminal_id, "lease_id": lease_id}
    try:
        return leases.release_units(**which, now=now)
    except LeaseUnknown:
        return reserves.release_reserve(**which, now=now)
