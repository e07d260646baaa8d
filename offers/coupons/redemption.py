"""Staff redeem a coupon at a terminal, and undo it within a window when it was a mistake."""

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access_log.reads import note_read, values_of_reads
from app.data_map import DataClass
from app.languages import Moment
from app.sql import db
from offers.coupons import eligibility, own_coupons, queries
from offers.coupons.errors import CouponUnknown, RedemptionUnknown, UndoElsewhere, UndoWindowOver, UsedInSale
from offers.coupons.models import Coupon
from offers.coupons.uses import use_counts
from offers.planning import offer_locks, terms
from offers.planning.models import OfferVersion
from wallet.authenticity import verifier
from wallet.authenticity.shown import read_shown
from wallet.authenticity.verifier import SeenAt
from wallet.cards import resolution, standing
from wallet.passes.models import CodeKind

SEEN = (DataClass.COUPON,)
"""What a redemption tells staff about a member."""

UNDO_WINDOW = timedelta(minutes=15)


class ShownRedemption(NamedTuple):
    """A redemption with its store, the code of its coupon, and what that gave."""

    member_id: uuid.UUID
    id: uuid.UUID
    brand_id: uuid.UUID
    coupon_id: uuid.UUID
    store_id: uuid.UUID
    terminal_id: uuid.UUID
    redeemed_at: datetime
    undone_at: datetime | None
    sale_id: uuid.UUID | None
    cashier_id: uuid.UUID | None
    undone_by_id: uuid.UUID | None
    store_name: str
    store_zone: str
    coupon_code: str
    version: OfferVersion


def redeem_coupon(
    *, code: str, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime
) -> ShownRedemption:
    """Use a coupon of the brand, once.

    Raises `CodeMistyped`, `CouponUnknown` (one answer for every code that is no coupon of the brand), `CardBlocked`,
    `CodeForged`, `CodeStale`, `CodeFromOldCopy`, `CodeUsedBefore`, `FreshCodeNeeded` by the form in which it was shown,
    `CouponAlreadyRedeemed`, `CouponExpired`, `CouponEndedWithOffer`, `CouponKept`, `OfferPaused`, `CouponWrongStore`,
    `CouponOutsideSchedule`, `CouponScheduleOver`, `BudgetSpent`, `UseLimitReached`.
    """
    shown, at = read_shown(code), SeenAt(store_id=store_id, terminal_id=terminal_id)
    row, coupon, needs_fresh = find_usable_coupon(code=shown.code, brand_id=brand_id, store_id=store_id, now=now)
    # After what the coupon itself says: that it was redeemed, when and where, tells staff more than a code used twice.
    proofs = verifier.prove_spending(
        [shown],
        needs_fresh={shown.code} if needs_fresh else (),
        member_id=coupon.member_id,
        brand_id=brand_id,
        at=at,
        now=now,
    )
    verifier.use_proofs(proofs, brand_id=brand_id, at=at, now=now)
    use: dict[str, Any] = {
        "member_id": coupon.member_id,
        "id": db.new_id(),
        "brand_id": brand_id,
        "coupon_id": coupon.id,
        "store_id": store_id,
        "terminal_id": terminal_id,
        "redeemed_at": now,
        "cashier_id": db.cashier_id(),
    }
    db.send_statement(queries.REDEEM, use | values_of_reads(member_ids=[coupon.member_id], classes=SEEN, now=now))
    use_counts.note_uses({use["id"]: coupon}, member_id=coupon.member_id, brand_id=brand_id, now=now)
    return ShownRedemption(
        **use,
        undone_at=None,
        undone_by_id=None,
        sale_id=None,
        store_name=row.store_name,
        store_zone=row.store_zone,
        coupon_code=coupon.code,
        version=coupon.version,
    )


class UsableCoupon(NamedTuple):
    """A coupon that can be used now, and the row that it was read from; `needs_fresh`: its plain code is not enough."""

    row: Any
    coupon: Coupon
    needs_fresh: bool


