"""Who works at the tills of a store: somebody gets a number and a PIN, another PIN, and leaves."""

import uuid
from datetime import datetime

from app.accounts import passwords
from app.accounts.models import NO_PASSWORD
from app.data_map import YEAR
from app.errors import NotFound
from app.sql import db
from app.staff.cashiers import queries
from app.staff.cashiers.errors import CashierUnknown
from app.staff.cashiers.models import Cashier


def appoint_cashier(
    *, brand_id: uuid.UUID, store_id: uuid.UUID, number: str, name: str, pin: str, now: datetime
) -> Cashier:
    """Let a person work at the tills of a store of the brand.

    Raises `NotFound` for a store that is not the brand's, `CashierNumberTaken` (by its constraint), `CostlyDoorBusy`.
    """
    if db.first(queries.store_of_brand(brand_id, store_id)) is None:
        raise NotFound
    pin_hash = passwords.hash_password(pin)
    fields = {"brand_id": brand_id, "store_id": store_id, "number": number, "name": name}
    return db.add(Cashier(**fields, pin_hash=pin_hash, created_at=now))


def change_pin(*, brand_id: uuid.UUID, cashier_id: uuid.UUID, pin: str) -> Cashier:
    """Give somebody another PIN; the one before stops at once. Raises `CashierUnknown`, `CostlyDoorBusy`."""
    pin_hash = passwords.hash_password(pin)
    cashier = _cashier_to_change(brand_id, cashier_id)
    if cashier.dismissed_at is not None:
        raise CashierUnknown
    cashier.pin_hash = pin_hash
    return cashier


def dismiss_cashier(*, brand_id: uuid.UUID, cashier_id: uuid.UUID, now: datetime) -> Cashier:
    """Somebody works there no more: PIN and what was opened with it stop at once. Twice is no error.

    Raises `CashierUnknown`.
    """
    cashier = _cashier_to_change(brand_id, cashier_id)
    cashier.dismissed_at = cashier.dismissed_at or now
    cashier.pin_hash = NO_PASSWORD
    return cashier


def forget_names(*, now: datetime) -> int:
    """A year after somebody left, their name is forgotten; their number stays, since sales carry it."""
    gone = db.all_of(db.locked(queries.named_and_gone(now - YEAR)))
    for cashier in gone:
        cashier.name = ""
    return len(gone)


def _cashier_to_change(brand_id: uuid.UUID, cashier_id: uuid.UUID) -> Cashier:
    cashier = db.first(db.locked(queries.cashiers_of(brand_id).where(Cashier.id == cashier_id)))
    if cashier is None:
        raise CashierUnknown
    return cashier
