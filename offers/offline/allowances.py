"""What a terminal says that it did without a network is admitted, and counted towards what it may do on trust.

A terminal has its limits once for each period: from one whole snapshot that it read to the next. The server counts, by
what is uploaded; in whatever order it comes, the sum of a period never exceeds the limits that its snapshot told.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from app.sql import db
from offers.offline import leases, queries, reserves
from offers.offline.entitlement import (
    Entitlement,
    LeaseStanding,
    OfflineClaim,
    SnapshotStanding,
    TerminalStanding,
    judge_offline,
)
from offers.offline.limits import OfflineLimits, lay_over
from offers.offline.models import MemberReserve, OfferLease, OfflinePeriod, ReserveKind
from offers.offline.policies import read_policies


def admit_claim(
    *,
    claim: OfflineClaim,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    lease_id: uuid.UUID | None = None,
    now: datetime,
) -> Entitlement:
    """Judge what a terminal did without a network, once for each scan: what is entitled counts from now on.

    The terminal is locked, before whatever the claim is about. What a lease holds is used up, and what it set aside of
    a member is free for whoever uses it next in this transaction; a lease that is over covers what is left. A lease
    that nobody knows covers nothing.
    """
    leases.lock_terminal(terminal_id)
    terminal = db.first(queries.terminal_of(terminal_id))
    period = find_period(db.all_of(queries.periods_of(terminal_id)), at=claim.happened_at)
    told = lay_over(OfflineLimits(), period.policy) if period else read_policies(brand_id=brand_id).at(store_id)
    judge = partial(
        judge_offline,
        claim=claim,
        policy=told,
        terminal=_standing_of(period, terminal.revoked_at if terminal else None),
        snapshot=SnapshotStanding(period.version, period.read_at) if period else None,
        now=now,
    )
    lease = _lease_with(terminal_id, lease_id)
    judged = judge(lease=_standing_of_lease(lease))
    # What is a conflict anyway uses up nothing.
    if judged.is_entitled and lease is not None and not _use_lease(lease, claim, now=now):
        judged = judge(lease=None)
    if judged.is_entitled and period is not None:
        period.points_used += judged.points_at_risk
        period.minor_used += judged.minor_at_risk
        period.coupons_used += judged.coupons_at_risk
        db.session().flush()
    return judged


def find_period(periods: Sequence[OfflinePeriod], *, at: datetime) -> OfflinePeriod | None:
    """The period in which an instant is, of those that are known, the last first; what is older counts in the first.

    A snapshot that was not whole opened none.
    """
    whole = [period for period in periods if period.is_whole]
    return next((period for period in whole if period.opened_at <= at), whole[-1] if whole else None)


def _standing_of(period: OfflinePeriod | None, revoked_at: datetime | None) -> TerminalStanding:
    if period is None:
        return TerminalStanding(revoked_at=revoked_at)
    return TerminalStanding(period.points_used, period.minor_used, period.coupons_used, revoked_at)


def _lease_with(terminal_id: uuid.UUID, lease_id: uuid.UUID | None) -> OfferLease | MemberReserve | None:
    if lease_id is None:
        return None
    return db.first(queries.lease_of(terminal_id, lease_id)) or db.first(queries.reserve_of(terminal_id, lease_id))


def _standing_of_lease(lease: OfferLease | MemberReserve | None) -> LeaseStanding | None:
    """What a lease holds, if what is in it is there still."""
    if lease is None:
        return None
    if isinstance(lease, OfferLease):
        return LeaseStanding(coupons=lease.units - lease.used, ends_at=lease.ends_at)
    return LeaseStanding(points=lease.points or 0, coupons=1 if lease.coupon_id else 0, ends_at=lease.ends_at)


def _use_lease(lease: OfferLease | MemberReserve, claim: OfflineClaim, *, now: datetime) -> bool:
    """Use up what a claim takes of a lease, or free it for whoever does; whether it is there."""
    if lease.ends_at <= claim.happened_at:
        return False
    which = {"terminal_id": lease.terminal_id, "lease_id": lease.id}
    if isinstance(lease, OfferLease):
        return not claim.redeems or leases.settle_lease(**which, units=max(1, claim.coupons), now=now)
    is_about_it = claim.burns if lease.kind == ReserveKind.POINTS else claim.redeems
    return not is_about_it or reserves.settle_reserve(**which, points=min(claim.points, lease.points or 0), now=now)
