"""A member claims an offer: the coupon is theirs, with a code of its own.

Claiming is the member's own act. It needs no permission for marketing, and it joins no programme behind their back.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.languages import Moment
from app.sql import db
from offers.coupons import admission, queries
from offers.coupons.errors import (
    MemberLimitReached,
    OfferOutsideSchedule,
    OfferOutsideWindow,
    OfferSoldOut,
    OfferSoldOutToday,
)
from offers.coupons.models import Coupon, CouponStatus
from offers.coupons.uses import use_counts
from offers.planning import budgets, offer_locks, terms, windows
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.models import OfferStatus, OfferVersion
from offers.planning.queries import zones_with
from offers.planning.read_model import sold_out
from offers.planning.schedules.standing import find_next_firing
from offers.planning.spending.errors import BudgetSpent
from wallet.passes.codes import new_code
from wallet.passes.directory import values_of_code
from wallet.passes.models import CodeKind


def claim_offer(
    *,
    member_id: uuid.UUID,
    offer_id: uuid.UUID,
    now: datetime,
    by_code: bool = False,
    session_id: uuid.UUID | None = None,
) -> Coupon:
    """Give the member a coupon of a live offer, at the version in force.

    `by_code`: they have it on paper, so it may also be one that is shown nowhere. `session_id` is the sign-in by which
    they claim, whose phone is known then.

    The limit per member counts every coupon, used, expired or not. A unit is taken from the total, then from the day.
    What is on paper may be claimed at any time of the window, like what the brand gives; all else only while it fires
    somewhere. Raises `OfferUnknown` (also for what was never live), `OfferNotLive`, `OfferOutsideWindow`,
    `OfferOutsideSchedule`, `OfferNotForYou`, `MemberLimitReached`, `OfferSoldOut`, `OfferSoldOutToday`, `BudgetSpent`,
    `UseLimitReached`.
    """
    offer = _offer_held(queries.GIVABLE if by_code else queries.CLAIMABLE, offer_id, member_id=member_id, now=now)
    if offer is None:
        raise OfferUnknown
    version = _version_of(offer)
    if version.given_only and not by_code:
        raise OfferUnknown
    if offer.status != OfferStatus.LIVE:
        raise OfferNotLive
    if not offer.holds_now:
        _require_firing(offer, version, now=now)
    admission.require_audience(version, member_id=member_id, brand_id=offer.brand_id, zone=offer.time_zone, now=now)
    if offer.claimed >= version.member_limit:
        raise MemberLimitReached(limit=version.member_limit)
    if offer.sold_out:
        raise OfferSoldOut if offer.for_good else _sold_out_today(offer.time_zone, now)
    _require_money(offer)
    phone = use_counts.find_phone(version, member_id=member_id, session_id=session_id)
    whose = {"member_id": member_id, "brand_id": offer.brand_id, "installation_id": phone}
    use_counts.require_use_left(version, **whose, now=now)
    return _give(offer, version, member_id=member_id, handed_out=by_code, now=now, installation_id=phone)


def give_coupon(*, member_id: uuid.UUID, brand_id: uuid.UUID, offer_id: uuid.UUID, now: datetime) -> Coupon:
    """Give the member a coupon on the brand's own account: a gesture of its staff, a reward for points.

    What the offer may still give in total and today holds. The limit per member and the schedule do not: they are on
    what members take by themselves, and a coupon can wait for the next firing. Raises `OfferUnknown` (also for another
    brand's), `OfferNotLive` (also outside its window, and when the coupon would end before the next firing),
    `OfferSoldOut`, `OfferSoldOutToday`, `BudgetSpent`.
    """
    offer = _offer_held(queries.GIVABLE, offer_id, member_id=member_id, now=now)
    if offer is None or offer.brand_id != brand_id:
        raise OfferUnknown
    if offer.status != OfferStatus.LIVE or not offer.holds_now:
        raise OfferNotLive
    if offer.sold_out:
        raise OfferSoldOut if offer.for_good else _sold_out_today(offer.time_zone, now)
    _require_money(offer)
    return _give(offer, _version_of(offer), member_id=member_id, handed_out=True, now=now)


def _offer_held(question: db.HotStatement, offer_id: uuid.UUID, *, member_id: uuid.UUID, now: datetime) -> Any:
    """The offer as it stands, and until the end of the transaction; None when it is unknown or was never live."""
    offer_locks.lock_claim(offer_id=offer_id, member_id=member_id)
    return db.send_statement(question, {"offer_id": offer_id, "member_id": member_id, "now": now}).one_or_none()


def _version_of(offer: Any) -> OfferVersion:
    key = (offer.id, offer.live_version)
    return terms.read_terms([key])[key]


def _take_units(version: OfferVersion, time_zone: str, *, now: datetime) -> None:
    today = clock.day_of(now, time_zone)
    groups = (
        (budgets.TOTAL, version.total_limit, OfferSoldOut()),
        (today, version.daily_limit, _sold_out_today(time_zone, now)),
    )
    nearly_out = False
    for day, limit, refusal in groups:
        if limit is not None:
            left = budgets.take_unit(offer_id=version.offer_id, day=day, limit=limit)
            if left is None:
                raise refusal
            nearly_out = nearly_out or left < sold_out.NEARLY
    if nearly_out:
        sold_out.note_after_commit(offer_id=version.offer_id, now=now)


def _give(
    offer: Any,
    version: OfferVersion,
    *,
    member_id: uuid.UUID,
    handed_out: bool,
    now: datetime,
    installation_id: uuid.UUID | None = None,
) -> Coupon:
    """Take the units, and write the coupon with its code. What is handed out must fire before it ends."""
    _take_units(version, offer.time_zone, now=now)
    zones = _zones_of(offer, version)
    ends_local = windows.end_after_days(now, version.coupon_valid_days, zones)
    if version.coupon_ends_with_offer:
        ends_local = min(ends_local, version.ends_local)
    if handed_out and version.schedule is not None:
        upcoming = find_next_firing(version, now=now, coupon_ends_local=ends_local)
        if upcoming is None or upcoming.at >= windows.end_everywhere(ends_local, zones):
            raise OfferNotLive
    given = {
        "member_id": member_id,
        "id": db.new_id(),
        "brand_id": offer.brand_id,
        "offer_id": offer.id,
        "offer_version": version.version,
        "ordinal": offer.claimed + 1,
        "code": new_code(),
        "status": str(CouponStatus.ACTIVE),
        "claimed_at": now,
        "ends_local": ends_local,
        "expires_at": windows.end_everywhere(ends_local, zones),
        "installation_id": installation_id,
    }
    code = values_of_code(
        kind=CodeKind.COUPON,
        brand_id=offer.brand_id,
        member_id=member_id,
        target_id=given["id"],
        now=now,
        code=given["code"],
    )
    db.send_statement(queries.GIVE, given | code)
    return db.as_read(Coupon, given | {"version": version})


def _zones_of(offer: Any, version: OfferVersion) -> Sequence[str]:
    """The zones of the stores at which a version holds; the brand's, where it has no store elsewhere."""
    found = db.all_of(zones_with(version)) if offer.other_clocks else ()
    return found or [offer.time_zone]


def _require_money(offer: Any) -> None:
    """No coupon of what a till would refuse: `BudgetSpent` says when there is money again, if that is known."""
    if offer.is_spent:
        raise BudgetSpent(again_at=Moment(offer.spent_until, offer.time_zone) if offer.spent_until else None)


def _require_firing(offer: Any, version: OfferVersion, *, now: datetime) -> None:
    """Refuse what does not hold now; what fires nevertheless passes, where the read model is behind."""
    starts_at, ends_at = db.rows(queries.window_of(offer.number))[0]
    if starts_at is None:
        raise OfferNotLive  # all its stores have closed
    if version.schedule is None or not starts_at <= now < ends_at:
        zones = _zones_of(offer, version)
        zone = offer.time_zone if offer.time_zone in zones else min(zones)
        raise OfferOutsideWindow(starts_at=Moment(starts_at, zone), ends_at=Moment(ends_at, zone))
    upcoming = find_next_firing(version, now=now)
    if upcoming is None:
        raise OfferNotLive  # it has fired for the last time
    if upcoming.at > now:
        raise OfferOutsideSchedule(next_at=upcoming)


def _sold_out_today(time_zone: str, now: datetime) -> OfferSoldOutToday:
    tomorrow = clock.day_of(now, time_zone) + timedelta(days=1)
    return OfferSoldOutToday(again_at=Moment(clock.start_of(tomorrow, time_zone), time_zone))
