"""What is kept of a scan, and what a till is told of it: the first time, and whenever it asks again."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import inspect

from app import clock
from app.access_log.reads import note_read
from app.languages import Language
from app.sql import db
from offers.checkout import sale_cards
from offers.checkout.models import Sale
from offers.checkout.returned import returns
from offers.coupons import coupon_cards
from offers.coupons import redemption as redemptions
from offers.coupons.redemption import ShownRedemption
from offers.offline.late_acts import TillAction
from offers.tills import queries, reasons
from offers.tills.acts import EffectKind, ScanAsked, ScanDone, TillPlace
from offers.tills.models import ScanReason, ScanResult, TillScan, TillScanEffect
from wallet.scanning.models import Scan
from wallet.scanning.scans import SEEN, PassReading

MADE = (ScanResult.OK, ScanResult.ACCEPTED_WITH_CONFLICT)


class ScanAnswer(NamedTuple):
    """What a till is told, and whether a pass was read and something done."""

    body: Mapping[str, Any]
    is_made: bool


def write_scan(
    asked: ScanAsked, done: ScanDone, at: TillPlace, *, known: TillScan | None, fingerprint: bytes, now: datetime
) -> TillScan:
    """Write a scan down with what it did; in place of what was `known` of it, where that was overtaken."""
    scan = known or TillScan(
        terminal_id=at.terminal_id,
        scan_id=asked.scan_id,
        id=db.new_id(),
        brand_id=at.brand_id,
        store_id=at.store_id,
        fingerprint=fingerprint,
        action=asked.action,
    )
    scan.sent_by_id, scan.cashier_id, scan.cashier_number = at.sent_by_id, at.cashier_id, asked.cashier_number
    scan.device_seq, scan.snapshot_version = asked.device_seq, asked.snapshot_version
    scan.decided, scan.local_result = asked.decided, asked.local_result
    scan.occurred_at, scan.received_at = asked.occurred_at, now
    scan.result, scan.reason, scan.covered_by = done.result, done.reason, done.covered_by
    scan.points, scan.value_minor, scan.currency = done.points, done.value_minor, done.currency
    if scan.currency is None and (done.value_minor or done.loss_minor):
        scan.currency = db.all_of(queries.currency_of(at.brand_id))[0]
    scan.loss_points, scan.loss_minor = done.loss_points, done.loss_minor
    _write_effect(scan, asked, done, now=now)
    return db.add(scan)


def _write_effect(scan: TillScan, asked: ScanAsked, done: ScanDone, *, now: datetime) -> None:
    if done.member_id is None:
        return
    before = db.first(queries.effect_of(scan.brand_id, scan.id)) if inspect(scan).persistent else None
    effect = before or TillScanEffect(member_id=done.member_id, id=scan.id, brand_id=scan.brand_id)
    effect.kind, effect.target_id, effect.currency_id = done.kind, done.target_id, done.currency_id
    effect.answer, effect.acted_at = _kept(done) | {"symbology": asked.symbology}, now
    db.session().add(effect)


def _kept(done: ScanDone) -> dict[str, Any]:
    first = done.first_use
    return {
        "message": done.message,
        "texts": list(done.texts),
        "balance_after": [{"currency_id": str(one), "points": points} for one, points in done.balance_after],
        "first_use": first and {**first, "at": clock.write_instant(first["at"])},
        "scan": str(done.reading.scan.id) if done.reading else None,
        "spent": done.spent,
        "owed": done.owed,
    }


def first_use(member_id: uuid.UUID, coupon_id: uuid.UUID) -> Mapping[str, Any] | None:
    """When, in which store and at which terminal a coupon was used, so that staff can explain."""
    used = next(iter(db.rows(queries.first_use(member_id, coupon_id))), None)
    return used and {"at": used.redeemed_at, "store": used.store, "terminal": used.terminal}


def tell_scan(scan: TillScan, done: ScanDone, *, language: Language, now: datetime) -> ScanAnswer:
    """What a till is told of a scan that was just made."""
    said = {
        "message": done.message,
        "texts": done.texts,
        "balance_after": [{"currency_id": one, "points": points} for one, points in done.balance_after],
        "first_use": done.first_use,
    }
    parts = _parts(done.redemption, done.sale, language=language, now=now)
    return _answer(scan, said | parts, done.reading, is_again=False)


def tell_again(scan: TillScan, *, language: Language, now: datetime) -> ScanAnswer:
    """What a till is told of a scan that is known. What it made is told as it stands today; once whoever it was is
    forgotten, only what became of it."""
    effect = db.first(queries.effect_of(scan.brand_id, scan.id))
    if effect is None:
        message = reasons.KNOWN[ScanReason(scan.reason) if scan.reason else None].say(language)
        return _answer(scan, {"message": message, "texts": (), "balance_after": ()}, None, is_again=True)
    note_read(member_id=effect.member_id, classes=SEEN, now=now)
    kept = effect.answer
    said = {name: kept[name] for name in ("message", "texts", "balance_after")}
    first = kept["first_use"]
    said["first_use"] = first and {**first, "at": datetime.fromisoformat(first["at"])}
    redemption = sale = None
    if effect.kind == EffectKind.REDEMPTION and effect.target_id:
        redemption = redemptions.show_redemption(redemption_id=effect.target_id, brand_id=scan.brand_id, now=now)
    elif effect.kind == EffectKind.SALE and effect.target_id:
        sale = returns.the_sale(sale_id=effect.target_id, brand_id=scan.brand_id, now=now)
    reading = _reading(scan.brand_id, uuid.UUID(kept["scan"])) if kept["scan"] else None
    return _answer(scan, said | _parts(redemption, sale, language=language, now=now), reading, is_again=True)


def _reading(brand_id: uuid.UUID, scan_id: uuid.UUID) -> PassReading | None:
    found = next(iter(db.rows(queries.scan_with_code(brand_id, scan_id))), None)
    if found is None:
        return None
    scan = db.as_read(Scan, {column.name: getattr(found, column.name) for column in Scan.__table__.columns})
    return PassReading(scan, found.code, found.card_id, found.display_name)


def _parts(
    redemption: ShownRedemption | None, sale: Sale | None, *, language: Language, now: datetime
) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if redemption is not None:
        parts["redemption"] = coupon_cards.redemption_card(redemption, language=language)
    if sale is not None:
        parts["sale"] = sale_cards.sale_card(sale, returns.returns_to_show(sale), language=language, now=now)
    return parts


def _answer(scan: TillScan, said: Mapping[str, Any], reading: PassReading | None, *, is_again: bool) -> ScanAnswer:
    result = ScanResult(scan.result)
    body = {
        "scan_id": scan.scan_id,
        "action": TillAction(scan.action),
        "result": result,
        "reason": ScanReason(scan.reason) if scan.reason else None,
        "attention": result is not ScanResult.OK,
        "replayed": is_again,
        "reversed_at": scan.reversed_at,
        "conflict_id": scan.id if result is ScanResult.ACCEPTED_WITH_CONFLICT else None,
        **said,
    }
    return ScanAnswer(body | {"reading": reading}, reading is not None and result in MADE)
