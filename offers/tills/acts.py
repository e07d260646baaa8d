"""What a terminal asks of a pass, done as if it stood there: a pass is read, a coupon used, points earned or spent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from app.languages import Text
from app.sql import db
from offers.checkout import sales
from offers.checkout.models import Sale
from offers.checkout.pricing import PAYMENT, Asked, PointsAsked, Till
from offers.coupons import own_coupons
from offers.coupons import redemption as redemptions
from offers.coupons.errors import CouponUnknown
from offers.coupons.redemption import ShownRedemption
from offers.manufacturers.codes import keys_of
from offers.offline.late_acts import TillAction
from offers.tills import queries
from offers.tills.errors import AmountMissing, CouponAmbiguous
from offers.tills.models import LocalResult, ScanDecided, ScanReason, ScanResult
from wallet.authenticity.verifier import SeenAt
from wallet.cards import resolution
from wallet.cards.models import NumberKind
from wallet.passes.models import CodeKind
from wallet.points import currencies, spending, statements, wording
from wallet.scanning import scans
from wallet.scanning.scans import PassReading

wording.REASONS["till_scan"] = Text(fr="À la caisse : {store}.", en="At the till: {store}.")
wording.REASONS["till_scan_back"] = Text(fr="Annulé à la caisse : {store}.", en="Taken back at the till: {store}.")
wording.REASONS["till_scan_owed"] = Text(
    fr="Utilisés deux fois, dont une à une caisse sans réseau : {store}.",
    en="Used twice, once at a till without a network: {store}.",
)


class TillPlace(NamedTuple):
    """Where a scan was made: `terminal_id` made it and `sent_by_id` sends it, which is another one only where the till
    was paired anew meanwhile; `profile` says what that one may do."""

    brand_id: uuid.UUID
    store_id: uuid.UUID
    terminal_id: uuid.UUID
    sent_by_id: uuid.UUID
    cashier_id: uuid.UUID | None = None
    profile: str = "till"
    clock_drift_s: int | None = None
    revoked_at: datetime | None = None

    @property
    def till(self) -> Till:
        """Where a sale of this terminal is made."""
        return Till(self.brand_id, self.store_id, self.terminal_id)


@dataclass(frozen=True)
class ScanAsked:
    """One scan as a terminal says it. `content` is what it is about, as JSON: another content is another scan.

    `sale` is the basket of a sale, or one line for points by an amount. `value_minor` is what the till took off.
    """

    scan_id: uuid.UUID
    action: TillAction
    code: str
    occurred_at: datetime
    content: Mapping[str, Any]
    kind: NumberKind | None = None
    offer_id: uuid.UUID | None = None
    points: PointsAsked | None = None
    value_minor: int = 0
    sale: Asked | None = None
    charged_minor: int | None = None
    decided: ScanDecided = ScanDecided.ONLINE
    local_result: LocalResult | None = None
    snapshot_version: int | None = None
    device_seq: int | None = None
    supports: frozenset[str] = frozenset()
    cashier_number: str | None = None
    symbology: str | None = None
    terminal_id: uuid.UUID | None = None


class EffectKind(StrEnum):
    """What a scan made, that can be taken back."""

    REDEMPTION = "redemption"
    SALE = "sale"
    POINTS = "points"


@dataclass
class ScanDone:
    """What a scan did, and what the till is to be told of it."""

    reading: PassReading | None = None
    member_id: uuid.UUID | None = None
    kind: EffectKind | None = None
    target_id: uuid.UUID | None = None
    currency_id: uuid.UUID | None = None
    points: int = 0
    value_minor: int = 0
    currency: str | None = None
    redemption: ShownRedemption | None = None
    sale: Sale | None = None
    balance_after: Sequence[tuple[uuid.UUID, int]] = ()
    result: ScanResult = ScanResult.OK
    reason: ScanReason | None = None
    message: str | None = None
    texts: Sequence[str] = ()
    first_use: Mapping[str, Any] | None = None
    covered_by: str | None = None
    loss_points: int = 0
    loss_minor: int = 0
    spent: int = 0
    owed: int = 0
    """Of points that were burnt: how many the ledger had, and how many are owed since."""


def do_act(asked: ScanAsked, *, at: TillPlace, now: datetime, shown_at: datetime | None = None) -> ScanDone:
    """Do what a terminal asks. `shown_at` is when the pass was shown, where that is told later and believed.

    Raises the refusals of the verbs that do it, `CouponAmbiguous`, `AmountMissing`.
    """
    reading = look_at_pass(asked, at=at, now=now)
    done = ScanDone(reading, reading.scan.member_id)
    match asked.action:
        case TillAction.REDEEM:
            _redeem(done, asked, at=at, now=now)
        case TillAction.BURN:
            _burn(done, asked, at=at, now=now, shown_at=shown_at)
        case TillAction.SALE | TillAction.EARN:
            sale = asked.sale and replace(asked.sale, shown_at=shown_at)
            sell(done, sale, asked.charged_minor, at=at, now=now)
    return done


def look_at_pass(asked: ScanAsked, *, at: TillPlace, now: datetime) -> PassReading:
    """Read the pass that was shown. Raises as `scans.read_pass`."""
    where = {"brand_id": at.brand_id, "store_id": at.store_id, "terminal_id": at.terminal_id}
    return scans.read_pass(code=asked.code, kind=asked.kind, **where, now=now)


def _redeem(done: ScanDone, asked: ScanAsked, *, at: TillPlace, now: datetime) -> None:
    where = {"brand_id": at.brand_id, "store_id": at.store_id, "terminal_id": at.terminal_id}
    code = _coupon_code(done.reading, asked, at=at, now=now)
    redemption = redemptions.redeem_coupon(code=code, **where, now=now)
    done.kind, done.target_id, done.redemption = EffectKind.REDEMPTION, redemption.id, redemption
    fixed = redemption.version.gives.fixed_amount
    done.value_minor = asked.value_minor or (fixed.amount_minor if fixed else 0)
    done.currency = fixed.currency if fixed else None


def _coupon_code(reading: PassReading | None, asked: ScanAsked, *, at: TillPlace, now: datetime) -> str:
    """The coupon that was shown; or of the shown card the one that can be used here, of the offer that was named."""
    if reading is None or reading.scan.kind == CodeKind.COUPON:
        return asked.code
    judged = own_coupons.coupons_for_scan(scan_id=reading.scan.id, brand_id=at.brand_id, store_id=at.store_id, now=now)
    of_offer = [(one, refusal) for one, refusal in judged if asked.offer_id in (None, one.offer_id)]
    usable = [one for one, refusal in of_offer if refusal is None]
    if not usable:
        raise next((refusal for _, refusal in of_offer if refusal is not None), CouponUnknown())
    if len({one.offer_id for one in usable}) > 1:
        raise CouponAmbiguous(count=len(usable))
    return usable[0].code


def _burn(done: ScanDone, asked: ScanAsked, *, at: TillPlace, now: datetime, shown_at: datetime | None) -> None:
    if asked.points is None or done.member_id is None:
        raise AmountMissing
    currency = currencies.the_currency(brand_id=at.brand_id, currency_id=asked.points.currency_id)
    spent = spending.spend_points(
        member_id=done.member_id,
        currency_id=currency.id,
        points=asked.points.points,
        source=source_of(asked, at),
        reason="till_scan",
        facts=where_is(at),
        now=now,
    )
    if asked.kind is None:  # a tag or another number has no form that changes
        seen_at = SeenAt(store_id=at.store_id, terminal_id=at.terminal_id)
        proving: dict[str, Any] = {"brand_id": at.brand_id, "at": seen_at, "used_for": source_of(asked, at)}
        resolution.spend_code(code=asked.code, **proving, now=shown_at or now)
    done.kind, done.target_id, done.currency_id = EffectKind.POINTS, spent.id, currency.id
    done.points, done.value_minor = asked.points.points, asked.value_minor
    done.spent = asked.points.points
    done.balance_after = [(currency.id, spent.available)]


def sell(done: ScanDone, asked: Asked | None, charged_minor: int | None, *, at: TillPlace, now: datetime) -> Sale:
    """Close a sale of the pass that was read. Raises as `sales.commit_sale`, `AmountMissing` without a basket."""
    if asked is None:
        raise AmountMissing
    sale = sales.commit_sale(asked=asked, till=at.till, now=now, charged_minor=charged_minor)
    done.kind, done.target_id, done.sale = EffectKind.SALE, sale.id, sale
    done.points, done.currency_id, done.currency = sale.points_spent, sale.points_currency_id, sale.currency
    done.value_minor = sale.trace["promotion_minor"] + _paid_by_points(sale)
    earned = {uuid.UUID(one["currency_id"]) for one in (*sale.trace["earns"], *sale.trace["bonuses"])}
    moved = earned | ({sale.points_currency_id} if sale.points_spent and sale.points_currency_id else set())
    known = statements.read_balances(member_id=sale.member_id, now=now) if moved else []
    done.balance_after = [(one.book.currency_id, one.book.available) for one in known if one.book.currency_id in moved]
    return sale


def _paid_by_points(sale: Sale) -> int:
    return sum(step["amount_minor"] for step in sale.trace["steps"] if step["key"] == PAYMENT)


def without(asked: Asked, *, keys: frozenset[str]) -> Asked:
    """A sale that is paid already, without those of its coupons and points, by the keys of `pricing`."""
    pays: dict[str, Any] = {"points": None, "takes_cagnotte": False} if PAYMENT in keys else {}
    coupons = [code for code in asked.coupons if f"coupon:{code}" not in keys]
    others = [code for key, code in keys_of(asked.manufacturer_coupons).items() if key not in keys]
    return replace(asked, coupons=coupons, manufacturer_coupons=others, is_paid=True, **pays)


def as_claimed(asked: ScanAsked) -> ScanAsked:
    """What was asked, with a sale in which no offer applies by itself."""
    return replace(asked, sale=asked.sale and replace(asked.sale, by_itself=False))


def source_of(asked: ScanAsked, at: TillPlace) -> str:
    """The name of a scan in the ledger of points: whatever happens, it moves points once."""
    return f"till_scan:{at.terminal_id}:{asked.scan_id}"


def where_is(at: TillPlace) -> dict[str, str]:
    """The store, as the ledger of points tells it."""
    return {"store": db.all_of(queries.store_name(at.store_id))[0]}
