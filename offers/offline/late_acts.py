"""What a till says it did without a network, and whether it was entitled to: the words between `offers.tills`, which
takes such acts in, and this room, which judges them.

Whoever judges adds itself to `JUDGES` when it is loaded.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class TillAction(StrEnum):
    """What a terminal does with a pass."""

    IDENTIFY = "identify"
    REDEEM = "redeem"
    EARN = "earn"
    BURN = "burn"
    SALE = "sale"


class LateAct(NamedTuple):
    """One act that a terminal did by itself. Amounts are what it gave away: points that it took for something, and
    money in minor units of `currency` that its coupons or points took off.

    `occurred_at` is by the terminal's clock, `clock_drift_s` how far that was ahead when it last reported, if it did.
    `revoked_at` is when the terminal was revoked, which its queue may outlive. `code` and `coupons` are codes as they
    were shown: a signed voucher among them is known by its form.
    """

    brand_id: uuid.UUID
    store_id: uuid.UUID
    terminal_id: uuid.UUID
    scan_id: uuid.UUID
    action: TillAction
    code: str
    occurred_at: datetime
    member_id: uuid.UUID | None = None
    coupons: tuple[str, ...] = ()
    points: int = 0
    points_currency_id: uuid.UUID | None = None
    value_minor: int = 0
    currency: str | None = None
    device_seq: int | None = None
    snapshot_version: int | None = None
    clock_drift_s: int | None = None
    revoked_at: datetime | None = None


class LateVerdict(NamedTuple):
    """Whether a terminal was entitled to an act. `reason` is one of the closed reasons of a scan where it was not;
    `covered_by` says on whose account it stands."""

    is_entitled: bool
    reason: str | None = None
    covered_by: str | None = None


Judge = Callable[[LateAct, datetime], LateVerdict]

JUDGES: list[Judge] = []
"""Who judges an act, at an instant and in the transaction that takes it in, before anything of it is done: what a judge
frees for the act, and what it counts, goes with it or is undone with it."""


def judge_late_act(act: LateAct, *, now: datetime) -> LateVerdict:
    """Whether the terminal was entitled to this act: all judges must agree, and the first that does not says why.

    Where nobody judges, it was only to what gives nothing away.
    """
    if not JUDGES:
        is_free = not (act.points or act.value_minor or act.coupons or act.action is TillAction.REDEEM)
        return LateVerdict(is_free, None if is_free else "offline_limit")
    judged = [judge(act, now) for judge in JUDGES]
    return next((one for one in judged if not one.is_entitled), judged[0])
