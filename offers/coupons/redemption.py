"""Staff redeem a coupon at a terminal, and undo it within a window when it was a mistake."""

import uuid
from datetime import datetime, timedelta

from app import config
from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Moment
from app.sql import db
from offers.coupons import eligibility, queries
from offers.coupons.errors import CouponUnknown, RedemptionUnknown, UndoElsewhere, UndoWindowOver, UsedInSale
from offers.coupons.models import Coupon, CouponStatus, Redemption
from offers.planning import offer_locks
from wallet.cards import resolution, standing
from wallet.passes.codes import read_code
from wallet.passes.models import CodeKind

SEEN = (DataClass.COUPON,)
"""What a redemption tells staff about a member."""


def redeem_coupon(
    *, code: str, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime
) -> Redemption:
    """Use a coupon of the brand, once.

    Raises `CodeMistyped`, `CouponUnknown` (one answer for every code that is no coupon of the brand), `CardBlocked`,
    `CouponAlreadyRedeemed`, `CouponExpired`, `CouponKept`, `OfferPaused`, `CouponWrongStore`.
    """
    coupon = _coupon_to_redeem(code=code, brand_id=brand_id)
    [(coupon, refusal)] = eligibility.judge_coupon([coupon], store_id=store_id, now=now)
    if refusal is not None:
        raise refusal
    coupon.status, coupon.held_for, coupon.held_until = CouponStatus.REDEEMED, None, None
    redemption = db.add(
        Redemption(
            member_id=coupon.member_id,
            brand_id=brand_id,
            coupon_id=coupon.id,
            store_id=store_id,
            terminal_id=terminal_id,
            redeemed_at=now,
        )
    )
    note_read(member_id=coupon.member_id, classes=SEEN, now=now)
    return the_redemption(redemption_id=redemption.id, brand_id=brand_id)


def show_redemption(*, redemption_id: uuid.UUID, brand_id: uuid.UUID, now: datetime) -> Redemption:
    """The same as `the_redemption`, for staff: the member sees that they looked. Raises `RedemptionUnknown`."""
    redemption = the_redemption(redemption_id=redemption_id, brand_id=brand_id)
    note_read(member_id=redemption.member_id, classes=SEEN, now=now)
    return redemption


def undo_redemption(*, redemption_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> Redemption:
    """Make a redemption undone and its coupon usable again, until it expires. Twice changes nothing more.

    Raises `RedemptionUnknown`, `UndoElsewhere` at another store of the brand, `UsedInSale`, `UndoWindowOver`.
    """
    redemption = show_redemption(redemption_id=redemption_id, brand_id=brand_id, now=now)
    if redemption.store_id != store_id:
        raise UndoElsewhere(store=redemption.store.name)
    if redemption.sale_id is not None:
        raise UsedInSale
    # Redeeming locks the coupon first too, so the two cannot wait for each other.
    coupon = db.first(db.locked(queries.coupon(redemption.member_id, redemption.coupon_id)))
    redemption = the_redemption(redemption_id=redemption_id, brand_id=brand_id)
    if coupon is None or redemption.undone_at is not None:
        return redemption
    if undo_until(redemption) <= now:
        raise UndoWindowOver(until=Moment(undo_until(redemption), redemption.store.time_zone))
    redemption.undone_at, coupon.status = now, CouponStatus.ACTIVE
    db.session().flush()
    return redemption


def the_redemption(*, redemption_id: uuid.UUID, brand_id: uuid.UUID) -> Redemption:
    """One redemption with its store, its coupon and what that gave. Raises `RedemptionUnknown`, also for another
    brand's."""
    redemption = db.first(queries.redemption(brand_id, redemption_id))
    if redemption is None:
        raise RedemptionUnknown
    return redemption


def undo_until(redemption: Redemption) -> datetime:
    """The instant until which a redemption can be undone, excluded."""
    return redemption.redeemed_at + timedelta(seconds=config.current().undo_window_s)


def _coupon_to_redeem(*, code: str, brand_id: uuid.UUID) -> Coupon:
    """The coupon with this code, locked, with its offer kept as it is until the end of the transaction."""
    plain = read_code(code)
    known = resolution.resolve_codes(codes=[plain], brand_id=brand_id).get(plain)
    if known is None or known.kind != CodeKind.COUPON:
        raise CouponUnknown
    found = db.first(queries.coupon(known.member_id, known.target_id))
    if found is None:
        raise CouponUnknown
    # The same as a scan would say, or a till that skips the scan would get round a blocked card.
    standing.require_usable_card(known.card_status, unknown=CouponUnknown)
    offer_locks.share_offer(found.offer_id)  # before the coupon, as a sale does
    locked = db.first(db.locked(queries.coupon(known.member_id, known.target_id)))
    if locked is None:
        raise CouponUnknown
    return db.all_of(queries.whole_coupons(locked.member_id, brand_id=brand_id).where(Coupon.id == locked.id))[0]