def find_usable_coupon(*, code: str, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> UsableCoupon:
    """The coupon with this plain code, which could be used at this store now, locked until the end of the transaction.

    Raises as `redeem_coupon`, but for what the form says in which a code is shown.
    """
    row, known = _coupon_to_redeem(code=code, brand_id=brand_id, store_id=store_id, now=now)
    coupons, here = own_coupons.coupons_in([row])
    [(coupon, refusal)] = eligibility.judge_coupon(
        coupons,
        store_id=store_id,
        zone=row.store_zone,
        now=now,
        here=here,
        spent={row.offer_id} if row.spent else (),
    )
    counted: dict[str, Any] = {"member_id": coupon.member_id, "brand_id": brand_id, "now": now}
    if refusal is None:
        refusal = use_counts.judge_uses([coupon], **counted, sale_id=None, locked=True).get(coupon.id)
    if refusal is not None:
        raise refusal
    return UsableCoupon(row, coupon, known.needs_fresh)


def show_redemption(*, redemption_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> ShownRedemption:
    """One redemption of the brand, for staff: the member sees that they looked. Raises `RedemptionUnknown`, also for
    another brand's."""
    redemption = _redemption(queries.REDEMPTION, redemption_id=redemption_id, brand_id=brand_id)
    note_read(member_id=redemption.member_id, classes=SEEN, now=now)
    return redemption


def undo_redemption(
    *, redemption_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime, whenever: bool = False
) -> ShownRedemption:
    """Make a redemption undone and its coupon usable again, until it expires. Twice changes nothing more.

    `whenever` is for somebody at the console, who settles what a till without a network did: no window binds them.
    Raises `RedemptionUnknown`, `UndoElsewhere` at another store of the brand, `UsedInSale`, `UndoWindowOver`.
    """
    redemption = _redemption(queries.TO_UNDO, redemption_id=redemption_id, brand_id=brand_id)
    if redemption.store_id != store_id:
        raise UndoElsewhere(store=redemption.store_name)
    if redemption.sale_id is not None:
        raise UsedInSale
    if redemption.undone_at is not None:
        note_read(member_id=redemption.member_id, classes=SEEN, now=now)
        return redemption
    if undo_until(redemption) <= now and not whenever:
        raise UndoWindowOver(until=Moment(undo_until(redemption), redemption.store_zone))
    undone: dict[str, Any] = {"undone_at": now, "undone_by_id": db.cashier_id()}
    which = {"member_id": redemption.member_id, "id": redemption.id, "coupon_id": redemption.coupon_id}
    seen = values_of_reads(member_ids=[redemption.member_id], classes=SEEN, now=now)
    db.send_statement(queries.UNDO, undone | which | seen)
    return redemption._replace(**undone)


def undo_until(redemption: ShownRedemption) -> datetime:
    """The instant until which a redemption can be undone, excluded."""
    return redemption.redeemed_at + UNDO_WINDOW


def _redemption(question: db.HotStatement, *, redemption_id: uuid.UUID, brand_id: uuid.UUID) -> ShownRedemption:
    row = db.send_statement(question, {"redemption_id": redemption_id, "brand_id": brand_id}).one_or_none()
    if row is None:
        raise RedemptionUnknown
    key = (row.offer_id, row.offer_version)
    return ShownRedemption._make((*row[:-2], terms.read_terms([key])[key]))


def _coupon_to_redeem(
    *, code: str, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime
) -> tuple[Any, resolution.ShownCode]:
    """The coupon with this code, locked, with its offer kept as it is until the end of the transaction."""
    known = resolution.resolve_codes(codes=[code], brand_id=brand_id).get(code)
    if known is None or known.kind != CodeKind.COUPON:
        raise CouponUnknown
    whose = {"member_id": known.member_id, "coupon_id": known.target_id}
    offer_id = offer_locks.share_offer_of_coupon(**whose)  # before the coupon, as a sale does
    if offer_id is None:
        raise CouponUnknown
    # The same as a scan would say, or a till that skips the scan would get round a blocked card.
    standing.require_usable_card(known.card_status, unknown=CouponUnknown)
    asked = whose | {"store_id": store_id, "now": now}
    locked = db.send_statement(queries.TO_REDEEM, asked).one_or_none()
    if locked is None:
        raise CouponUnknown
    return locked, known
