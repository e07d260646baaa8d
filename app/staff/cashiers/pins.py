"""Somebody shows their number and PIN at a terminal, and gets a token for the header `X-Staff`: of this terminal alone,
for a working day.

A PIN has few digits, so few are tried: five in a quarter of an hour for one number and twenty a day, and forty in an
hour at one terminal, whatever the numbers. Tries are counted beforehand and exactly, also of many at once.
"""

import struct
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from app.accounts import passwords
from app.accounts.quotas import Quota, Spending, give_back, spend_quotas
from app.accounts.terminal_profiles import profiles
from app.codes import sealed
from app.errors import CashierAwaited, CashierNotAccepted, CostlyDoorBusy
from app.http.access import Principal
from app.sql import db
from app.staff.cashiers import queries
from app.staff.cashiers.errors import PinNotAccepted, TooManyPins

LASTS = timedelta(hours=12)
SEAL = sealed.make_token_seal("ici_s_")
CONTENT = struct.Struct(">16s16sI")
PINS = Quota("pins", 5, timedelta(minutes=15), TooManyPins)
PINS_A_DAY = Quota("pins-a-day", 20, timedelta(days=1), TooManyPins)
PINS_OF_TERMINAL = Quota("pins-of-terminal", 40, timedelta(hours=1), TooManyPins)


class CashierSession(NamedTuple):
    """What somebody shows at their terminal until it ends."""

    token: str
    cashier_id: uuid.UUID
    name: str
    expires_at: datetime


def open_session(
    *, store_id: uuid.UUID, terminal_id: uuid.UUID, number: str, pin: str, now: datetime
) -> CashierSession:
    """Whoever has this number in the store, and this PIN, stands at the terminal.

    Raises `PinNotAccepted`, the same whatever is wrong; `TooManyPins`; `CostlyDoorBusy`.
    """
    whose = f"{store_id}:{number}"
    tried = [Spending(PINS, whose), Spending(PINS_A_DAY, whose), Spending(PINS_OF_TERMINAL, str(terminal_id))]
    # Counted beforehand, in a transaction of its own: of many guesses at once none is free.
    with db.apart(), db.transaction():
        spend_quotas(tried, now=now)
    cashier = db.first(queries.cashier_at(store_id, number))
    try:
        is_right = passwords.password_matches(pin, cashier.pin_hash if cashier else None, asker=str(terminal_id))
    except CostlyDoorBusy:
        _give_back(tried, now=now)
        raise
    if cashier is None or not is_right:
        raise PinNotAccepted
    _give_back(tried, now=now)
    expires_at = now + LASTS
    content = CONTENT.pack(cashier.id.bytes, terminal_id.bytes, int(expires_at.timestamp()))
    return CashierSession(sealed.seal_text(SEAL, content), cashier.id, cashier.name, expires_at)


def guard_terminal(terminal: Principal, *, door: str, shown: str, is_repeat: bool, now: datetime) -> uuid.UUID | None:
    """Who of its staff stands at a terminal that knocks on this door (`METHOD /path/{name}`), by what `X-Staff` says.

    A repeat of what is done needs nobody there any more. Raises `NotOfThisTerminal`, `CashierAwaited`,
    `CashierNotAccepted`.
    """
    profile = terminal.profile or ""
    profiles.require_door(profile, door)
    if is_repeat or not (shown or profiles.wants_cashier(profile, door)):
        return None
    if not shown:
        raise CashierAwaited
    return read_cashier(shown, terminal, now)


def read_cashier(shown: str, terminal: Principal, now: datetime) -> uuid.UUID:
    """Who stands at a terminal, by what `X-Staff` says. Raises `CashierNotAccepted`."""
    content = sealed.open_text(SEAL, shown)
    if content is None or len(content) != CONTENT.size:
        raise CashierNotAccepted
    cashier, opened_at, expires_at = CONTENT.unpack(content)
    cashier_id = uuid.UUID(bytes=cashier)
    if uuid.UUID(bytes=opened_at) != terminal.id or expires_at <= now.timestamp():
        raise CashierNotAccepted
    if not db.fetch(queries.HERE, [cashier_id, terminal.store_id]):
        raise CashierNotAccepted
    return cashier_id


def _give_back(tried: list[Spending], *, now: datetime) -> None:
    with db.apart(), db.transaction():
        give_back(tried, now=now)
