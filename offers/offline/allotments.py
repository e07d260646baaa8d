"""Units of a limited offer leave its budgets for a till, and come back: race-proof, for the leases of this room."""

import uuid
from datetime import date, datetime
from typing import Any, NamedTuple

from app import clock
from app.sql import db
from offers.coupons.errors import OfferSoldOut
from offers.offline import queries
from offers.offline.errors import LeaseNotNeeded
from offers.offline.models import OfferLease
from offers.planning import budgets, offer_locks
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.models import OfferStatus
from offers.planning.read_model import sold_out


class Allotted(NamedTuple):
    """What left the budgets of an offer: how many units, from the total, and from that of a day."""

    offer_version: int
    units: int
    of_total: bool
    day: date | None


def take_for_till(
    *, brand_id: uuid.UUID, store_id: uuid.UUID, offer_id: uuid.UUID, units: int, now: datetime
) -> Allotted:
    """Take units of an offer that is live and limited, or as many as are left, from the total, then from the day.

    Raises `OfferUnknown` (also for another brand's), `OfferNotLive` (also for one that is not at this store),
    `LeaseNotNeeded`, `OfferSoldOut`.
    """
    offer = _offer_held(brand_id, offer_id, store_id=store_id, now=now)
    day = clock.day_of(now, offer.time_zone) if offer.daily_limit is not None else None
    taken = units
    if offer.total_limit is not None:
        taken = budgets.take_units(offer_id=offer_id, day=budgets.TOTAL, limit=offer.total_limit, units=units)
    if day is not None and taken:
        wished = taken
        taken = budgets.take_units(offer_id=offer_id, day=day, limit=offer.daily_limit, units=wished)
        if offer.total_limit is not None and taken < wished:
            budgets.give_units_back(offer_id=offer_id, day=budgets.TOTAL, units=wished - taken, most=None)
    if not taken:
        raise OfferSoldOut
    sold_out.note_after_commit(offer_id=offer_id, now=now)
    return Allotted(offer.live_version, taken, offer.total_limit is not None, day)


def take_again(lease: OfferLease, units: int, *, now: datetime) -> bool:
    """Take so many units for a till whose lease is over, all or none; whether the offer had them still."""
    where = {"brand_id": lease.brand_id, "store_id": lease.store_id, "offer_id": lease.offer_id}
    try:
        taken = take_for_till(**where, units=units, now=now)
    except LeaseNotNeeded:
        return True  # the offer has no limit any more
    except (OfferSoldOut, OfferNotLive, OfferUnknown):
        return False
    if taken.units == units:
        return True
    for day in (budgets.TOTAL if taken.of_total else None, taken.day):
        if day is not None:
            budgets.give_units_back(offer_id=lease.offer_id, day=day, units=taken.units, most=None)
    return False


def give_back_unused(lease: OfferLease, *, now: datetime) -> int:
    """Let the budgets have what a till did not use, as far as the offer's limit still has room; how many."""
    offer_locks.share_offers([lease.offer_id])
    unused = lease.units - lease.used
    returned = 0
    if lease.of_total and unused:
        most = _room(lease) if _version_now(lease.offer_id) != lease.offer_version else None
        returned = budgets.give_units_back(offer_id=lease.offer_id, day=budgets.TOTAL, units=unused, most=most)
    if lease.day is not None and unused:
        returned = budgets.give_units_back(offer_id=lease.offer_id, day=lease.day, units=unused, most=None)
    sold_out.note_after_commit(offer_id=lease.offer_id, now=now)
    return returned


def _offer_held(brand_id: uuid.UUID, offer_id: uuid.UUID, *, store_id: uuid.UUID, now: datetime) -> Any:
    offer_locks.share_offers([offer_id])
    asked = {"offer_id": offer_id, "brand_id": brand_id, "store_id": store_id, "now": now}
    offer = db.send_statement(queries.OFFER_TO_LEASE, asked).one_or_none()
    if offer is None or offer.live_version is None:
        raise OfferUnknown
    if offer.status != OfferStatus.LIVE or not offer.is_here:
        raise OfferNotLive
    if offer.total_limit is None and offer.daily_limit is None:
        raise LeaseNotNeeded
    return offer


def _version_now(offer_id: uuid.UUID) -> int | None:
    return db.first(queries.live_version_of(offer_id))


def _room(lease: OfferLease) -> int:
    """What the total of a changed offer can have at most: its limit less the coupons, and what other tills hold."""
    limit, coupons = db.rows(queries.limit_and_coupons(lease.offer_id))[0]
    others = db.first(queries.unused_units(lease.offer_id, but=lease.id)) or 0
    return 0 if limit is None else max(0, limit - coupons - lease.used - others)
