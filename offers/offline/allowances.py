"""What a terminal says that it did without a network is admitted, and counted towards what it may do on trust.

A terminal has its limits once for each period: from one whole snapshot that it read to the next. The server counts, by
what is uploaded; in whatever order it comes, the sum of a period never exceeds the limits that its snapshot told.
"""

import uuid
from collections.abc import Collection, Sequence
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
    lease_ids: Sequence[uuid.UUID] = (),
    codes: Collection[str] = (),
    now: datetime,
) -> Entitlement:
    """Judge what a terminal did without a network, once for each scan: what is entitled counts from now on.

    The terminal is locked, before whatever the claim is about. The leases that count are those named, and those of
    points or coupons of the codes that were shown. What they hold is used up, and what was set aside of a member is
    free for whoever uses it next in this transaction; a lease that is over covers what is left of it.
    """
    locked = leases.lock_terminal(terminal_id)
    periods = db.all_of(queries.periods_of(terminal_id)) if locked.has_periods else ()
    period = find_period(periods, at=claim.happened_at)
    told = lay_over(OfflineLimits(), period.policy) if period else read_policies(brand_id=brand_id).at(store_id)
    judge = partial(
        judge_offline,
        claim=claim,
        policy=told,
        terminal=_standing_of(period, locked.revoked_at),
        snapshot=SnapshotStanding(period.version, period.read_at) if period else None,
        now=now,
    )
    about = codes if locked.has_reserves else ()
    held = [(one, _standing_of_lease(one)) for one in _leases_with(terminal_id, lease_ids, about, at=claim.happened_at)]
    judged = judge(lease=_add_up([standing for _, standing in held]))
    if judged.is_entitled and held:  # what is a conflict anyway uses up nothing
        judged = judge(lease=_add_up([standing for one, standing in held if _use_lease(one, claim, now=now)]))
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


def _leases_with(
    terminal_id: uuid.UUID, lease_ids: Sequence[uuid.UUID], codes: Collection[str], *, at: datetime
) -> list[OfferLease | MemberReserve]:
    """What was set aside at an instant for this terminal by these names, or for these codes."""
    asked = bool(lease_ids or codes)
    reserves_held = db.all_of(queries.reserves_for(terminal_id, lease_ids, codes, at=at)) if asked else ()
    units = db.all_of(queries.leases_for(terminal_id, lease_ids, at=at)) if lease_ids else ()
    return [*units, *reserves_held]


def _standing_of_lease(lease: OfferLease | MemberReserve) -> LeaseStanding:
    """What a lease holds, if it is there still."""
    if isinstance(lease, OfferLease):
        return LeaseStanding(coupons=lease.units - lease.used, ends_at=lease.ends_at)
    return LeaseStanding(points=lease.points or 0, coupons=int(lease.coupon_id is not None), ends_at=lease.ends_at)


def _add_up(standings: Sequence[LeaseStanding]) -> LeaseStanding | None:
    """What several leases hold together, until the first of them ends."""
    if not standings:
        return None
    ends = [one.ends_at for one in standings if one.ends_at is not None]
    return LeaseStanding(sum(one.points for one in standings), sum(one.coupons for one in standings), min(ends))


def _use_lease(lease: OfferLease | MemberReserve, claim: OfflineClaim, *, now: datetime) -> bool:
    """Use up what a claim takes of a lease, or free it for whoever does; whether it was there."""
    which = {"terminal_id": lease.terminal_id, "lease_id": lease.id}
    if isinstance(lease, OfferLease):
        return claim.redeems and leases.settle_lease(**which, units=max(1, claim.coupons), now=now)
    is_about_it = claim.burns if lease.kind == ReserveKind.POINTS else claim.redeems
    points = min(claim.points, lease.points or 0)
    return is_about_it and reserves.settle_reserve(**which, points=points, now=now)
