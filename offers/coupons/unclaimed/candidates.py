"""Which offers apply by themselves in a sale, and the coupons by which they are used.

An offer is used by a coupon also where nobody claimed one: the sale writes it together with its use. So every limit,
budget, return and report knows one kind of use. A coupon of such an offer that the member has already (a sale came
back, or was not closed) is used before a new one is written.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.sql import db
from offers.coupons import admission, claims
from offers.coupons.errors import OfferSoldOut, OfferSoldOutToday
from offers.coupons.models import Coupon
from offers.coupons.sale_use import ShownCoupon
from offers.coupons.unclaimed import queries
from offers.planning import terms, windows
from offers.planning.models import OfferStatus, OfferVersion
from offers.planning.queries import zones_with
from offers.planning.schedules.standing import StoreClock
from offers.planning.terms import Key


class AppliesWhere(NamedTuple):
    """Whose sale it is, where and when: `zone` is that of the store, `calendar` that of the brand."""

    member_id: uuid.UUID
    brand_id: uuid.UUID
    store_id: uuid.UUID
    zone: str
    calendar: str
    sale_id: uuid.UUID | None
    bought_at: datetime
    now: datetime


class Candidates(NamedTuple):
    """The offers that may apply by themselves. `unused` are coupons of them that the member has, `new` one that can be
    written for each where there is none or none can be used, `versions` all that are for the member now."""

    unused: Sequence[ShownCoupon] = ()
    new: Sequence[Coupon] = ()
    versions: Sequence[OfferVersion] = ()


def find_candidates(listed: Collection[Key], where: AppliesWhere) -> Candidates:
    """What the member may use of offers that are live at the store, at the versions that were listed.

    Whoever will write has locked them (`offer_locks.hold_for_sale`). One that changed since it was listed waits for the
    next sale.
    """
    if not listed:
        return Candidates()
    asked = {"offers": [offer_id for offer_id, _ in listed], "sale": where.sale_id, "now": where.now}
    rows = db.send_statement(queries.STANDING, asked | {"member": where.member_id, "brand": where.brand_id})
    said = terms.read_terms(set(listed))
    in_force = {
        row.offer_id: said[row.offer_id, row.live_version]
        for row in rows
        if row.status == OfferStatus.LIVE and (row.offer_id, row.live_version) in said
    }
    versions = [one for one in in_force.values() if _fires(one, where)]
    versions = admission.find_admitted(
        versions, member_id=where.member_id, brand_id=where.brand_id, zone=where.calendar, now=where.now
    )
    admitted = {one.offer_id for one in versions}
    rows_here = [row for row in rows if row.offer_id in admitted]
    return Candidates(
        unused=[
            ShownCoupon(code, where.member_id, uuid.UUID(id), row.offer_id)
            for row in rows_here
            for code, id in row.unused or ()
        ],
        new=[
            _new_coupon(row, in_force[row.offer_id], where)
            for row in rows_here
            if row.claimed < in_force[row.offer_id].member_limit and not row.sold_out
        ],
        versions=versions,
    )


def _fires(version: OfferVersion, where: AppliesWhere) -> bool:
    if version.schedule is None:
        return True
    window = (version.starts_local, version.ends_local)
    return StoreClock(where.store_id, where.zone).fires(version.schedule, window=window, now=where.bought_at)


def _new_coupon(row: Any, version: OfferVersion, where: AppliesWhere) -> Coupon:
    """It holds as long as the offer does."""
    return claims.new_coupon(
        version,
        member_id=where.member_id,
        brand_id=where.brand_id,
        ordinal=row.claimed + 1,
        ends_local=version.ends_local,
        expires_at=clock.instant_of(version.ends_local, where.zone),
        now=where.now,
    )


def take_units(coupons: Sequence[Coupon], *, calendar: str, now: datetime) -> uuid.UUID | None:
    """Take the units that new coupons need, in the order in which everybody takes them, all or none. Returns the first
    offer that has none left; None when all are taken."""
    limited = [one for one in coupons if one.version.total_limit is not None or one.version.daily_limit is not None]
    if not limited:
        return None
    tried = None
    try:
        with db.attempt():
            for coupon in sorted(limited, key=lambda one: one.offer_id):
                tried = coupon.offer_id
                claims.take_units_of(coupon.version, time_zone=calendar, now=now)
    except (OfferSoldOut, OfferSoldOutToday):
        return tried
    return None


def write_coupons(coupons: Sequence[Coupon], *, has_other_clocks: bool, now: datetime) -> None:
    """Write new coupons, whose units are taken. They end when the offer has ended at each of its stores, some of which
    `has_other_clocks` than the brand's."""
    for coupon in coupons:
        zones = db.all_of(zones_with(coupon.version)) if has_other_clocks else ()
        if zones:
            coupon.expires_at = windows.end_everywhere(coupon.ends_local, zones)
        claims.write_coupon(coupon, now=now)
