"""A member claims an offer: the coupon is theirs, with a code of its own.

Claiming is the member's own act. It needs no permission for marketing, and it joins no programme behind their back.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app import clock
from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Moment
from app.sql import db
from offers.coupons import admission, queries
from offers.coupons.errors import (
    MemberLimitReached,
    OfferAppliesByItself,
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
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.queries import scan_at_store


class TillOfClaim(NamedTuple):
    """Whose staff claim for a member, and at which terminal."""

    brand_id: uuid.UUID
    terminal_id: uuid.UUID


def claim_offer(
    *,
    member_id: uuid.UUID,
    offer_id: uuid.UUID,
    now: datetime,
    by_code: bool = False,
    session_id: uuid.UUID | None = None,
    at_till: TillOfClaim | None = None,
) -> Coupon:
    """Give the member a coupon of a live offer, at the version in force.

    `by_code`: they have it on paper, so it may also be one that is shown nowhere. `session_id` is the sign-in by which
    they claim, whose phone is known then; `at_till` is where staff do it for them, of offers of that brand alone.

    The limit per member counts every coupon, used, expired or not. A unit is taken from the total, then from the day.
    What is on paper may be claimed at any time of the window, like what the brand gives; all else only while it fires
    somewhere. Raises `OfferUnknown` (also for what was never live), `OfferNotLive`, `OfferAppliesByItself`,
    `OfferOutsideWindow`, `OfferOutsideSchedule`, `OfferNotForYou`, `MemberLimitReached`, `OfferSoldOut`,
    `OfferSoldOutToday`, `BudgetSpent`, `UseLimitReached`.
    """
    offer = _offer_held(queries.GIVABLE if by_code else queries.CLAIMABLE, offer_id, member_id=member_id, now=now)
    if offer is None or (at_till is not None and offer.brand_id != at_till.brand_id):
        raise OfferUnknown
    version = _version_of(offer)
    if version.given_only and not by_code:
        raise OfferUnknown
    if offer.status != OfferStatus.LIVE:
        raise OfferNotLive
    if version.is_automatic:
        raise OfferAppliesByItself
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
    return _give(offer, version, member_id=member_id, handed_out=by_code, now=now, phone=phone, at_till=at_till)


def claim_at_till(
    *,
    scan_id: uuid.UUID,
    offer_id: uuid.UUID,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
) -> Coupon:
    """Claim an offer of the brand for the member whose pass was scanned at this store. The coupon says which terminal
    did, and which cashier where one has shown a PIN. Raises as `claim_offer`, and `ScanUnknown`."""
    scan = db.first(scan_at_store(scan_id, brand_id=brand_id, store_id=store_id))
    if scan is None:
        raise ScanUnknown
    note_read(member_id=scan.member_id, classes=[DataClass.COUPON], now=now)
    at_till = TillOfClaim(brand_id, terminal_id)
    return claim_offer(member_id=scan.member_id, offer_id=offer_id, now=now, at_till=at_till)


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


def take_units_of(version: OfferVersion, *, time_zone: str, now: datetime) -> None:
    """Take a unit of the total, then of the day, where a version limits them. Raises `OfferSoldOut`,
    `OfferSoldOutToday`."""
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
    phone: uuid.UUID | None = None,
    at_till: TillOfClaim | None = None,
) -> Coupon:
    """Take the units, and write the coupon with its code. What is handed out must fire before it ends."""
    take_units_of(version, time_zone=offer.time_zone, now=now)
    zones = zones_of(offer, version)
    ends_local = windows.end_after_days(now, version.coupon_valid_days, zones)
    if version.coupon_ends_with_offer or version.is_automatic:
        ends_local = min(ends_local, version.ends_local)
    if handed_out and version.schedule is not None:
        upcoming = find_next_firing(version, now=now, coupon_ends_local=ends_local)
        if upcoming is None or upcoming.at >= windows.end_everywhere(ends_local, zones):
            raise OfferNotLive
    coupon = new_coupon(
        version,
        member_id=member_id,
        brand_id=offer.brand_id,
        ordinal=offer.claimed + 1,
        ends_local=ends_local,
        expires_at=windows.end_everywhere(ends_local, zones),
        now=now,
        installation_id=phone,
        claimed_at_terminal_id=at_till.terminal_id if at_till else None,
        cashier_id=db.cashier_id() if at_till else None,
    )
    write_coupon(coupon, now=now)
    return coupon


def new_coupon(version: OfferVersion, *, now: datetime, **given: Any) -> Coupon:
    """A coupon of a version, of which nothing is written yet; `given` are its member, brand, ordinal and ends, and how
    it was claimed."""
    unsaid = dict.fromkeys(("held_for", "held_until", "installation_id", "claimed_at_terminal_id", "cashier_id"))
    of_version = {"offer_id": version.offer_id, "offer_version": version.version, "version": version}
    made = {"id": db.new_id(), "code": new_code(), "status": str(CouponStatus.ACTIVE), "claimed_at": now}
    return db.as_read(Coupon, {**unsaid, **of_version, **made, **given})


def write_coupon(coupon: Coupon, *, now: datetime) -> None:
    """Write a new coupon, with its code in the directory."""
    code = values_of_code(
        kind=CodeKind.COUPON,
        brand_id=coupon.brand_id,
        member_id=coupon.member_id,
        target_id=coupon.id,
        now=now,
        code=coupon.code,
    )
    db.send_statement(queries.GIVE, {name: getattr(coupon, name) for name in queries.GIVEN} | code)


def zones_of(offer: Any, version: OfferVersion) -> Sequence[str]:
    """The zones of the stores at which a version holds; the brand's, where it has no store elsewhere. `offer` is a row
    that says both (`queries.CLAIMABLE`)."""
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
        zones = zones_of(offer, version)
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
