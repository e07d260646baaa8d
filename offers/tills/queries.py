"""Questions about recorded scans."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select

from app.accounts.models import Brand, Terminal
from geo.places.models import Store
from offers.coupons.models import Redemption
from offers.tills.models import ScanResult, TillScan, TillScanEffect
from wallet.cards.models import Card
from wallet.passes.models import PassCode
from wallet.scanning.models import Scan

IS_NAMED = "SELECT EXISTS (SELECT FROM till_scan WHERE terminal_id = $1 AND scan_id = $2)"
"""Whether a terminal (1) gave this name (2) to a scan before."""

MADE_BY = "SELECT clock_drift_s, revoked_at FROM terminal WHERE brand_id = $1 AND store_id = $2 AND id = $3"
"""How the clock of a store's (2) terminal (3) goes, and since when it is revoked, if it is."""


def scan_named(terminal_id: uuid.UUID, scan_id: uuid.UUID) -> Select[TillScan]:
    """The scan to which this terminal gave this name."""
    return select(TillScan).where(TillScan.terminal_id == terminal_id, TillScan.scan_id == scan_id)


def scan_in_store(scan_id: uuid.UUID, *, brand_id: uuid.UUID, terminal_id: uuid.UUID) -> Select[TillScan]:
    """The scan of this name in a brand: the terminal's own before others'."""
    found = select(TillScan).where(TillScan.scan_id == scan_id, TillScan.brand_id == brand_id)
    return found.order_by((TillScan.terminal_id == terminal_id).desc(), TillScan.id)


def effect_of(brand_id: uuid.UUID, id: uuid.UUID) -> Select[TillScanEffect]:
    """What a recorded scan did, and to whom, as long as that is known."""
    return select(TillScanEffect).where(TillScanEffect.brand_id == brand_id, TillScanEffect.id == id)


def first_use(member_id: uuid.UUID, coupon_id: uuid.UUID) -> Select[datetime, str, str]:
    """When, in which store and at which terminal a coupon was used."""
    return (
        select(Redemption.redeemed_at, Store.name.label("store"), Terminal.name.label("terminal"))
        .join(Store, Store.id == Redemption.store_id)
        .join(Terminal, Terminal.id == Redemption.terminal_id)
        .where(Redemption.member_id == member_id, Redemption.coupon_id == coupon_id, Redemption.undone_at.is_(None))
    )


def scan_with_code(brand_id: uuid.UUID, scan_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """A pass that was read, with its code and the member's card of the brand."""
    return (
        select(*Scan.__table__.columns, PassCode.code, Card.id.label("card_id"), Card.display_name)
        .join(PassCode, and_(PassCode.member_id == Scan.member_id, PassCode.target_id == Scan.target_id))
        .outerjoin(Card, and_(Card.member_id == Scan.member_id, Card.brand_id == Scan.brand_id))
        .where(Scan.brand_id == brand_id, Scan.id == scan_id)
        .order_by(PassCode.created_at.desc(), PassCode.code)
        .limit(1)
    )


def card_of(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[Card]:
    """A member's card with a brand."""
    return select(Card).where(Card.member_id == member_id, Card.brand_id == brand_id)


def conflicts_of(brand_id: uuid.UUID) -> Select[TillScan]:
    """What happened at tills of a brand though it should not have."""
    return select(TillScan).where(TillScan.brand_id == brand_id, TillScan.result == ScanResult.ACCEPTED_WITH_CONFLICT)


def conflicts_in(brand_id: uuid.UUID, *, settled: bool) -> Select[TillScan]:
    """Those that were settled, or wait for it."""
    found = conflicts_of(brand_id)
    return found.where(TillScan.settled_at.is_not(None) if settled else TillScan.settled_at.is_(None))


def terminals_named(ids: Collection[uuid.UUID]) -> Select[uuid.UUID, str]:
    """What terminals are called."""
    return select(Terminal.id, Terminal.name).where(Terminal.id.in_(ids))


def whose(brand_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, uuid.UUID, uuid.UUID | None]:
    """Whom recorded scans were about, and their cards."""
    return (
        select(TillScanEffect.id, TillScanEffect.member_id, Card.id.label("card_id"))
        .outerjoin(Card, and_(Card.member_id == TillScanEffect.member_id, Card.brand_id == brand_id))
        .where(TillScanEffect.brand_id == brand_id, TillScanEffect.id.in_(ids))
    )


def store_name(store_id: uuid.UUID) -> Select[str]:
    """What a store is called."""
    return select(Store.name).where(Store.id == store_id)


def currency_of(brand_id: uuid.UUID) -> Select[str]:
    """What money a brand counts in."""
    return select(Brand.currency).where(Brand.id == brand_id)
