"""Somebody of a store gives a small attention to the person whose pass they just scanned.

The budget of the store is locked first, so its limits are exact; then an offer, a coupon or a balance, as a claim or a
sale lock them, and none of these ever asks for a budget.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock
from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Text
from app.sql import db
from geo.places.models import Store
from offers.coupons.claims import give_coupon
from offers.gestures import queries
from offers.gestures.errors import (
    GestureBudgetMissing,
    GestureBudgetSpent,
    GestureLimitOfGiver,
    GestureLimitOfMember,
    GestureTooLarge,
    GestureToOneself,
    GiverUnknown,
    ScanTooOld,
)
from offers.gestures.givers import badge_hash, wallet_hash
from offers.gestures.models import Gesture, GestureBudget, GestureGiver, GestureKind
from wallet.passes.codes import read_code
from wallet.points import wording
from wallet.points.earning import earn_points
from wallet.scanning.errors import ScanUnknown
from wallet.scanning.queries import scan_at_store

PRESENT = timedelta(minutes=15)
"""How long a scan shows that somebody is there."""

wording.REASONS["gesture"] = Text(
    fr="Un geste commercial de l'équipe : {store}.", en="A kindness of the team: {store}."
)


@dataclass(frozen=True)
class Present:
    """What is given: so many points, or a coupon of this offer."""

    points: int | None = None
    offer_id: uuid.UUID | None = None


def give_gesture(
    *,
    scan_id: uuid.UUID,
    badge: str,
    words: str,
    present: Present,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
) -> Gesture:
    """Give the present to the member of a scan made in this store, out of the store's budget of today.

    Raises `ScanUnknown` (also for a scan of another store), `ScanTooOld`, `CodeMistyped`, `GiverUnknown`,
    `GestureToOneself`, `GestureBudgetMissing`, `GestureTooLarge`, `GestureLimitOfMember`, `GestureLimitOfGiver`,
    `GestureBudgetSpent`, and what giving a coupon raises: `OfferUnknown`, `OfferNotLive`, `OfferSoldOut`,
    `OfferSoldOutToday`, `BudgetSpent`.
    """
    giver = db.first(queries.giver_with(badge_hash(read_code(badge)), store_id=store_id))
    if giver is None:
        raise GiverUnknown
    member_id = _who_is_there(scan_id, brand_id=brand_id, store_id=store_id, now=now)
    if giver.own_member_hash == wallet_hash(member_id):
        raise GestureToOneself
    store = db.get(Store, store_id)
    zone = clock.zone_of(store)
    budget = _budget_of_today(store_id, zone, now=now)
    _check_limits(budget, giver, member_id, present, zone=zone, now=now)
    gesture = Gesture(
        member_id=member_id,
        id=db.new_id(),
        brand_id=brand_id,
        store_id=store_id,
        terminal_id=terminal_id,
        budget_id=budget.id,
        giver_id=giver.id,
        words=words,
        given_at=now,
        cashier_id=db.cashier_id(),
    )
    if present.points is not None and budget.currency_id is not None:
        budget.points_left -= present.points
        _give_points(gesture, present.points, budget.currency_id, store_name="" if store is None else store.name)
    elif present.offer_id is not None:
        budget.coupons_left -= 1
        _give_coupon(gesture, present.offer_id)
    note_read(member_id=member_id, classes=[DataClass.COUPON], now=now)
    db.add(gesture)
    return db.all_of(queries.gestures_of(member_id).where(Gesture.id == gesture.id))[0]


def _who_is_there(scan_id: uuid.UUID, *, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> uuid.UUID:
    scan = db.first(scan_at_store(scan_id, brand_id=brand_id, store_id=store_id))
    if scan is None:
        raise ScanUnknown
    if scan.scanned_at + PRESENT <= now:
        raise ScanTooOld
    return scan.member_id


def _budget_of_today(store_id: uuid.UUID, zone: str, *, now: datetime) -> GestureBudget:
    today = clock.day_of(now, zone)
    budget = db.first(db.locked(queries.budgets_between(store_id, today, today)))
    if budget is None:
        raise GestureBudgetMissing
    return budget


def _check_limits(
    budget: GestureBudget, giver: GestureGiver, member_id: uuid.UUID, present: Present, *, zone: str, now: datetime
) -> None:
    most = budget.most_points_of_manager if giver.manager else budget.most_points
    if (present.points or 0) > most:
        raise GestureTooLarge(most=most)
    if (db.first(queries.given_to(member_id, budget.id)) or 0) >= budget.per_member:
        raise GestureLimitOfMember(limit=budget.per_member)
    midnight = clock.start_of(clock.day_of(now, zone), zone)
    if (db.first(queries.given_by(giver.id, since=midnight)) or 0) >= budget.per_giver_a_day:
        raise GestureLimitOfGiver(limit=budget.per_giver_a_day)
    if (present.points or 0) > budget.points_left or (present.offer_id is not None and not budget.coupons_left):
        raise GestureBudgetSpent(points=budget.points_left, coupons=budget.coupons_left)


def _give_points(gesture: Gesture, points: int, currency_id: uuid.UUID, *, store_name: str) -> None:
    gesture.kind, gesture.points, gesture.currency_id = GestureKind.POINTS, points, currency_id
    earn_points(
        member_id=gesture.member_id,
        currency_id=currency_id,
        points=points,
        source=f"gesture:{gesture.id}",
        reason="gesture",
        facts={"store": store_name},
        waits="immediate",
        now=gesture.given_at,
    )


def _give_coupon(gesture: Gesture, offer_id: uuid.UUID) -> None:
    of: dict[str, uuid.UUID] = {"member_id": gesture.member_id, "brand_id": gesture.brand_id, "offer_id": offer_id}
    gesture.kind, gesture.coupon_id = GestureKind.COUPON, give_coupon(**of, now=gesture.given_at).id
