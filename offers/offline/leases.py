"""Units of limited offers that a till may give by itself: leased, used, released, ended."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from app.sql import db, locks
from app.sql.trips import Call
from offers.offline import allotments, queries
from offers.offline.errors import LeasesFull, LeaseUnknown
from offers.offline.limits import OfflineLimits
from offers.offline.models import OfferLease

MOST_LEASES = 100
"""Leases that one terminal may hold at a time."""


class LockedTerminal(NamedTuple):
    """How a terminal stands: since when it is revoked, whether it has periods, and something set aside of a member."""

    revoked_at: datetime | None = None
    has_periods: bool = False
    has_reserves: bool = False


def lock_terminal(terminal_id: uuid.UUID) -> LockedTerminal:
    """Let a terminal's leases, periods and totals change once at a time: before whatever they are about is locked."""
    _, found = db.fetch_each(Call(locks.HOLD, [f"offline:{terminal_id}"]), Call(queries.STANDING, [terminal_id]))
    return LockedTerminal(*found[0]) if found else LockedTerminal()


def end_of_lease(limits: OfflineLimits, *, lasts_s: int, now: datetime) -> datetime:
    """When a lease ends: never after the snapshot that is read now is too old, since nothing may be used then."""
    return now + timedelta(seconds=min(lasts_s, limits.snapshot_age_s))


def require_room(terminal_id: uuid.UUID, *, now: datetime) -> None:
    """Raise `LeasesFull` where a terminal holds as much as it may."""
    units = db.all_of(queries.offer_leases_of(terminal_id, now=now))
    of_members = db.all_of(queries.reserves_of(terminal_id, now=now))
    if len(units) + len(of_members) >= MOST_LEASES:
        raise LeasesFull(most=MOST_LEASES)


def lease_units(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    offer_id: uuid.UUID,
    units: int,
    ends_at: datetime,
    now: datetime,
) -> OfferLease:
    """Set units of an offer aside for a terminal, or as many as are left; until `ends_at` nobody else has them.

    Raises `LeasesFull`, `OfferUnknown`, `OfferNotLive`, `LeaseNotNeeded`, `OfferSoldOut`.
    """
    lock_terminal(terminal_id)
    require_room(terminal_id, now=now)
    taken = allotments.take_for_till(brand_id=brand_id, store_id=store_id, offer_id=offer_id, units=units, now=now)
    return db.add(
        OfferLease(
            brand_id=brand_id,
            store_id=store_id,
            terminal_id=terminal_id,
            offer_id=offer_id,
            **taken._asdict(),
            used=0,
            made_at=now,
            ends_at=ends_at,
        )
    )


def release_units(*, terminal_id: uuid.UUID, lease_id: uuid.UUID, now: datetime) -> OfferLease:
    """Let the offer have what was not used of a lease. Twice is once. Raises `LeaseUnknown`, also for another's."""
    lock_terminal(terminal_id)
    lease = _lease_to_change(terminal_id, lease_id)
    if lease.settled_at is None:
        allotments.give_back_unused(lease, now=now)
        lease.settled_at = now
        db.session().flush()
    return lease


def settle_lease(*, terminal_id: uuid.UUID, lease_id: uuid.UUID, units: int, now: datetime) -> bool:
    """Use units of a lease; whether they could be: they are in the lease, or the lease is over and the offer has as
    many left; not if it was released. The terminal is locked. Raises `LeaseUnknown`."""
    lease = _lease_to_change(terminal_id, lease_id)
    if lease.settled_at is None and lease.ends_at > now:
        if lease.units - lease.used < units:
            return False
        lease.used += units
        db.session().flush()
        return True
    is_released = lease.settled_at is not None and lease.settled_at < lease.ends_at
    return not is_released and lease.used + units <= lease.units and allotments.take_again(lease, units, now=now)


@db.in_steps
def end_leases(*, now: datetime) -> int:
    """Let offers have what tills did not use of leases whose time is over; returns how many leases."""
    with db.system_transaction():
        over = db.rows(queries.leases_over(now))
    for terminal_id, lease_id in over:
        with db.system_transaction():
            release_units(terminal_id=terminal_id, lease_id=lease_id, now=now)
    return len(over)


def _lease_to_change(terminal_id: uuid.UUID, lease_id: uuid.UUID) -> OfferLease:
    lease = db.first(db.locked(queries.lease_of(terminal_id, lease_id)))
    if lease is None:
        raise LeaseUnknown
    return lease
