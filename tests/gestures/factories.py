"""A shop whose staff may give."""

from datetime import date, datetime, timedelta
from typing import Any

from app.accounts.models import Brand, Terminal
from app.sql import db
from geo.places.models import Store
from offers.gestures import budgets, givers, presents
from offers.gestures.budgets import Amounts
from offers.gestures.givers import Appointed
from offers.gestures.models import Gesture, GestureBudget
from offers.gestures.presents import Present
from tests.coupons.factories import Shop, acting_at
from tests.factories import NOON, make_console_user
from tests.points.factories import make_currency
from wallet.ledger.models import PointsCurrency
from wallet.scanning import scans
from wallet.scanning.models import Scan

SOME = {
    "points": 1_000,
    "coupons": 5,
    "most_points": 100,
    "most_points_of_manager": 500,
    "per_member": 2,
    "per_giver_a_day": 10,
}


def appoint(brand: Brand, store: Store, *, now: datetime = NOON, **given: Any) -> Appointed:
    fields: dict[str, Any] = {"name": "Claire", "manager": False, "own_card": None}
    with db.transaction():
        db.become(brand_id=brand.id)
        return givers.appoint_giver(brand_id=brand.id, store_id=store.id, now=now, **(fields | given))


def all_the_time(now: datetime) -> tuple[date, date]:
    """From the day before to the day after, wherever the store is."""
    return now.date() - timedelta(days=1), now.date() + timedelta(days=1)


def allot(
    brand: Brand,
    store: Store,
    *,
    now: datetime = NOON,
    days: tuple[date, date] | None = None,
    currency: PointsCurrency | None = None,
    **given: Any,
) -> GestureBudget:
    starts_on, ends_on = days or (now.date(), now.date())
    currency = currency or make_currency(brand)
    by = make_console_user(brand, "admin").id
    with db.transaction():
        db.become(brand_id=brand.id)
        return budgets.allot_budget(
            brand_id=brand.id,
            store_id=store.id,
            starts_on=starts_on,
            ends_on=ends_on,
            currency_id=currency.id,
            amounts=Amounts(**(SOME | given)),
            by=by,
            now=now,
        )


def give_gesture(terminal: Terminal, scan: Scan, badge: str, *, now: datetime = NOON, **present: Any) -> Gesture:
    with acting_at(terminal):
        return presents.give_gesture(
            scan_id=scan.id,
            badge=badge,
            words="Pour votre patience",
            present=Present(**present),
            brand_id=terminal.brand_id,
            store_id=terminal.store_id,
            terminal_id=terminal.id,
            now=now,
        )


def scan_code(terminal: Terminal, code: str, *, now: datetime = NOON) -> Scan:
    """What is shown at this terminal is read there."""
    with acting_at(terminal):
        return scans.read_pass(
            code=code, brand_id=terminal.brand_id, store_id=terminal.store_id, terminal_id=terminal.id, now=now
        ).scan


class Counter(Shop):
    """A shop with a budget, somebody who gives, and a member whose coupon was just scanned."""

    def __init__(self, anyone: Any, **amounts: Any) -> None:
        super().__init__(anyone, given_only=True)
        self.budget: GestureBudget = allot(self.brand, self.store, **amounts)
        self.giver, self.badge = appoint(self.brand, self.store)

    def scan(self, code: str, *, now: datetime = NOON) -> Scan:
        return scan_code(self.terminal, code, now=now)

    def give(self, scan: Scan, *, now: datetime = NOON, badge: str | None = None, **present: Any) -> Gesture:
        return give_gesture(self.terminal, scan, badge or self.badge, now=now, **(present or {"points": 20}))

    def left(self) -> tuple[int, int]:
        with db.system_transaction():
            budget = db.get(GestureBudget, self.budget.id)
            assert budget is not None
            return budget.points_left, budget.coupons_left
