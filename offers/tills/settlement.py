"""A person at the console settles a conflict: what a till without a network did, though it should not have."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access_log.reads import note_reads
from app.data_map import DataClass
from app.sql import db
from offers.tills import queries, reversals
from offers.tills.errors import ScanConflictSettled, ScanConflictUnknown, ScanNotReversible
from offers.tills.models import ConflictSettlement, TillScan
from wallet.points import adjustments, currencies


def settle_conflict(
    *,
    conflict_id: uuid.UUID,
    brand_id: uuid.UUID,
    settlement: ConflictSettlement,
    words: str,
    by: uuid.UUID,
    now: datetime,
    points: int = 0,
    currency_id: uuid.UUID | None = None,
) -> TillScan:
    """Settle a conflict: the brand accepts the loss, and forgives what is owed because of it; or what the till did is
    taken back, by entries of its own; or the member's points are put right by so many, which may be none: then it
    stands as it is. The same again changes nothing.

    Raises `ScanConflictUnknown`, `ScanConflictSettled` where it was settled otherwise, `ScanNotReversible`,
    `PointsUnknown`, `NotEnoughPoints`.
    """
    scan = db.first(db.locked(queries.conflicts_of(brand_id).where(TillScan.id == conflict_id)))
    if scan is None:
        raise ScanConflictUnknown
    if scan.settlement is not None:
        if scan.settlement != settlement:
            raise ScanConflictSettled
        return scan
    if settlement is ConflictSettlement.TAKEN_BACK:
        if scan.reversed_at is None:
            reversals.take_back_effect(scan, now=now, whenever=True)
            scan.reversed_at = now
        scan.loss_points = scan.loss_minor = 0
    elif settlement is ConflictSettlement.LOSS_ACCEPTED:
        _bear_loss(scan, now=now)
    elif points:
        _correct_points(scan, points, currency_id, words=words, by=by, now=now)
    scan.settlement, scan.settled_words, scan.settled_by_id, scan.settled_at = settlement, words, by, now
    db.session().flush()
    return scan


def _bear_loss(scan: TillScan, *, now: datetime) -> None:
    effect = db.first(queries.effect_of(scan.brand_id, scan.id))
    if effect is not None and scan.reversed_at is None:
        reversals.forgive_debt(scan, effect, now=now)


def _correct_points(
    scan: TillScan, points: int, currency_id: uuid.UUID | None, *, words: str, by: uuid.UUID, now: datetime
) -> None:
    effect = db.first(queries.effect_of(scan.brand_id, scan.id))
    if effect is None or currency_id is None:
        raise ScanNotReversible
    currency = currencies.the_currency(brand_id=scan.brand_id, currency_id=currency_id)
    adjustments.adjust_balance(
        member_id=effect.member_id,
        currency_id=currency.id,
        points=points,
        source=f"till_scan:{scan.id}:correction",
        reason="adjustment",
        facts={"words": words, "by": str(by)},
        now=now,
    )


def tell_conflicts(scans: Sequence[TillScan], *, brand_id: uuid.UUID, now: datetime) -> list[dict[str, Any]]:
    """Conflicts with what their terminals are called, and the card of whoever it was, while that is known: each member
    can read that staff looked."""
    ids = [scan.id for scan in scans]
    named = {row.id: row for row in db.rows(queries.terminals_named({scan.terminal_id for scan in scans}))}
    whose = {row.id: row for row in db.rows(queries.whose(brand_id, ids))}
    note_reads(member_ids={row.member_id for row in whose.values()}, classes=[DataClass.SCAN], now=now)
    return [
        {
            "scan": scan,
            "terminal": named[scan.terminal_id].name,
            "card_id": whose[scan.id].card_id if scan.id in whose else None,
            "is_reversed": scan.reversed_at is not None,
        }
        for scan in scans
    ]
