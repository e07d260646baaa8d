"""Whether a coupon can be used at a till, and if not, why: the same judgement for the list and for the redemption."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from app import clock
from app.errors import Problem
from app.languages import Moment
from app.sql import db
from offers.coupons import queries
from offers.coupons.errors import (
    CouponAlreadyRedeemed,
    CouponEndedWithOffer,
    CouponExpired,
    CouponKept,
    CouponOutsideSchedule,
    CouponScheduleOver,
    CouponWrongStore,
    OfferPaused,
    RedeemedMeanwhile,
)
from offers.coupons.models import Coupon, CouponStatus
from offers.planning.models import OfferStatus
from offers.planning.schedules.standing import StoreClock
from offers.planning.spending.errors import BudgetSpent

NAMED_STORES = 3

Judged = tuple[Coupon, Problem | None]


def judge_coupon(
    coupons: Sequence[Coupon],
    *,
    store_id: uuid.UUID,
    zone: str,
    now: datetime,
    here: Collection[tuple[uuid.UUID, int]],
    sale_id: uuid.UUID | None = None,
    bought_at: datetime | None = None,
    spent: Collection[uuid.UUID] = (),
) -> list[Judged]:
    """Each coupon (loaded with offer and version) with the refusal that it would meet at a store of this zone, if any.

    A coupon holds where its own version of the offer holds, until it is over on the store's wall clock; of one with a
    schedule, while it fires there, now or when it was bought, also after the offer's window. When the offer has ended
    it still does, unless it was to end with it.
    One that another sale than `sale_id` keeps is refused for that time; one that this sale keeps does not expire
    meanwhile. `here` are the versions that hold at the store, `spent` the offers that have no money left: of a use by
    itself nobody knows what it costs; a sale says it.
    """
    elsewhere = _named_stores({(one.offer_id, one.offer_version) for one in coupons}.difference(here))
    clock_here = StoreClock(store_id, zone)
    return [
        (
            coupon,
            _kept(coupon, zone, sale_id=sale_id, now=now)
            or _refusal(
                coupon,
                elsewhere=elsewhere.get((coupon.offer_id, coupon.offer_version)),
                at=clock_here,
                mine=sale_id is not None and coupon.held_for == sale_id,
                now=now,
                bought_at=bought_at or now,
            )
            or (BudgetSpent(again_at=None) if coupon.offer_id in spent else None),
        )
        for coupon in coupons
    ]


def _kept(coupon: Coupon, zone: str, *, sale_id: uuid.UUID | None, now: datetime) -> Problem | None:
    if coupon.held_until is None or not coupon.is_held_at(now, but_for=sale_id):
        return None
    return CouponKept(until=Moment(coupon.held_until, zone))


def _named_stores(versions: Collection[tuple[uuid.UUID, int]]) -> dict[tuple[uuid.UUID, int], list[str]]:
    """Some stores at which each of these versions holds, by name; none when all of them are gone."""
    found: dict[tuple[uuid.UUID, int], list[str]] = {version: [] for version in versions}
    asked = {"offers": [id for id, _ in versions], "versions": [number for _, number in versions]}
    named = db.send_statement(queries.NAMED_STORES, asked | {"limit": NAMED_STORES}) if versions else ()
    for offer_id, version, name in named:
        found[offer_id, version].append(name)
    return found


def _refusal(
    coupon: Coupon, *, elsewhere: Sequence[str] | None, at: StoreClock, mine: bool, now: datetime, bought_at: datetime
) -> Problem | None:
    """What stands against a use at this store; `elsewhere` are stores where it holds, None where it holds here."""
    kept = mine and coupon.held_until is not None and coupon.held_until > now
    if coupon.status == CouponStatus.REDEEMED:
        return _already_redeemed(coupon)
    if coupon.is_over_at(now, zone=at.zone) and not kept:
        return CouponExpired(at=Moment(clock.instant_of(coupon.ends_local, at.zone), at.zone))
    if coupon.offer.status == OfferStatus.ENDED and coupon.version.coupon_ends_with_offer and not kept:
        return CouponEndedWithOffer()
    if coupon.offer.status == OfferStatus.PAUSED:
        return OfferPaused()
    if elsewhere is not None:
        return CouponWrongStore(stores=", ".join(elsewhere) or "—")
    return None if kept else _outside_schedule(coupon, at, now=now, bought_at=bought_at)


def _outside_schedule(coupon: Coupon, at: StoreClock, *, now: datetime, bought_at: datetime) -> Problem | None:
    """What the schedule of a coupon's own version says; it goes on as long as the coupon does."""
    version = coupon.version
    if version.schedule is None:
        return None
    window = (version.starts_local, max(version.ends_local, coupon.ends_local))
    if at.fires(version.schedule, window=window, now=bought_at):
        return None
    upcoming = at.find_next_firing(version.schedule, window=window, now=now)
    if upcoming is None or upcoming.at >= clock.instant_of(coupon.ends_local, at.zone):
        return CouponScheduleOver()
    return CouponOutsideSchedule(next_at=upcoming) if upcoming.at > now else None


def _already_redeemed(coupon: Coupon) -> Problem:
    standing = db.first(queries.standing_redemption(coupon.member_id, coupon.id))
    if standing is None:
        return RedeemedMeanwhile()
    at = Moment(standing.redeemed_at, standing.store.time_zone)
    return CouponAlreadyRedeemed(at=at, store=standing.store.name)
