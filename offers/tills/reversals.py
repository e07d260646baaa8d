"""What a recorded scan did is taken back: by entries of its own, and never by deleting."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Language
from app.sql import db, locks
from offers.checkout.returned import returns
from offers.coupons import redemption as redemptions
from offers.tills import queries, scan_answers
from offers.tills.acts import EffectKind, TillPlace
from offers.tills.errors import ScanElsewhere, ScanNotReversible, TillScanUnknown
from offers.tills.models import TillScan, TillScanEffect
from offers.tills.scan_answers import ScanAnswer
from wallet.points import adjustments
from wallet.points import returns as points_returns


def find_scan(*, scan_id: uuid.UUID, at: TillPlace, language: Language, now: datetime) -> ScanAnswer:
    """What became of a scan of this store, by the name that its terminal gave it. Raises `TillScanUnknown`."""
    scan = db.first(queries.scan_in_store(scan_id, brand_id=at.brand_id, terminal_id=at.terminal_id))
    if scan is None or scan.store_id != at.store_id:
        raise TillScanUnknown
    return scan_answers.tell_again(scan, language=language, now=now)


def reverse_scan(*, scan_id: uuid.UUID, at: TillPlace, language: Language, now: datetime) -> ScanAnswer:
    """Take back what a scan of this store did. Twice is once, and one that did nothing is simply marked.

    Raises `TillScanUnknown`; `ScanElsewhere`; `ScanNotReversible` once nobody knows whose it was; `UndoWindowOver` for
    a coupon that was used some time ago, and what else reversals a redemption or cancelling a sale raises.
    """
    found = db.first(queries.scan_in_store(scan_id, brand_id=at.brand_id, terminal_id=at.terminal_id))
    if found is None:
        raise TillScanUnknown
    if found.store_id != at.store_id:
        raise ScanElsewhere
    locks.lock_name(f"till_scan:{found.terminal_id}:{found.scan_id}")
    scan = db.first(db.locked(queries.scan_named(found.terminal_id, found.scan_id))) or found
    if scan.reversed_at is None:
        if scan.result in scan_answers.MADE:
            take_back_effect(scan, now=now)
        scan.reversed_at, scan.reversed_by_id = now, db.cashier_id()
        db.session().flush()
    return scan_answers.tell_again(scan, language=language, now=now)


def take_back_effect(scan: TillScan, *, now: datetime, whenever: bool = False) -> None:
    """Take back what a scan did; `whenever` for somebody at the console, whom no window binds.

    Raises `ScanNotReversible` where nobody knows any more whose it was, and as `reverse_scan`.
    """
    effect = db.first(queries.effect_of(scan.brand_id, scan.id))
    if effect is None:
        raise ScanNotReversible
    note_read(member_id=effect.member_id, classes=[DataClass.SCAN], now=now)
    where: dict[str, Any] = {"brand_id": scan.brand_id, "store_id": scan.store_id, "now": now}
    match effect.kind:
        case EffectKind.REDEMPTION if effect.target_id:
            redemptions.undo_redemption(redemption_id=effect.target_id, **where, whenever=whenever)
        case EffectKind.SALE if effect.target_id:
            returns.cancel_sale(sale_id=effect.target_id, **where)
        case EffectKind.POINTS:
            _give_points_back(scan, effect, now=now)


def _give_points_back(scan: TillScan, effect: TillScanEffect, *, now: datetime) -> None:
    kept: Mapping[str, Any] = effect.answer
    if effect.currency_id is None:
        return
    whose: dict[str, Any] = {"member_id": effect.member_id, "currency_id": effect.currency_id}
    facts = {"store": db.all_of(queries.store_name(scan.store_id))[0]}
    said: dict[str, Any] = {"reason": "till_scan_back", "facts": facts, "now": now}
    if effect.target_id is not None:
        points_returns.give_back_spend(**whose, spend_id=effect.target_id, source=f"till_scan:{scan.id}:back", **said)
    if kept["owed"]:
        forgive_debt(scan, effect, now=now)


def forgive_debt(scan: TillScan, effect: TillScanEffect, *, now: datetime) -> None:
    """What is owed because of a conflict is owed no more: the brand bears it."""
    owed = effect.answer["owed"]
    if not owed or effect.currency_id is None:
        return
    adjustments.adjust_balance(
        member_id=effect.member_id,
        currency_id=effect.currency_id,
        points=owed,
        source=f"till_scan:{scan.id}:forgiven",
        reason="till_scan_back",
        facts={"store": db.all_of(queries.store_name(scan.store_id))[0]},
        now=now,
    )
